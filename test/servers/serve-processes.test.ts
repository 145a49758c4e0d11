/** `stress serve --processes N`, of the built program: processes of their own are what it is about. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/registry.ts'
import { DIVISIBLE } from '../../src/servers/names.ts'
import { BIN, childrenOf, findFreePort, linesOf, listRunning, startStress } from '../cli/stress.ts'
import { until } from '../observe/child.ts'
import { openClient, type RecordingClient } from '../support/ws-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-serve-'))
afterAll(() => rmSync(folder, { recursive: true }))

const running: ReturnType<typeof startStress>[] = []
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.kill('SIGTERM')
    await server.ended
  }
})

/** A server that listens, with the ids of its processes but the first. */
async function startServe(args: readonly string[], openFiles?: number) {
  const server = startStress(['serve', ...args], openFiles === undefined ? {} : { openFiles })
  running.push(server)
  const line = await server.sees('stdout', /\n/)
  const url = /(\w+:\/\/\S+)\n/.exec(line)?.[1] ?? ''
  // Through the shell that sets the limit the process is the same: it is replaced by `exec`.
  return { ...server, url, processes: childrenOf(server.pid) }
}

function openClients(url: string, count: number): Promise<RecordingClient[]> {
  return Promise.all(Array.from({ length: count }, () => openClient(url)))
}

function countSockets(pid: number): number {
  const links = readdirSync(`/proc/${pid}/fd`).map((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`)
    } catch {
      return ''
    }
  })
  return links.filter((link) => link.startsWith('socket:')).length
}

describe('several processes', () => {
  test('share one free port, take connections in turn, and end together on SIGTERM with 0', async () => {
    const { url, processes, kill, ended } = await startServe(['echo', '--processes', '3', '--port', '0'])
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/)
    expect(processes).toHaveLength(3)
    const before = processes.map(countSockets)
    const clients = await openClients(url, 30)
    const taken = processes.map((pid, index) => countSockets(pid) - before[index]!)
    expect(taken.reduce((sum, count) => sum + count)).toBe(30)
    // In turn among those that are done with the one before, so none is left out.
    expect(Math.min(...taken)).toBeGreaterThan(0)
    for (const { socket } of clients) socket.send('hello')
    expect(await Promise.all(clients.map(({ take }) => take(1)))).toEqual(clients.map(() => ['hello']))

    // As Ctrl-C in a terminal and a service manager do, each process is told.
    for (const pid of processes) process.kill(pid, 'SIGTERM')
    kill('SIGTERM')
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(clients.map(() => 1001))
    const { code, stdout, stderr } = await ended
    expect([code, linesOf(stdout).length, stderr]).toEqual([0, 1, ''])
    expect(listRunning(processes)).toEqual([])
  })

  test('end when the first is killed', async () => {
    const { processes, kill } = await startServe(['feed', '--processes', '2', '--port', '0'])
    expect(listRunning(processes)).toHaveLength(2)
    kill('SIGKILL')
    await until(() => listRunning(processes).length === 0)
  })

  test('end with 3 and the reason when one of them is killed', async () => {
    const { url, processes, ended } = await startServe(['echo', '--processes', '3', '--port', '0'])
    const clients = await openClients(url, 6)
    process.kill(processes[1]!, 'SIGKILL')
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([
      3,
      'stress: server process 2 of 3 was ended by SIGKILL; its connections are lost, so the server has stopped\n',
    ])
    const codes = await Promise.all(clients.map(({ closed }) => closed))
    expect(new Set(codes)).toEqual(new Set([1001, 1006]))
    expect(listRunning(processes)).toEqual([])
  })

  test('end with 3 when the port is in use, as one process does', async () => {
    const port = await findFreePort()
    await startServe(['echo', '--port', String(port)])
    const second = startStress(['serve', 'echo', '--processes', '2', '--port', String(port)])
    const { code, stdout, stderr } = await second.ended
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toBe(
      `stress: port ${port} on 127.0.0.1 is already in use; choose another with --port, or --port 0 for a free one\n`,
    )
  })

  test('tell a parent once where they listen, and end when it lets go', async () => {
    const child = fork(BIN, ['serve', 'sse', '--processes', '2', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const messages: unknown[] = []
    child.on('message', (message) => messages.push(message))
    const line = once(child.stdout!, 'data')
    await once(child, 'message')
    const port = Number(/:(\d+)\/events/.exec(String((await line)[0]))?.[1])
    const processes = childrenOf(child.pid!)
    const ended = once(child, 'exit')
    child.disconnect()
    expect(await ended).toEqual([0, null])
    expect(messages).toEqual([{ port, path: '/events', scheme: 'http' }])
    expect(processes).toHaveLength(2)
    expect(listRunning(processes)).toEqual([])
  })

  test('print and log the sums of their faults, which differ by process', async () => {
    const faultLog = join(folder, 'faults.json')
    const args = ['echo', '--processes', '2', '--port', '0', '--drop', '50%', '--fault-log', faultLog]
    const { url, kill, ended } = await startServe(args)
    const first = await openClient(url)
    const second = await openClient(url)
    for (const { socket } of [first, second]) {
      for (let seq = 0; seq < 64; seq++) socket.send(`${seq}`)
    }
    await Promise.all([first.settle(), second.settle()])
    expect(first.received).not.toEqual(second.received)
    kill('SIGTERM')
    const { stdout } = await ended
    const delivered = first.received.length + second.received.length
    expect(JSON.parse(readFileSync(faultLog, 'utf8'))).toMatchObject({ delivered, dropped: 128 - delivered })
    expect(linesOf(stdout)[1]).toContain(`delivered ${delivered}, dropped ${128 - delivered}, `)
  })

  test('with too few open files close what is too much at once, say so, and go on', async () => {
    const { url, sees } = await startServe(['echo', '--processes', '2', '--port', '0'], 100)
    const opened = await Promise.allSettled(Array.from({ length: 120 }, () => openClient(url)))
    const clients = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(clients.length).toBeLessThanOrEqual(72)
    expect(clients.length).toBeGreaterThan(0)
    await sees('stderr', /has 36 connections, as many as its limit of 100 open files allows/)
    for (const { socket } of clients) socket.close()
    await Promise.all(clients.map(({ closed }) => closed))
    const [late] = await openClients(url, 1)
    late!.socket.send('still here')
    expect(await late!.take(1)).toEqual(['still here'])
    late!.socket.close()
  })
})

test('exactly the servers whose clients hear nothing of each other can be divided', () => {
  const alone = Object.values(DIALECTS).filter(
    ({ audience }) => audience === 'sender' || audience === 'nobody',
  )
  expect([...DIVISIBLE].sort()).toEqual(alone.map(({ name }) => name).sort())
})
