/** The Rust reference servers keep the documents' contracts, byte for byte, as the `ws` client sees it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { visit } from '../../support/ws-client.ts'

const BINARY = fileURLToPath(new URL('target/release/stress-targets', import.meta.url))
const isBuilt = existsSync(BINARY)
const running: ChildProcess[] = []
const clients: WebSocket[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  for (const child of running.splice(0)) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

/** Starts a server on a free port; its address as it prints it. */
async function start(name: string): Promise<string> {
  const child = spawn(BINARY, [name, '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line.slice(`${name}: `.length)
}

interface Client {
  readonly socket: WebSocket
  readonly send: (text: string | Buffer) => void
  /** The next message, as text; `closed CODE` once the connection has ended. */
  readonly next: () => Promise<string>
}

async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  clients.push(socket)
  const seen: string[] = []
  const waiting: ((text: string) => void)[] = []
  const add = (text: string) => {
    const resolve = waiting.shift()
    if (resolve === undefined) seen.push(text)
    else resolve(text)
  }
  socket.on('message', (data: Buffer, isBinary) => add(isBinary ? data.toString('hex') : data.toString()))
  socket.on('close', (code) => add(`closed ${code}`))
  socket.on('error', () => {})
  await once(socket, 'open')
  return {
    socket,
    send: (text) => socket.send(text),
    next: () => {
      const first = seen.shift()
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first)
    },
  }
}

const title = isBuilt
  ? 'Rust reference servers'
  : 'Rust reference servers: skipped, not built (`cargo build --release` in test/targets/rust)'

describe.runIf(isBuilt)(title, () => {
  it.each([
    ['echo', 'hello', 'hello'],
    ['echo-axum', 'hello', '回显: hello'],
  ])('%s answers text, leaves binary alone, and answers Close', async (name, sent, reply) => {
    const url = await start(name)
    const seen = await visit(url, { send: [sent, '', Buffer.from([0, 255])], expect: 3 })
    expect(seen.messages).toEqual([reply, reply.slice(0, -sent.length), Buffer.from([0, 255]).toString()])
    expect(seen.closeCode).toBe(1000)
  })

  it('echo-axum has /ws only, echo any path', async () => {
    const axum = await start('echo-axum')
    expect((await visit(axum.replace('/ws', '/other'), { expect: 0 })).opened).toContain('404')
    expect((await visit(`${await start('echo')}any/path`, { expect: 0 })).opened).toBe('open')
  })

  it('broadcast sends text to everyone, the sender included, and ignores binary', async () => {
    const url = await start('broadcast')
    const [a, b] = [await connect(url), await connect(url)]
    await hearEachOther(a, b)
    a.send(Buffer.from([1]))
    a.send('one')
    expect([await a.next(), await b.next()]).toEqual(['one', 'one'])
  })

  it('broadcast drops a receiver that is more than 100 messages behind, without a Close frame', async () => {
    const url = await start('broadcast')
    const [sender, receiver] = [await connect(url), await connect(url)]
    await hearEachOther(sender, receiver)
    receiver.socket.pause()
    const text = 'x'.repeat(100_000)
    for (let sent = 0; sent < 400; sent++) {
      sender.send(text)
      expect(await sender.next()).toHaveLength(text.length)
    }
    receiver.socket.resume()
    let received = 0
    let last = await receiver.next()
    for (; !last.startsWith('closed'); last = await receiver.next()) received++
    expect(last).toBe('closed 1006')
    expect(received).toBeLessThan(300)
  })

  it('chat-named announces, prefixes with the name, and says who left', async () => {
    const url = await start('chat-named')
    const ann = await connect(url)
    ann.send('ann')
    expect(await ann.next()).toBe('ann joined the chat')
    const bob = await connect(url)
    bob.send('bob')
    expect([await bob.next(), await ann.next()]).toEqual(['bob joined the chat', 'bob joined the chat'])
    bob.send('hi')
    expect([await bob.next(), await ann.next()]).toEqual(['bob: hi', 'bob: hi'])
    bob.socket.close()
    expect(await bob.next()).toBe('closed 1005')
    expect(await ann.next()).toBe('bob left the chat')
  })

  it('chat-named ends a connection whose first frame is not text', async () => {
    const client = await connect(await start('chat-named'))
    client.send(Buffer.from([1]))
    expect(await client.next()).toBe('closed 1006')
  })

  it('rooms deliver to the members of one room, with the username added', async () => {
    const url = await start('rooms')
    const [a, b, other] = [await connect(url), await connect(url), await connect(url)]
    for (const [client, room, username] of [
      [a, 'red', 'ann'],
      [b, 'red', 'bob'],
      [other, 'blue', 'cid'],
    ] as const) {
      client.send(JSON.stringify({ type: 'Join', room, username }))
      await roundTrip(client)
    }
    a.send('{"type":"Message","room":"red","content":"hi"}')
    const expected = '{"type":"Message","room":"red","content":"hi","username":"ann"}'
    expect([await a.next(), await b.next()]).toEqual([expected, expected])
    b.send('{"type":"Leave","room":"red"}')
    await roundTrip(b)
    a.send('{"type":"Message","room":"red","content":"alone"}')
    expect(await a.next()).toContain('alone')
    await roundTrip(b)
    await roundTrip(other)
  })

  it.each([
    ['{"type":"Message","room":"red","content":"hi"}', 'not a member of that room'],
    ['{"type":"Dance"}', 'not a message of this protocol'],
    ['no JSON', 'not a message of this protocol'],
  ])('rooms answer %s to the sender alone', async (text, reason) => {
    const client = await connect(await start('rooms'))
    client.send(text)
    expect(JSON.parse(await client.next())).toEqual({ type: 'Error', reason })
  })
})

/** Both are subscribed, and nothing is on its way, when this returns: upgraded is a little earlier. */
async function hearEachOther(a: Client, b: Client): Promise<void> {
  for (const client of [a, b]) {
    client.send('here')
    expect(await client.next()).toBe('here')
  }
  // b was subscribed at the latest when its own came back, so whether it heard a's is open.
  a.send('end')
  while ((await a.next()) !== 'end');
  while ((await b.next()) !== 'end');
}

/** Everything that was sent before has been carried out; nothing else has come. */
async function roundTrip(client: Client): Promise<void> {
  client.send('{"type":"Ping"}')
  expect(await client.next()).toBe('{"type":"Pong"}')
}
