/** The HTTP side: who is online, counts, messages by POST, and every way to get it wrong. */
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RunningServer, startServer } from '../../../src/servers/start.ts'
import { userIdOf } from '../../../src/tokens/mint-token.ts'
import { connect, getJson, leave, request, SECRET, startMomentum } from './momentum-client.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startMomentum()
})
afterAll(() => server.close())

const post = (path: string, body: string | Uint8Array<ArrayBuffer>) =>
  request(server, path, { method: 'POST', body })
const json = (value: unknown) => JSON.stringify(value)

describe('GET /ws/online', () => {
  it('lists each user once, with the number of connections', async () => {
    const [ann, annToo, bob] = await Promise.all([1, 1, 2].map((client) => connect(server, client)))
    const { count, users } = (await getJson(server, '/ws/online')) as {
      count: number
      users: { user_id: string }[]
    }
    expect(count).toBe(2)
    expect(users.sort((a, b) => (a.user_id < b.user_id ? -1 : 1))).toEqual([
      { user_id: userIdOf(1), username: 'user-1', connections: 2, online_since: expect.any(String) },
      { user_id: userIdOf(2), username: 'user-2', connections: 1, online_since: expect.any(String) },
    ])
    await Promise.all([ann!, annToo!, bob!].map(leave))
    expect(await getJson(server, '/ws/online')).toEqual({ count: 0, users: [] })
  })
})

describe('GET /ws/stats', () => {
  it('counts connections, and messages by type', async () => {
    const own = await startMomentum()
    const [ann, bob] = [await connect(own, 1), await connect(own, 2)]
    for (const type of ['text', 'text', 'notification', 'ping', 'custom']) {
      ann.send({ message_type: type, data: {} })
    }
    ann.send('no json')
    await ann.next('error')
    await leave(bob)
    expect(await getJson(own, '/ws/stats')).toEqual({
      active_connections: 1,
      online_users: 1,
      total_connections: 2,
      refused_connections: 0,
      cleaned_up_connections: 0,
      total_messages: 5,
      messages_by_type: { text: 2, notification: 1, ping: 1, custom: 1 },
      messages_delivered: 8,
      messages_faulty: 1,
      started_at: expect.any(String),
      uptime_seconds: expect.any(Number),
    })
    await own.close()
  })

  it('has an end to the number of types that clients can invent', async () => {
    const own = await startMomentum()
    const ann = await connect(own, 1)
    for (let n = 0; n < 60; n++) ann.send({ message_type: `type-${n}`, data: {} })
    ann.send({ message_type: '__proto__', data: {} })
    await ann.next('__proto__')
    const { messages_by_type } = (await getJson(own, '/ws/stats')) as { messages_by_type: object }
    expect(Object.keys(messages_by_type)).toHaveLength(51)
    expect(messages_by_type).toMatchObject({ 'type-0': 1, other: 11 })
    await own.close()
  })
})

