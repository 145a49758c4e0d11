/** The null server against a raw client, the `ws` client and the engine, and as a process of its own. */
import { once } from 'node:events'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type NullServer, startNullServer } from '../../src/floor/null-server.ts'
import { type ServerProcess, startDemoServer } from '../../src/observe/server-process.ts'
import { OPCODE, writeCloseFrame, writeFrame } from '../../src/websocket/frame-writer.ts'
import { checkResponse } from '../../src/websocket/handshake.ts'
import { endAll, isRunning, startNode, until } from '../observe/child.ts'
import { countsOf, runOne } from '../support/weather.ts'
import { visit } from '../support/ws-client.ts'
import { writeWs } from '../websocket/reading.ts'

const CHILD = fileURLToPath(new URL('./null-server-bin.mjs', import.meta.url))
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const REQUEST = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`

let server: NullServer | null = null
let child: ServerProcess | null = null
afterEach(async () => {
  server?.close()
  server = null
  await child?.stop()
  child = null
  await endAll()
})

interface RawClient {
  readonly socket: net.Socket
  /** All that came so far. */
  received(): Buffer
  /** Resolves once that many bytes have come. */
  until(length: number): Promise<Buffer>
}

async function connectRaw(): Promise<RawClient> {
  server = await startNullServer()
  const socket = net.connect({ port: server.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  const chunks: Buffer[] = []
  let length = 0
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
  })
  await once(socket, 'connect')
  return {
    socket,
    received: () => Buffer.concat(chunks),
    async until(wanted) {
      while (length < wanted) await once(socket, 'data')
      return Buffer.concat(chunks)
    },
  }
}

/** Connected and upgraded; `until` and `received` count from behind the response head. */
async function openRaw(): Promise<RawClient> {
  const client = await connectRaw()
  client.socket.write(REQUEST)
  const head = (await client.until(1)).indexOf('\r\n\r\n') + 4
  return {
    socket: client.socket,
    received: () => client.received().subarray(head),
    until: async (length) => (await client.until(head + length)).subarray(head),
  }
}

describe('the null server', () => {
  it('accepts the key of the request', async () => {
    const { socket, until: comes } = await connectRaw()
    socket.write(REQUEST)
    const head = (await comes(1)).toString('latin1')
    expect(checkResponse(head, KEY, [])).toEqual({ ok: true, subprotocol: '' })
    socket.destroy()
  })

  it('takes a request in pieces, the last with the first frames behind it', async () => {
    const { socket, until: comes, received } = await connectRaw()
    const cut = REQUEST.indexOf(KEY) + 5
    socket.write(REQUEST.slice(0, cut))
    // Somebody else's whole visit: by then the server has read the first piece.
    await visit(`ws://127.0.0.1:${server!.port}`, { send: ['x'], expect: 1 })
    const frame = writeFrame(OPCODE.text, Buffer.from('at once'))
    socket.write(Buffer.concat([Buffer.from(REQUEST.slice(cut)), frame, frame]))
    const head = (await comes(1)).indexOf('\r\n\r\n') + 4
    const reply = writeWs(Buffer.from('at once'), OPCODE.text)
    await comes(head + 2 * reply.length)
    expect(checkResponse(received().toString('latin1', 0, head), KEY, []).ok).toBe(true)
    expect(received().subarray(head)).toEqual(Buffer.concat([reply, reply]))
    socket.destroy()
  })

  it('keeps the rest of each connection apart, though all are read into one buffer', async () => {
    const one = await openRaw()
    const second = net.connect({ port: server!.port, host: '127.0.0.1', noDelay: true })
    second.write(REQUEST)
    await once(second, 'data')
    const [a, b] = ['a', 'b'].map((letter) => writeFrame(OPCODE.text, Buffer.alloc(100, letter)))
    one.socket.write(a!.subarray(0, 60))
    second.write(b!)
    const [fromSecond] = (await once(second, 'data')) as [Buffer]
    one.socket.write(a!.subarray(60))
    expect(fromSecond).toEqual(writeWs(Buffer.alloc(100, 'b'), OPCODE.text))
    expect(await one.until(102)).toEqual(writeWs(Buffer.alloc(100, 'a'), OPCODE.text))
    one.socket.destroy()
    second.destroy()
  })

  it('gives back every byte to a client that reads late, while others go on', async () => {
    const { socket, until: comes } = await openRaw()
    socket.pause()
    const frames = Array.from({ length: 200 }, (_, n) => Buffer.alloc(60_000, String.fromCharCode(65 + n)))
    for (const payload of frames) socket.write(writeFrame(OPCODE.binary, payload))
    expect((await visit(`ws://127.0.0.1:${server!.port}`, { send: ['x'], expect: 1 })).messages).toEqual([
      'x',
    ])
    socket.resume()
    const wanted = Buffer.concat(frames.map((payload) => writeWs(payload, OPCODE.binary)))
    expect((await comes(wanted.length)).equals(wanted)).toBe(true)
    socket.destroy()
  })

  it('does without the handle where Node does not show it', async () => {
    const get = Reflect.get
    vi.spyOn(Reflect, 'get').mockImplementation((target, key) =>
      key === '_handle' ? undefined : get(target, key),
    )
    server = await startNullServer()
    const seen = await visit(`ws://127.0.0.1:${server.port}`, { send: ['a', 'b'.repeat(300)], expect: 2 })
    vi.restoreAllMocks()
    expect([seen.messages, seen.closeCode]).toEqual([['a', 'b'.repeat(300)], 1000])
  })

  it('closes TCP first, so that the TIME_WAIT is on its side', async () => {
    const { socket, received } = await openRaw()
    socket.write(writeCloseFrame(1000))
    // The client is half open: only the server's own end can come.
    await once(socket, 'end')
    expect(received()).toEqual(writeWs(Buffer.from([3, 232]), OPCODE.close))
    socket.destroy()
  })

  it('ends a connection with what it does not speak', async () => {
    const { socket, received } = await openRaw()
    socket.write(writeWs(Buffer.from('not masked'), OPCODE.text))
    await once(socket, 'end')
    expect(received().length).toBe(0)
    socket.destroy()
  })

  it('ends its connections when it is closed', async () => {
    const { socket } = await openRaw()
    server!.close()
    await once(socket, 'end')
    socket.destroy()
  })

  it('lets go of a client that ends without a word', async () => {
    const { socket } = await openRaw()
    socket.end()
    await once(socket, 'close')
  })

  it('outlives a client that resets', async () => {
    const { socket } = await openRaw()
    socket.resetAndDestroy()
    await once(socket, 'close')
    const seen = await visit(`ws://127.0.0.1:${server!.port}`, { send: ['still', 'here'], expect: 2 })
    expect([seen.opened, seen.messages, seen.closeCode]).toEqual(['open', ['still', 'here'], 1000])
  })

  it.each([
    ['closed', '-c 20 -m 50', 1000],
    ['several in flight', '-c 5 -m 100 -p 8', 500],
    ['longer than a short frame', '-c 5 -m 20 -s 4000', 100],
    ['longer than a read', '-c 3 -m 5 -s 65000', 15],
    ['binary, at a rate', '-c 10 -m 10 -R 2000 --binary', 100],
  ])('answers every message of the engine: %s', async (_, line, messages) => {
    server = await startNullServer()
    const test = await runOne(`ws://127.0.0.1:${server.port} ${line}`)
    expect(countsOf(test)).toMatchObject({
      sent: messages,
      received: messages,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      closed: 0,
    })
    expect(test.errors).toEqual([])
  })
})

describe('its process', () => {
  it('tells where it listens, and stops', async () => {
    child = await startDemoServer({ binPath: CHILD, serve: [] })
    const seen = await visit(child.url, { send: ['round'], expect: 1 })
    expect(seen.messages).toEqual(['round'])
    await child.stop()
    expect(isRunning(child.pid)).toBe(false)
  })

  it('ends when its parent is killed, connections or not', async () => {
    const parent = await startNode(`
      const child = require('node:child_process').fork(${JSON.stringify(CHILD)}, { stdio: 'ignore', detached: true })
      child.once('message', ({ port }) =>
        require('node:net').connect(port, '127.0.0.1', () => console.log(child.pid)))
    `)
    const pid = Number(parent.line)
    expect(isRunning(pid)).toBe(true)
    process.kill(parent.pid, 'SIGKILL')
    await until(() => !isRunning(pid))
  })
})
