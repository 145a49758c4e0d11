import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type BehaviourName, behaviours } from './bad-server/behaviours.ts'
import { type IllegalFrame, illegalFrames } from './bad-server/frames.ts'
import { type BadServer, startBadServer } from './bad-server.ts'
import { authority, expiredServer, validClient, validServer } from './certificates.ts'
import { visit } from './ws-client.ts'

let server: BadServer
afterEach(() => server.close())

describe('legal behaviours, seen by the ws client', () => {
  const legal: [BehaviourName, sent: string[], received: string[]][] = [
    ['echo', ['a', 'ü'], ['a', 'ü']],
    ['reply-twice', ['a', 'b'], ['a', 'a', 'b', 'b']],
    ['reply-other', ['a'], ['something else']],
    ['reply-out-of-order', ['a', 'b', 'c', 'd'], ['b', 'a', 'd', 'c']],
    ['echo-prefix', ['a'], ['Echo: a']],
    ['delay', ['a', 'b'], ['a', 'b']],
    ['slow-drip', ['one', 'two'], ['one', 'two']],
    ['slow-headers', ['a'], ['a']],
    ['fragments', ['abcdefg', 'ü'], ['abcdefg', 'ü']],
    ['echo-16-bit', ['a'], ['a'.padEnd(1000)]],
    ['echo-64-bit', ['a'], ['a'.padEnd(70_000)]],
    ['ignore-close', ['a'], ['a']],
  ]
  it.each(legal)('%s answers %j', async (name, sent, received) => {
    server = await startBadServer(name)
    const seen = await visit(server.url, { send: sent, expect: received.length, closeTimeout: 50 } as object)
    expect(seen).toMatchObject({ opened: 'open', messages: received, error: null })
    expect(server.log).toMatchObject({
      accepted: 1,
      upgraded: 1,
      messages: sent.length,
      closesReceived: [1000],
      closesSent: name === 'ignore-close' ? [] : [1000],
      violations: [],
    })
  })

  it('fragments with pings between them count the pongs', async () => {
    server = await startBadServer('fragments', { count: 4 })
    const seen = await visit(server.url, { send: ['abcdefgh'], expect: 1 })
    expect(seen.pings).toBe(3)
    expect(server.log).toMatchObject({ pingsSent: 3, pongs: 3, framesSent: 8 })
  })

  it('pings count the pongs that come back', async () => {
    server = await startBadServer('pings', { everyMs: 1 })
    const client = new WebSocket(server.url)
    for (let seen = 0; seen < 5; seen++) await once(client, 'ping')
    client.close()
    await once(client, 'close')
    expect(server.log.pongs).toBeGreaterThanOrEqual(5)
    expect(server.log.violations).toEqual([])
  })

  it('lose-every leaves out every n-th answer of each connection', async () => {
    server = await startBadServer('lose-every', { n: 3 })
    const send = ['1', '2', '3', '4', '5', '6', '7']
    const seen = await visit(server.url, { send, expect: 5 })
    expect(seen.messages).toEqual(['1', '2', '4', '5', '7'])
    expect(server.log.unanswered).toBe(2)
  })

  it('stall holds answers back until its end, and loses none', async () => {
    server = await startBadServer('stall', { atMs: 0, forMs: 30 })
    const seen = await visit(server.url, { send: ['1', '2'], expect: 2 })
    expect(seen.messages).toEqual(['1', '2'])
    expect(server.log).toMatchObject({ held: 2, unanswered: 0 })
  })

  it('flood sends exactly as many frames as told, and answers only when told', async () => {
    server = await startBadServer('flood', { count: 5000, sizeBytes: 100 })
    const seen = await visit(server.url, { send: ['mine'], expect: 5000 })
    expect(seen.messages).toHaveLength(5000)
    expect(server.log).toMatchObject({ messages: 1, unanswered: 1, framesSent: 5001 })
  })

  it('flood without end stops for a client that does not read', async () => {
    server = await startBadServer('flood', { sizeBytes: 10_000 })
    const client = new WebSocket(server.url)
    await once(client, 'open')
    client.pause()
    for (let before = -1, same = 0; same < 500; before = server.log.framesSent) {
      await new Promise((resolve) => setImmediate(resolve))
      same = server.log.framesSent === before ? same + 1 : 0
    }
    expect(server.log.framesSent).toBeLessThan(10_000)
    client.terminate()
  })

  it('slow-reader lets no message in', async () => {
    server = await startBadServer('slow-reader')
    const client = new WebSocket(server.url)
    await once(client, 'open')
    client.send(Buffer.alloc(16 * 2 ** 20))
    await new Promise((resolve) => setImmediate(resolve))
    expect(client.bufferedAmount).toBeGreaterThan(2 ** 20)
    expect(server.log.messages).toBe(0)
    client.terminate()
  })

  it('subprotocol-echo accepts the first offer', async () => {
    server = await startBadServer('subprotocol-echo')
    const client = new WebSocket(server.url, ['chat.v2', 'chat.v1'])
    await once(client, 'open')
    expect(client.protocol).toBe('chat.v2')
    client.terminate()
  })

  it('header-log keeps the request', async () => {
    server = await startBadServer('header-log')
    await visit(`${server.url}/path?x=1`, { headers: { 'X-Mine': 'yes' }, expect: 0 })
    const [connection] = server.log.connections
    expect(connection?.requestLine).toBe('GET /path?x=1 HTTP/1.1')
    expect(connection?.requestHeaders).toMatchObject({ 'x-mine': 'yes', upgrade: 'websocket' })
  })
})

