import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FaultInjector } from '../../src/servers/faults.ts'
import { type Host, startHost } from '../../src/servers/host.ts'
import { SERVER_NAMES } from '../../src/servers/names.ts'
import type { Outbox } from '../../src/servers/outbox.ts'
import { SERVERS } from '../../src/servers/registry.ts'
import { RoomManager } from '../../src/servers/room-manager.ts'
import { serveRooms } from '../../src/servers/rooms.ts'
import type { Service } from '../../src/servers/service.ts'
import { startServer } from '../../src/servers/start.ts'
import { mintToken } from '../../src/tokens/mint-token.ts'
import { openClient, visit } from '../support/ws-client.ts'

let server: Host | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function statusOf(path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${server!.port}${path}`)
  await response.body?.cancel()
  return response.status
}

/** What a client meets that upgrades there: `open` or the error of the handshake. */
async function upgradeAt(path: string): Promise<string> {
  return (await visit(`ws://127.0.0.1:${server!.port}${path}`, { expect: 0 })).opened
}

/** No WebSocket, or none without a token. */
const NOT_FOR_ALL: ReadonlySet<string> = new Set(['sse', 'momentum'])
const NOT_FOUND = 'Unexpected server response: 404'

describe('a server alone', () => {
  test.each([
    ['/ws', 'open'],
    ['/ws?token=x', 'open'],
    ['/', 'open'],
    ['/echo-axum', 'open'],
    ['/echo-axum/ws', 'open'],
    ['/echo-axum?x', 'open'],
    ['/echo-axumx', NOT_FOUND],
    ['/other', NOT_FOUND],
    ['//ws', NOT_FOUND],
  ])('with a path of its own, at %s: %s', async (path, opened) => {
    server = await startServer('echo-axum', { port: 0 })
    expect(await upgradeAt(path)).toBe(opened)
  })

  test('tells a plain request to upgrade on its path, and knows no others', async () => {
    server = await startServer('chat-named', { port: 0 })
    expect([await statusOf('/ws'), await statusOf('/chat-named/ws'), await statusOf('/x')]).toEqual([
      426, 426, 404,
    ])
  })

  test('without a WebSocket refuses an upgrade', async () => {
    server = await startServer('sse', { port: 0 })
    expect(await upgradeAt('/events')).toBe(NOT_FOUND)
  })
})

describe('all servers at once', () => {
  test('each answers under its name, and GET / lists them', async () => {
    server = await startServer('all', { port: 0, jwtSecret: 'secret' })
    const response = await fetch(`http://127.0.0.1:${server.port}/`)
    const lines = (await response.text()).trimEnd().split('\n')
    expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(
      SERVER_NAMES.map((name) => `/${name}${SERVERS[name].path}`.replace(/\/$/, '')),
    )
    for (const name of SERVER_NAMES) {
      if (!NOT_FOR_ALL.has(name)) expect([name, await upgradeAt(`/${name}`)]).toEqual([name, 'open'])
    }
    expect(await statusOf('/sse/events')).toBe(200)
    expect([await upgradeAt('/'), await upgradeAt('/ech'), await statusOf('/x')]).toEqual([
      NOT_FOUND,
      NOT_FOUND,
      404,
    ])
  })

  test('do not hear each other', async () => {
    server = await startServer('all', { port: 0 })
    const base = `ws://127.0.0.1:${server.port}`
    const [broadcast, chat] = [
      await openClient(`${base}/broadcast`),
      await openClient(`${base}/chat-numbered`),
    ]
    chat.socket.send('x')
    broadcast.socket.send('y')
    expect([await chat.take(1), await broadcast.take(1)]).toEqual([['用户 1: x'], ['y']])
    await broadcast.settle()
    expect(broadcast.received).toEqual(['y'])
  })
})