describe('POST', () => {
  it('/ws/broadcast reaches every connection, and says how many', async () => {
    const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
    const answer = await post(
      '/ws/broadcast',
      json({ message_type: 'system_message', data: { content: 'bye', priority: 'high' } }),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const { id, recipients } = (await answer.json()) as { id: string; recipients: number }
    expect(recipients).toBe(2)
    for (const client of [ann, bob]) {
      const message = await client.next('system_message')
      expect(Object.keys(message)).toEqual(['id', 'message_type', 'data', 'timestamp', 'from_user_id'])
      expect(message).toMatchObject({ id, data: { content: 'bye', priority: 'high' }, from_user_id: null })
    }
    await Promise.all([ann, bob].map(leave))
  })

  it('/ws/broadcast to nobody is no error', async () => {
    const answer = await post('/ws/broadcast', json({ message_type: 'text', data: {} }))
    expect(await answer.json()).toMatchObject({ recipients: 0 })
  })

  it('/ws/send reaches one user on each connection', async () => {
    const [ann, bob, bobToo] = await Promise.all([1, 2, 2].map((client) => connect(server, client)))
    const body = json({ to_user_id: userIdOf(2), message_type: 'text', data: { content: 'hi' } })
    expect(await (await post('/ws/send', body)).json()).toMatchObject({ recipients: 2 })
    for (const client of [bob!, bobToo!]) {
      expect(await client.next('text')).toMatchObject({ to_user_id: userIdOf(2), from_user_id: null })
    }
    await ann!.settle()
    expect(ann!.types()).not.toContain('text')
    await Promise.all([ann!, bob!, bobToo!].map(leave))
  })
})

const SEND = { to_user_id: 'u', message_type: 'text', data: {} }
const BROADCAST = { message_type: 'text', data: {} }
const LARGE = json({ ...BROADCAST, data: { content: 'x'.repeat(64 * 1024) } })
const DEEP = `{"message_type":"text","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`

describe('a request that is wrong', () => {
  it.each<
    [
      name: string,
      method: string,
      path: string,
      body: string | Uint8Array<ArrayBuffer> | null,
      status: number,
    ]
  >([
    ['bad JSON', 'POST', '/ws/broadcast', '{', 400],
    ['no body', 'POST', '/ws/broadcast', null, 400],
    ['a body that is not UTF-8', 'POST', '/ws/broadcast', Uint8Array.of(0x22, 0xff, 0x22), 400],
    ['no object', 'POST', '/ws/broadcast', '[]', 400],
    ['no type', 'POST', '/ws/broadcast', json({ data: {} }), 400],
    ['an empty type', 'POST', '/ws/broadcast', json({ ...BROADCAST, message_type: '' }), 400],
    ['no data', 'POST', '/ws/broadcast', json({ message_type: 'text' }), 400],
    ['data that is no object', 'POST', '/ws/broadcast', json({ ...BROADCAST, data: 'hi' }), 400],
    ['data nested too deeply', 'POST', '/ws/broadcast', DEEP, 400],
    ['a large body', 'POST', '/ws/broadcast', LARGE, 413],
    ['bad JSON to one', 'POST', '/ws/send', 'x', 400],
    ['no receiver', 'POST', '/ws/send', json(BROADCAST), 400],
    ['a number as receiver', 'POST', '/ws/send', json({ ...SEND, to_user_id: 7 }), 400],
    ['no type to one', 'POST', '/ws/send', json({ ...SEND, message_type: undefined }), 400],
    ['no data to one', 'POST', '/ws/send', json({ ...SEND, data: undefined }), 400],
    ['a user who is offline', 'POST', '/ws/send', json(SEND), 404],
    ['a large body to one', 'POST', '/ws/send', LARGE, 413],
    ['GET of a POST', 'GET', '/ws/send', null, 405],
    ['GET of the broadcast', 'GET', '/ws/broadcast', null, 405],
    ['POST of a GET', 'POST', '/ws/online', '{}', 405],
    ['DELETE', 'DELETE', '/ws/stats', null, 405],
    ['POST of the page', 'POST', '/demo', '', 405],
    ['an unknown path below', 'GET', '/ws/users', null, 404],
    ['an unknown path', 'GET', '/elsewhere', null, 404],
    ['a path of Object', 'GET', '/ws/constructor', null, 404],
  ])('%s: %s %s', async (_name, method, path, body, status) => {
    const answer = await request(server, path, { method, ...(body === null ? {} : { body }) })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await answer.json()).toEqual({ error: expect.stringMatching(/./) })
    if (status === 405) expect(answer.headers.get('allow')).toBe(allowed(path))
  })

  it('without a length is stopped at the limit as well', async () => {
    const asked = httpRequest({ port: server.port, path: '/ws/send', method: 'POST' })
    for (let sent = 0; sent < 3; sent++) asked.write('x'.repeat(32 * 1024))
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }]
    expect(response.statusCode).toBe(413)
    response.resume()
    asked.end()
    await once(asked, 'close')
  })

  it.each([
    ['with a length', (size: number) => `Content-Length: ${size}\r\n\r\n`, (body: Buffer) => [body]],
    [
      'in chunks',
      () => 'Transfer-Encoding: chunked\r\n\r\n',
      (body: Buffer) => [`${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n'],
    ],
  ])(
    '%s, too large, on a connection that then closes gets its answer, and no reset',
    async (_name, head, frame) => {
      const socket = connectTcp(server.port, '127.0.0.1')
      const failures: string[] = []
      socket.on('error', ({ message }) => failures.push(message))
      const body = Buffer.alloc(8 * 1024 * 1024, 'x')
      socket.write(`POST /ws/send HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head(body.length)}`)
      for (const piece of frame(body))
        await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
      // Read only now: a reset would have thrown away what came.
      let text = ''
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      await once(socket, 'close')
      expect(failures).toEqual([])
      expect(text).toMatch(/^HTTP\/1\.1 413 .*\{"error":"the body is larger than 65536 bytes"\}$/s)
    },
  )

  it('that stops half-way, too large, is answered at once and cut off after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const socket = connectTcp(server.port, '127.0.0.1').setEncoding('utf8')
    const closed = once(socket, 'close')
    socket.write('POST /ws/send HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\nhalf')
    const [answer] = await once(socket, 'data')
    expect(answer).toContain('413')
    vi.advanceTimersByTime(5000)
    vi.useRealTimers()
    await closed
  })

  it('that never stops is cut off', async () => {
    const socket = connectTcp(server.port, '127.0.0.1')
    // The server may cut it while a write is under way.
    socket.on('error', () => {})
    socket.write('POST /ws/send HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000\r\n\r\n')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const chunk = Buffer.alloc(1024 * 1024)
    const pour = () => socket.write(chunk, (error) => (error ? undefined : pour()))
    pour()
    socket.resume()
    await closed
    expect((await request(server, '/ws/stats')).status).toBe(200)
  })

  it('to the WebSocket path says what is wanted there', async () => {
    expect((await request(server, '/ws')).status).toBe(426)
  })
})

it('HEAD is answered without a body', async () => {
  const answer = await request(server, '/ws/stats', { method: 'HEAD' })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
})

it('serve all has it all below /momentum', async () => {
  const all = await startServer('all', { port: 0, jwtSecret: SECRET })
  const ann = await connect({ ...all, url: `ws://127.0.0.1:${all.port}/momentum/ws` }, 1)
  expect(await getJson(all, '/momentum/ws/online')).toMatchObject({ count: 1 })
  expect((await request(all, '/momentum/demo')).status).toBe(200)
  await leave(ann)
  await all.close()
})

function allowed(path: string): string {
  return path === '/ws/send' || path === '/ws/broadcast' ? 'POST' : 'GET, HEAD'
}