describe('spoiled handshakes, refused by the ws client', () => {
  const spoiled: [BehaviourName, object, RegExp][] = [
    ['silent-accept', {}, /handshake has timed out/],
    ['status', { status: 401, body: 'no token' }, /server response: 401/],
    ['status', { status: 302, location: 'https://example.test/login' }, /server response: 302/],
    ['wrong-accept', {}, /Invalid Sec-WebSocket-Accept/],
    ['no-accept', {}, /Invalid Sec-WebSocket-Accept/],
    ['garbage-response', {}, /Parse Error/],
    ['endless-headers', {}, /Header overflow/],
    ['wrong-upgrade-header', {}, /Invalid Upgrade header/],
    [
      'wrong-upgrade-header',
      { upgrade: 'websocket', connection: 'close' },
      /Unexpected server response: 101|Parse/,
    ],
    ['unrequested-subprotocol', {}, /subprotocol but none was requested/],
    ['unrequested-extension', {}, /Sec-WebSocket-Extensions header but no extension/],
    ['close-in-handshake', {}, /socket hang up/],
    ['reset-in-handshake', {}, /ECONNRESET/],
  ]
  it.each(spoiled)('%s %j', async (name, parameters, error) => {
    server = await startBadServer(name, parameters)
    const seen = await visit(server.url, { handshakeTimeout: 200 })
    expect(seen.opened).toMatch(error)
    expect(server.log).toMatchObject({
      accepted: 1,
      upgraded: 0,
      messages: 0,
      resets: name === 'reset-in-handshake' ? 1 : 0,
    })
  })

  it('http-1.0 says so in its status line', async () => {
    server = await startBadServer('http-1.0')
    const socket = net.connect(server.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n')
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    expect(bytes.toString()).toMatch(/^HTTP\/1\.0 101 .*\r\n\r\n$/s)
    socket.destroy()
  })
})

describe('endings', () => {
  it('close-with sends its code and reason after that many answers', async () => {
    server = await startBadServer('close-with', { code: 1012, reason: 'restart', after: 2 })
    const seen = await visit(server.url, { send: ['1', '2', '3'] })
    expect(seen).toMatchObject({ messages: ['1', '2'], closeCode: 1012, closeReason: 'restart' })
    expect(server.log).toMatchObject({
      messages: 3,
      unanswered: 1,
      closesSent: [1012],
      closesReceived: [1012],
    })
  })

  it('drop-without-close is a 1006', async () => {
    server = await startBadServer('drop-without-close', { after: 1 })
    expect(await visit(server.url, { send: ['1'] })).toMatchObject({ messages: ['1'], closeCode: 1006 })
    expect(server.log).toMatchObject({ closesSent: [], resets: 0 })
  })

  it('reset-mid-message ends with RST, without the message', async () => {
    server = await startBadServer('reset-mid-message', { after: 0 })
    expect(await visit(server.url)).toMatchObject({ messages: [], closeCode: 1006 })
    const socket = net.connect(server.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n')
    const [error] = (await once(socket.resume(), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNRESET')
    expect(server.log.resets).toBe(2)
  })

  it('the same port serves again after close', async () => {
    server = await startBadServer('drop-without-close', { after: 1 })
    await visit(server.url, { send: ['1'] })
    await server.close()
    server = await startBadServer('echo', { port: server.port })
    expect(await visit(server.url, { send: ['2'], expect: 1 })).toMatchObject({ messages: ['2'] })
  })
})

describe('illegal frames get the close code they are owed from the ws client', () => {
  it.each(Object.keys(illegalFrames) as IllegalFrame[])('%s', async (name) => {
    server = await startBadServer(name, { after: 1 })
    const seen = await visit(server.url, { send: ['before'], maxPayload: 2 ** 20 })
    expect(seen.messages).toEqual(['before'])
    expect(seen.error).not.toBeNull()
    expect(server.log.closesReceived).toEqual([illegalFrames[name].owedCode])
  })
})

describe('TLS', () => {
  it('a client that trusts the authority is served', async () => {
    server = await startBadServer('echo', { tls: validServer })
    expect(await visit(server.url, { ca: authority, send: ['a'], expect: 1 })).toMatchObject({
      messages: ['a'],
    })
  })

  it.each([
    ['an expired certificate', expiredServer, { ca: authority }, 'certificate has expired'],
    ['an unknown authority', validServer, {}, 'unable to verify the first certificate'],
  ])('%s is refused', async (_, pair, options, error) => {
    server = await startBadServer('echo', { tls: pair })
    expect((await visit(server.url, options)).opened).toBe(error)
    expect(server.log.upgraded).toBe(0)
  })

  it('a server that asks for a client certificate serves those who have one', async () => {
    server = await startBadServer('echo', { tls: { ...validServer, ca: authority } })
    const refused = await visit(server.url, { ca: authority })
    expect(refused.opened).not.toBe('open')
    const served = await visit(server.url, { ca: authority, ...validClient, send: ['a'], expect: 1 })
    expect(served.messages).toEqual(['a'])
  })

  it('can be reset below TLS', async () => {
    server = await startBadServer('reset-mid-message', { after: 0, tls: validServer })
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', ca: authority })
    socket.write('GET / HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n')
    const [error] = (await once(socket.resume(), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNRESET')
  })
})

it('every behaviour starts with no parameters', async () => {
  for (const name of Object.keys(behaviours) as BehaviourName[]) {
    server = await startBadServer(name)
    await server.close()
  }
})