describe('a service', () => {
  async function mount(service: Service): Promise<void> {
    const kind = {
      description: '',
      defaultPort: 0,
      path: '/ws',
      scheme: 'ws',
      create: () => service,
    } as const
    const options = { port: 0, host: '127.0.0.1', compress: false, index: null }
    server = await startHost([{ prefix: '/a', kind, service }], options)
  }

  test('sees addresses relative to where it is mounted', async () => {
    const seen: string[] = []
    await mount({
      authorize: async (_request, url) => {
        seen.push(url.pathname + url.search)
        return null
      },
      onSocket: (_socket, _request, url) => seen.push(url.pathname + url.search),
      onRequest: (_request, response, url) => {
        seen.push(url.pathname)
        response.end()
        return true
      },
    })
    await upgradeAt('/a/ws?token=1')
    await statusOf('/a')
    expect(seen).toEqual(['/ws?token=1', '/ws?token=1', '/'])
  })

  test('refuses before the upgrade, with its status and reason', async () => {
    await mount({
      authorize: async () => ({ status: 401, reason: 'token expired' }),
      onSocket: () => {
        throw new Error('not authorized')
      },
    })
    expect(await upgradeAt('/a/ws')).toBe('Unexpected server response: 401')
    const raw = connect(server!.port, '127.0.0.1').setEncoding('utf8')
    raw.write('GET /a/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    let text = ''
    for await (const chunk of raw) text += chunk
    expect(text).toBe(
      'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 14\r\n\r\ntoken expired\n',
    )
  })

  test('that fails to decide refuses with 500', async () => {
    await mount({ authorize: () => Promise.reject(new Error('broken')), onSocket: () => {} })
    expect(await upgradeAt('/a/ws')).toBe('Unexpected server response: 500')
  })
})

describe('an Upgrade that is not spoken', () => {
  const H2C = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQA' }

  let agent: Agent
  beforeEach(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 1 })
  })
  afterEach(() => agent.destroy())

  /** The status and the body of the answer, and the client's port. */
  async function ask(method: string, path: string, headers: OutgoingHttpHeaders, ...body: string[]) {
    const asked = httpRequest({ port: server!.port, method, path, headers, agent })
    for (const piece of body) asked.write(piece)
    asked.end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    const from = response.socket.localPort
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    return { status: response.statusCode, text, from }
  }

  /** Answers what it was asked, with the whole body. */
  async function mountMirror(): Promise<void> {
    const service: Service = {
      onSocket: () => {},
      onRequest: (request, response) => {
        let body = ''
        request.setEncoding('utf8').on('data', (chunk) => {
          body += chunk
        })
        request.on('end', () => {
          const { method, url, headers } = request
          response.end(`${method} ${url} '${body}' ${headers['x-name']}`)
        })
        return true
      },
    }
    const kind = { ...SERVERS.echo, create: () => service }
    const options = { port: 0, host: '127.0.0.1', compress: false, index: null }
    server = await startHost([{ prefix: '', kind, service }], options)
  }

  test('is ignored in each of several requests on one connection, with and without a body', async () => {
    await mountMirror()
    const headers = { ...H2C, 'x-name': 'n' }
    const answers = [
      await ask('GET', '/a?b=c', headers),
      await ask('POST', '/d', { ...headers, 'content-length': 5 }, 'hel', 'lo'),
      await ask('PUT', '/e', { ...headers, 'transfer-encoding': 'chunked' }, 'hel', 'lo'),
      await ask('GET', '/f', { 'x-name': 'plain' }),
      await ask('GET', '/g', headers),
    ]
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual([
      "200 GET /a?b=c '' n",
      "200 POST /d 'hello' n",
      "200 PUT /e 'hello' n",
      "200 GET /f '' plain",
      "200 GET /g '' n",
    ])
    expect(new Set(answers.map(({ from }) => from)).size).toBe(1)
  })

  test('is ignored however the request is split', async () => {
    await mountMirror()
    const socket = connect(server!.port, '127.0.0.1').setEncoding('utf8').setNoDelay(true)
    const head =
      'Host: h\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nX-Name: é\r\nContent-Length: 5\r\n\r\n'
    for (const piece of `POST /a HTTP/1.1\r\n${head}hello`) {
      await new Promise<void>((resolve) => socket.write(piece, 'latin1', () => resolve()))
    }
    let text = ''
    for await (const chunk of socket) text += chunk
    expect(text).toContain("POST /a 'hello' é")
  })

  test('leaves a path as it is: the WebSocket one with 426, the list, none', async () => {
    server = await startServer('all', { port: 0, jwtSecret: 'secret' })
    expect(await ask('GET', '/chat-named/ws', H2C)).toMatchObject({ status: 426, text: 'WebSocket only\n' })
    expect(await ask('GET', '/x', H2C)).toMatchObject({ status: 404 })
    expect(await ask('GET', '/', H2C)).toMatchObject({ status: 200 })
    expect(await ask('GET', '/momentum/ws/stats', H2C)).toMatchObject({ status: 200 })
    const body = '{"message_type":"text","data":{}}'
    expect(await ask('POST', '/momentum/ws/broadcast', H2C, body)).toMatchObject({ status: 200 })
  })

  test('is told from one to a WebSocket in other letters', async () => {
    server = await startServer('echo', { port: 0 })
    const { status } = await ask('GET', '/', { connection: 'upgrade', upgrade: 'WebSocket' })
    expect(status).toBe(400)
  })

  test('does not keep the server from closing', async () => {
    await mountMirror()
    const socket = connect(server!.port, '127.0.0.1')
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    socket.write(
      'POST /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhel',
    )
    socket.resume()
    await once(socket, 'ready')
    await ask('GET', '/', {})
    await server!.close()
    await closed
  })
})

