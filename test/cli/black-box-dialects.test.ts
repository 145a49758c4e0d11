/** Servers that nobody here knows: a dialect of one's own, and replies in the server's own words. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { runForResult, runStress } from './stress.ts'

const EXAMPLE = fileURLToPath(new URL('../dialects/own-dialect.example.mjs', import.meta.url))

let server: WebSocketServer | null = null
afterEach(async () => {
  const listening = server
  server = null
  if (listening === null) return
  for (const socket of listening.clients) socket.terminate()
  await new Promise((resolve) => listening.close(resolve))
})

async function listen(onMessage: (socket: WebSocket, text: string) => void): Promise<string> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => socket.on('message', (data) => onMessage(socket, String(data))))
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The chat of the worked example. */
function createChat() {
  const rooms = new Map<string, Map<WebSocket, string>>()
  const names = new Map<WebSocket, string>()
  return (socket: WebSocket, line: string): void => {
    const [word = '', first = '', ...rest] = line.split(' ')
    if (word === 'NICK') names.set(socket, first)
    else if (word === 'ENTER') {
      const members = rooms.get(first) ?? new Map()
      members.set(socket, names.get(socket) ?? '')
      rooms.set(first, members)
      for (const member of members.keys()) member.send(`* ${names.get(socket)} entered`)
    } else if (word === 'SAY') {
      const members = rooms.get(first)
      for (const member of members?.keys() ?? []) member.send(`<${names.get(socket)}> ${rest.join(' ')}`)
    }
  }
}

describe('a dialect of one’s own', () => {
  it.each(['1', '2'])('is measured like any other, in %s threads', async (workers) => {
    const url = await listen(createChat())
    const line = `${url} --dialect ${EXAMPLE} --test-type broadcast --publishers 2 --subscribers 8 --rooms 2`
    const { code, result } = await runForResult([...line.split(' '), '-m', '20', '-r', '100', '-w', workers])
    const { metrics } = result.tests[0]!
    expect([code, result.summary.errors, result.target.dialect]).toEqual([0, 0, EXAMPLE])
    expect(metrics.deliveries_expected).toMatchObject({ count: 2 * 20 * 5 })
    expect(metrics.deliveries_received).toMatchObject({ count: 2 * 20 * 5 })
    expect(metrics.messages_unexpected).toMatchObject({ count: 0 })
  })

  it('with mistakes in it is refused before anything starts', async () => {
    const { code, stderr } = await runStress(['--dialect', './no-such-dialect.mjs'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/--dialect '.*no-such-dialect\.mjs': cannot be loaded/)
  })
})

describe('what is wrong with a server or a dialect is said before anything starts, or ends the run with a word', () => {
  it.each([
    'rooms --dorp 1%',
    'rooms --drop 101%',
    'echo --misroute 1%',
    'rooms --port 9001',
    'rooms --list',
  ])('--serve %j', async (serve) => {
    for (const more of [[], ['--dry-run']]) {
      const { code, stderr } = await runStress(['--serve', serve, ...more])
      expect([code, stderr]).toEqual([2, expect.stringContaining('--serve: --')])
    }
  })

  it.each(['1', '2'])('an opening() that throws, in %s threads', async (workers) => {
    const folder = mkdtempSync(join(tmpdir(), 'stress-dialect-'))
    const path = join(folder, 'late.mjs')
    writeFileSync(
      path,
      `export default { name: 'late', audience: 'sender', opening: ({ client }) => {
        if (client > 3) throw new Error('late boom')
        return []
      } }`,
    )
    const { code, stderr } = await runStress(['--dialect', path, '-c', '6', '-m', '3', '-w', workers])
    rmSync(folder, { recursive: true })
    expect(code).toBe(3)
    expect(stderr).toContain('stress: opening() of the dialect late failed: late boom\n')
    expect(stderr).not.toContain('bug')
  })
})

describe('--match', () => {
  it.each([
    [
      'json:/result/id',
      '{"id":{seq}}',
      (text: string) => `{"result":{"id":${JSON.parse(text).id}},"ok":true}`,
    ],
    ['/^OK (\\d+)/', 'GET {seq}', (text: string) => `OK ${text.slice(4)} done`],
  ])('%s finds the number of the request in the answer', async (pattern, payload, answer) => {
    const url = await listen((socket, text) => socket.send(answer(text)))
    const { code, result } = await runForResult([
      ...[url, '-c', '5', '-m', '30', '-p', '3'],
      ...['--payload', payload, '--match', pattern],
    ])
    expect([code, result.summary.errors]).toEqual([0, 0])
    expect(result.summary).toMatchObject({ messagesSent: 150, messagesReceived: 150 })
    expect(result.tests[0]?.plan.groups[0]?.match).toBe('sequence')
  })
})
