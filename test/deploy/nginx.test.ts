/** deploy/nginx.conf in real nginx, in front of Momentum and of a server that only listens to what nginx says. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, startServer } from '../../src/servers/start.ts'
import { mintTokens } from '../../src/tokens/mint-token.ts'
import { CONFIGURATION, findNginx, type Nginx, startNginx } from './nginx-process.ts'

const CLIENTS = 1000
/** Few, since every user that joins is announced to all the others. */
const USERS = 20
const SECRET = 'a secret for this test only'

const nginx = findNginx()
const title = nginx === null ? 'nginx.conf: skipped, nginx is not installed' : 'nginx.conf'

interface Client {
  readonly socket: WebSocket
  /** The next message of that type that has not been asked for yet. */
  readonly next: (type: string) => Promise<{ id: unknown; data: unknown }>
}

/** Connects at once; rejects with the handshake's error. */
async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const seen: { message_type: string; id: unknown; data: unknown }[] = []
  let notify = () => {}
  socket.on('message', (text: Buffer) => {
    seen.push(JSON.parse(text.toString()))
    notify()
  })
  await once(socket, 'open')
  socket.on('error', () => {})
  const next = async (type: string) => {
    for (;;) {
      const index = seen.findIndex(({ message_type }) => message_type === type)
      if (index >= 0) return seen.splice(index, 1)[0]!
      await new Promise<void>((resolve) => {
        notify = resolve
      })
    }
  }
  return { socket, next }
}

const envelope = (id: string, type: string, data: object) =>
  JSON.stringify({ id, message_type: type, data, timestamp: '2026-01-01T00:00:00Z' })

describe.runIf(nginx !== null)(title, () => {
  let server: RunningServer
  let proxy: Nginx
  let tokens: string[]
  const at = (path: string, scheme = 'http') => `${scheme}://127.0.0.1:${proxy.port}${path}`

  beforeAll(async () => {
    tokens = await mintTokens(USERS, SECRET)
    server = await startServer('momentum', { port: 0, jwtSecret: SECRET })
    proxy = await startNginx(nginx!, server.port)
  })
  afterAll(async () => {
    await proxy?.stop()
    await server?.close()
  })

  it('carries 1,000 clients at once: all upgraded, each ping answered, a text for everyone', async () => {
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) => connect(at(`/ws?token=${tokens[index % USERS]}`, 'ws'))),
    )
    const answers = clients.map(async ({ socket, next }, index) => {
      socket.send(envelope(`ping-${index}`, 'ping', { index }))
      return (await next('pong')).id
    })
    expect(await Promise.all(answers)).toEqual(clients.map((_, index) => `ping-${index}`))

    const stats = (await (await fetch(at('/api/ws/stats'))).json()) as Record<string, unknown>
    expect(stats).toMatchObject({ active_connections: CLIENTS, online_users: USERS })

    clients[0]!.socket.send(envelope('text-1', 'text', { content: '你好' }))
    const texts = await Promise.all(clients.map(({ next }) => next('text')))
    expect(texts.filter(({ data }) => JSON.stringify(data) !== '{"content":"你好"}')).toEqual([])

    const closed = clients.map(({ socket }) => {
      socket.close(1000)
      return once(socket, 'close')
    })
    const codes = (await Promise.all(closed)).map(([code]) => code as number)
    expect(codes.filter((code) => code !== 1000)).toEqual([])
  })

  it.each([
    ['no token', '/ws'],
    ['a wrong one', '/ws?token=wrong.token.here'],
  ])('passes the refusal of %s on as 401', async (_, path) => {
    await expect(connect(at(path, 'ws'))).rejects.toThrow('Unexpected server response: 401')
  })

  it.each([
    ['GET', '/ws/stats', 200],
    ['GET', '/ws/online', 200],
    ['GET', '/api/ws/stats', 200],
    ['GET', '/api/ws/online', 200],
    ['GET', '/demo', 200],
    ['POST', '/api/ws/broadcast', 400],
    ['POST', '/ws/send', 400],
    ['POST', '/api/ws/stats', 405],
    ['GET', '/', 404],
    ['GET', '/wsx', 404],
  ])('%s %s is answered with %i', async (method, path, status) => {
    expect((await fetch(at(path), { method })).status).toBe(status)
  })

  it('logs every request, and no token, even when the server is gone', async () => {
    const secretPart = tokens[0]!.slice(-20)
    const gone = await startServer('echo', { port: 0 })
    await gone.close()
    const orphan = await startNginx(nginx!, gone.port)
    onTestFinished(async () => {
      await orphan.stop()
    })
    const url = `ws://127.0.0.1:${orphan.port}/ws?token=${tokens[0]}`
    await expect(connect(url)).rejects.toThrow('Unexpected server response: 502')
    await expect(connect(at(`/ws?token=${tokens[0]}broken`, 'ws'))).rejects.toThrow('401')
    const orphanLogs = await orphan.stop()
    const logs = await proxy.stop()
    expect(orphanLogs).toContain('"GET /ws HTTP/1.1" 502')
    expect(logs).toContain('"GET /ws HTTP/1.1" 401')
    expect(logs + orphanLogs).not.toContain('token')
    expect(logs + orphanLogs).not.toContain(secretPart)
  })
})

