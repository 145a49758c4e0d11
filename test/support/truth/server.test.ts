/** The truth servers do what their logs say: seen by a client of the ws package. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url))

interface Log {
  messages: Record<'connection' | 'k' | 'readUs' | 'unreadSinceUs' | 'replies', number[]> &
    Record<'writeUs' | 'writtenUs', (number | null)[]>
  connections: { client: number; status: number; closed?: number | null; bytesWritten: number }[]
  stalls: { fromUs: number; toUs: number }[]
}

let stop = (): void => {}
afterEach(() => stop())

async function startTruth(behaviour: object) {
  const child = spawn(process.execPath, [SERVER, JSON.stringify(behaviour)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  stop = () => void child.kill('SIGKILL')
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  while (!output.includes('\n')) await once(child.stdout, 'data')
  return {
    url: `ws://127.0.0.1:${Number.parseInt(output, 10)}/7`,
    async readLog(): Promise<Log> {
      child.kill('SIGTERM')
      await once(child, 'close')
      return JSON.parse(output.trim().split('\n').at(-1)!) as Log
    },
  }
}

/** Sends `count` messages in one go; resolves to the replies, once there are `wanted`. */
async function talk(url: string, count: number, wanted: number): Promise<string[]> {
  const socket = new WebSocket(url)
  const replies: string[] = []
  const hasAll = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (replies.push(data.toString()) === wanted) resolve()
    })
  })
  await once(socket, 'open')
  for (let n = 0; n < count; n++) socket.send(`message ${n}`)
  await hasAll
  socket.close()
  await once(socket, 'close')
  return replies
}

const numbered = (...numbers: number[]) => numbers.map((n) => `message ${n}`)

describe('a truth server', () => {
  it('gives each reply the delay of its turn, never less, and logs when it read and wrote', async () => {
    const reply = { kind: 'rare', every: 5, at: 2, fastUs: 1000, slowUs: 30_000 }
    const truth = await startTruth({ reply })
    expect(await talk(truth.url, 5, 5)).toEqual(numbered(0, 1, 3, 4, 2))
    const { messages, connections } = await truth.readLog()
    expect(connections).toMatchObject([{ client: 7, status: 101 }])
    expect(messages.k).toEqual([0, 1, 2, 3, 4])
    for (const [n, readUs] of messages.readUs.entries()) {
      expect(messages.writeUs[n]! - readUs).toBeGreaterThanOrEqual(n === 2 ? 30_000 : 1000)
      expect(messages.writtenUs[n]).toBeGreaterThan(messages.writeUs[n]!)
      expect(messages.unreadSinceUs[n]).toBeLessThan(readUs)
    }
  })

  it.each<[string, object, string[], number[]]>([
    ['loses', { kind: 'lose', every: 3, at: 2, delayUs: 0 }, numbered(0, 1, 3, 4), [1, 1, 0, 1, 1]],
    [
      'doubles',
      { kind: 'duplicate', every: 3, at: 2, delayUs: 0 },
      numbered(0, 1, 2, 2, 3, 4),
      [1, 1, 2, 1, 1],
    ],
    ['swaps', { kind: 'swap', every: 5, delayUs: 0 }, numbered(0, 1, 3, 2, 4), [1, 1, 1, 1, 1]],
  ])('%s the replies it says', async (_, reply, wanted, counts) => {
    const truth = await startTruth({ reply })
    expect(await talk(truth.url, 5, wanted.length)).toEqual(wanted)
    expect((await truth.readLog()).messages.replies).toEqual(counts)
  })

  it.each([1000, 1011, 4001])('closes with %i after as many messages as it is told', async (code) => {
    const truth = await startTruth({ close: { 0: code }, closeAfter: 2 })
    const socket = new WebSocket(truth.url)
    await once(socket, 'open')
    socket.send('one')
    socket.send('two')
    expect((await once(socket, 'close'))[0]).toBe(code)
    const { messages, connections } = await truth.readLog()
    expect(messages.replies).toEqual([1, 1])
    expect(connections[0]?.closed).toBe(code)
  })

  it('refuses the upgrades it says', async () => {
    const truth = await startTruth({ upgrade: { kind: 'refuse', every: 1, status: 503 } })
    const socket = new WebSocket(truth.url)
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error.message).toContain('503')
    expect((await truth.readLog()).connections).toMatchObject([{ status: 503 }])
  })

  it('writes nothing while it stalls, and gives no more replies than its rate', async () => {
    const stalled = await startTruth({ stall: { atUs: 0, forUs: 20_000, how: 'hold' } })
    await talk(stalled.url, 3, 3)
    const { stalls, messages } = await stalled.readLog()
    expect(stalls[0]!.toUs - stalls[0]!.fromUs).toBeGreaterThanOrEqual(20_000)
    for (const us of messages.writeUs) expect(us).not.toBeNull()
    const during = messages.writeUs.filter((us) => us! > stalls[0]!.fromUs && us! < stalls[0]!.toUs)
    expect(during).toEqual([])

    const limited = await startTruth({ rate: { perSecond: 200 } })
    await talk(limited.url, 4, 4)
    const { messages: paced } = await limited.readLog()
    for (const [n, us] of paced.writeUs.entries())
      expect(us! - paced.readUs[0]!).toBeGreaterThanOrEqual((n + 1) * 5000)
  })
})
