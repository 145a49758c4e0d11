import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'

let server: RunningServer | undefined
const clients: WebSocket[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  await server?.close()
  server = undefined
})

async function start(options: StartOptions = {}): Promise<RunningServer> {
  server = await startServer('echo', { port: 0, ...options })
  return server
}

async function open(path = '/', options: { perMessageDeflate?: boolean } = {}): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${server!.port}${path}`, options)
  clients.push(client)
  await once(client, 'open')
  return client
}

async function exchange(
  client: WebSocket,
  message: string | Buffer,
): Promise<{ data: Buffer; isBinary: boolean }> {
  const reply = once(client, 'message')
  client.send(message)
  const [data, isBinary] = await reply
  return { data, isBinary }
}

describe('the echo server', () => {
  test.each([
    ['text', 'hello', false],
    ['text beyond ASCII', '回显: ✓ 🚀', false],
    ['empty text', '', false],
    ['binary', Buffer.from([0, 255, 128, 10]), true],
    ['empty binary', Buffer.alloc(0), true],
    ['binary over a 64 KiB frame', randomBytes(200_000), true],
  ])('returns %s unchanged', async (_name, message, binary) => {
    await start()
    const { data, isBinary } = await exchange(await open(), message)
    expect(isBinary).toBe(binary)
    expect(data.equals(Buffer.from(message))).toBe(true)
  })

  test('keeps the order of many messages under way', async () => {
    await start()
    const client = await open()
    const received: string[] = []
    const sent = Array.from({ length: 500 }, (_, index) => `message ${index}`)
    const all = new Promise<void>((resolve) => {
      client.on('message', (data) => received.push(String(data)) === sent.length && resolve())
    })
    for (const message of sent) client.send(message)
    await all
    expect(received).toEqual(sent)
  })

  test.each(['/', '/ws', '/any/path?with=query'])('accepts the path %s', async (path) => {
    await start()
    expect((await exchange(await open(path), 'x')).data.toString()).toBe('x')
  })

  test('answers a ping with its payload', async () => {
    await start()
    const client = await open()
    client.ping('are you there')
    const [payload] = await once(client, 'pong')
    expect(String(payload)).toBe('are you there')
  })

  test('answers a close with its code', async () => {
    await start()
    const client = await open()
    client.close(4001, 'enough')
    const [code] = await once(client, 'close')
    expect(code).toBe(4001)
  })

  test.each([
    [undefined, ''],
    [false, ''],
    [true, 'permessage-deflate'],
  ])('with compress %s, a client that offers compression gets %j', async (compress, extensions) => {
    await start(compress === undefined ? {} : { compress })
    const client = await open('/', { perMessageDeflate: true })
    expect(client.extensions).toBe(extensions)
  })

  test('a message that breaks the protocol ends its connection and no other', async () => {
    await start()
    const [healthy, broken] = [await open(), await open()]
    const closed = once(broken, 'close')
    broken.send(Buffer.from([0xff, 0xfe]), { binary: false })
    expect((await closed)[0]).toBe(1007)
    expect((await exchange(healthy, 'still here')).data.toString()).toBe('still here')
  })

  test('tells a plain HTTP request to upgrade', async () => {
    const { port } = await start()
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(response.status).toBe(426)
  })

  test('rejects when the port is taken', async () => {
    const { port } = await start()
    await expect(startServer('echo', { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('close', () => {
  test('tells every client that it goes away', async () => {
    const { close } = await start()
    const open2 = [await open(), await open()]
    const codes = Promise.all(open2.map(async (client) => (await once(client, 'close'))[0]))
    await close()
    expect(await codes).toEqual([1001, 1001])
  })

  test('ends though one client never answers and one never asked for an upgrade', async () => {
    const { close, port } = await start()
    const silent = await open()
    silent.pause()
    const idle = connect(port, '127.0.0.1')
    await once(idle, 'connect')
    idle.on('error', () => {})
    await close()
    await expect(startServer('echo', { port }).then((again) => again.close())).resolves.toBeUndefined()
  })
})