describe.runIf(nginx !== null)(`${title}: what the server behind it hears`, () => {
  const heard: { path: string; headers: IncomingHttpHeaders }[] = []
  const listener = createServer((request, response) => {
    heard.push({ path: request.url ?? '', headers: request.headers })
    response.end('plain')
  })
  listener.on('upgrade', (request, socket) => {
    heard.push({ path: request.url ?? '', headers: request.headers })
    socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  let proxy: Nginx

  beforeAll(async () => {
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    proxy = await startNginx(nginx!, (listener.address() as AddressInfo).port)
  })
  afterAll(async () => {
    await proxy?.stop()
    listener.close()
  })

  it('an upgrade with the headers of the hop and of the client', async () => {
    const url = `ws://127.0.0.1:${proxy.port}/ws?token=t&x=%2F`
    await expect(connect(url)).rejects.toThrow('503')
    expect(heard.at(-1)).toMatchObject({
      path: '/ws?token=t&x=%2F',
      headers: {
        upgrade: 'websocket',
        connection: 'upgrade',
        host: `127.0.0.1:${proxy.port}`,
        'x-real-ip': '127.0.0.1',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': `127.0.0.1:${proxy.port}`,
      },
    })
  })

  it.each([
    ['/api/ws/stats?pretty=1', '/ws/stats?pretty=1'],
    ['/ws/online', '/ws/online'],
    ['/demo', '/demo'],
  ])('a plain request for %s as %s, not as an upgrade', async (asked, path) => {
    await fetch(`http://127.0.0.1:${proxy.port}${asked}`)
    const { headers, path: seen } = heard.at(-1)!
    expect(seen).toBe(path)
    expect(headers.connection).toBe('close')
    expect(headers.upgrade).toBeUndefined()
  })
})

describe('nginx.conf, read as text', () => {
  const text = readFileSync(CONFIGURATION, 'utf8').replace(/#.*$/gm, '')
  const number = (name: string) => Number(new RegExp(`${name}\\s+(\\d+)`).exec(text)?.[1])

  it('has room for two descriptors of each of 1,000 clients in one worker', () => {
    expect(number('worker_connections')).toBeGreaterThan(2 * CLIENTS)
    expect(number('worker_rlimit_nofile')).toBeGreaterThan(number('worker_connections'))
  })

  it('lets a socket be quiet for a day, both ways', () => {
    const socket = /location = \/ws \{([^}]*)\}/.exec(text)?.[1]
    expect(socket).toMatch(/proxy_read_timeout 86400s;/)
    expect(socket).toMatch(/proxy_send_timeout 86400s;/)
  })

  it('logs nothing that has the query string in it', () => {
    expect(text).not.toMatch(/\$(?:request|request_uri|args|query_string|arg_\w+|http_referer)\b/)
  })
})