describe('the longest message', () => {
  const MEBIBYTE = 1024 * 1024

  /** Sends binary messages, which both answer: one with an error, the other with the same. */
  async function open(name: 'momentum' | 'echo') {
    server = await startServer('all', { port: 0, jwtSecret: 'secret' })
    const token = await mintToken({ secret: 'secret', client: 1, lifetimeSec: 60 })
    const { path } = SERVERS[name]
    return openClient(`ws://127.0.0.1:${server.port}/${name}${path}?token=${token}`)
  }

  test('of Momentum is 1 MiB; a longer one ends the connection with 1009', async () => {
    const client = await open('momentum')
    client.socket.send(Buffer.alloc(MEBIBYTE))
    expect((await client.take(1))[0]).toContain('not-text')
    client.socket.send(Buffer.alloc(MEBIBYTE + 1))
    expect(await client.closed).toBe(1009)
  })

  test('of others beside it is longer', async () => {
    const client = await open('echo')
    client.socket.send(Buffer.alloc(2 * MEBIBYTE))
    expect((await client.take(1))[0]).toHaveLength(2 * MEBIBYTE)
  })
})

describe('hostile clients', () => {
  const UPGRADE =
    'GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  const masked = (head: number[], ...body: number[]) => Buffer.from([...head, 0, 0, 0, 0, ...body])

  /** Everything that the server says until it ends the connection. */
  async function provoke(...chunks: (string | Buffer)[]): Promise<Buffer> {
    const socket = connect(server!.port, '127.0.0.1')
    const received: Buffer[] = []
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', () => {})
    for (const chunk of chunks) socket.write(chunk)
    await once(socket, 'close')
    return Buffer.concat(received)
  }

  test.each([
    ['a reserved opcode', masked([0x83, 0x80]), 1002],
    ['an unmasked frame', Buffer.from([0x81, 1, 65]), 1002],
    ['text that is no UTF-8', masked([0x81, 0x81], 0xff), 1007],
    ['a frame of 65 MiB', masked([0x82, 0xff, 0, 0, 0, 0, 4, 16, 0, 0]), 1009],
    ['a frame of 2^63 bytes', masked([0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ])('%s ends its connection with a Close frame and no other', async (_name, frame, code) => {
    server = await startServer('broadcast', { port: 0 })
    const healthy = await openClient(`ws://127.0.0.1:${server.port}`)
    const answer = await provoke(UPGRADE, frame)
    const close = Buffer.from([0x88, 2, code >> 8, code & 255])
    expect(answer.subarray(-close.length)).toEqual(close)
    healthy.socket.send('still here')
    expect(await healthy.take(1)).toEqual(['still here'])
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['an upgrade without a key', UPGRADE.replace(/Sec-WebSocket-Key.*\r\n/, '')],
    ['an upgrade to nowhere', UPGRADE.replace('/ws', '//[')],
    ['a request for nothing', 'OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'],
  ])('%s is answered with a status of 400 to 426', async (_name, request) => {
    server = await startServer('chat-named', { port: 0 })
    expect((await provoke(request)).toString()).toMatch(/^HTTP\/1\.1 4(?:00|04|26) /)
  })

  test('who is reset or closed leaves every room, and empty rooms are gone', async () => {
    const manager = new RoomManager<Outbox>()
    const service = serveRooms(manager, new FaultInjector())
    const kind = { ...SERVERS.rooms, create: () => service }
    const options = { port: 0, host: '127.0.0.1', compress: false, index: null }
    server = await startHost([{ prefix: '', kind, service }], options)
    const url = `ws://127.0.0.1:${server.port}`
    const clients = await Promise.all(Array.from({ length: 40 }, () => openClient(url)))
    for (const [index, { socket, settle }] of clients.entries()) {
      for (const room of ['all', `${index % 7}`]) {
        socket.send(JSON.stringify({ type: 'Join', room, username: 'u' }))
      }
      await settle()
    }
    expect([manager.roomCount, manager.memberCount]).toEqual([8, 40])
    for (const [index, { socket }] of clients.entries()) {
      if (index % 2 === 0) socket.close()
      else socket.terminate()
    }
    await vi.waitFor(() => expect([manager.roomCount, manager.memberCount]).toEqual([0, 0]))
  })

  test('resets leave nobody behind', async () => {
    server = await startServer('chat-named', { port: 0 })
    const url = `ws://127.0.0.1:${server.port}/ws`
    const watcher = await openClient(url)
    watcher.socket.send('W')
    await watcher.take(1)
    for (let index = 0; index < 50; index++) {
      const socket = connect(server.port, '127.0.0.1')
      socket.write(UPGRADE)
      socket.write(masked([0x81, 0x81], 65))
      await watcher.take(2 * index + 2)
      socket.resetAndDestroy()
      await watcher.take(2 * index + 3)
    }
    expect(watcher.received.filter((text) => text === 'A left the chat')).toHaveLength(50)
  })
})
