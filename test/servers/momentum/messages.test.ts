/** Frames in, frames out: routing, answers and errors over real sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunningServer } from '../../../src/servers/start.ts'
import { mintUserToken } from '../../../src/tokens/mint-token.ts'
import { connect, getJson, leave, request, SECRET, startMomentum, untilActive } from './momentum-client.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const AT = '2026-01-02T03:04:05.678Z'

let server: RunningServer
beforeEach(async () => {
  server = await startMomentum()
})
afterEach(() => server.close())

describe('a text', () => {
  it('reaches every online user, the sender included, with the sender added and nothing else changed', async () => {
    const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
    ann.send(`{"timestamp":"${AT}","data":{"content":"你好","n":1},"message_type":"text","id":"m-1"}`)
    const expected =
      `{"id":"m-1","message_type":"text","data":{"content":"你好","n":1},` +
      `"timestamp":"${AT}","from_user_id":"${ann.userId}"}`
    for (const client of [ann, bob]) {
      await client.next('text')
      expect(client.frames.at(-1)).toBe(expected)
    }
  })

  it('reaches only to_user_id when there is one, on each of its connections', async () => {
    const [ann, bob, bobToo, eve] = await Promise.all([1, 2, 2, 3].map((client) => connect(server, client)))
    ann!.send({ id: 'm-2', message_type: 'text', data: { content: 'psst' }, to_user_id: bob!.userId })
    for (const client of [bob!, bobToo!]) {
      const { to_user_id, from_user_id } = await client.next('text')
      expect({ to_user_id, from_user_id }).toEqual({ to_user_id: bob!.userId, from_user_id: ann!.userId })
      expect(Object.keys(JSON.parse(client.frames.at(-1)!)).at(-1)).toBe('to_user_id')
    }
    for (const client of [ann!, eve!]) {
      await client.settle()
      expect(client.types()).not.toContain('text')
    }
  })

  it('gets an id and a time from the server when it has none', async () => {
    const ann = await connect(server, 1)
    ann.send({ message_type: 'text', data: { content: 'x' } })
    const { id, timestamp } = await ann.next('text')
    expect(id).toMatch(UUID)
    expect(timestamp).toMatch(ISO)
  })

  it('cannot be sent in the name of another', async () => {
    const ann = await connect(server, 1)
    ann.send({ message_type: 'text', data: {}, from_user_id: 'somebody else' })
    expect((await ann.next('text')).from_user_id).toBe(ann.userId)
  })

  it('keeps the order of its sender', async () => {
    const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
    for (let n = 0; n < 500; n++) ann.send({ message_type: 'text', data: { content: String(n) } })
    for (let n = 0; n < 500; n++) expect((await bob.next('text')).data.content).toBe(String(n))
  })
})

it.each(['notification', 'a type of its own'])('%s is routed as a text is', async (type) => {
  const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
  const data = { content: 'disk full', priority: 'high', source: 'monitor' }
  ann.send({ message_type: type, data })
  expect((await bob.next(type)).data).toEqual(data)
  expect((await ann.next(type)).data).toEqual(data)
  ann.send({ message_type: type, data, to_user_id: ann.userId })
  expect((await ann.next(type)).to_user_id).toBe(ann.userId)
  await bob.settle()
  expect(bob.types().filter((seen) => seen === type)).toHaveLength(1)
})

describe('a ping', () => {
  it.each([{ n: 7, deep: [1] }, 'text', 5, null, [1, 2]])(
    'with data %j is answered to its sender alone',
    async (data) => {
      const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
      ann.send({ id: 'p-1', message_type: 'ping', data })
      const { id, data: back, from_user_id } = await ann.next('pong')
      expect({ id, back, from_user_id }).toEqual({ id: 'p-1', back: data, from_user_id: null })
      await bob.settle()
      expect(bob.types()).toEqual([])
    },
  )

  it('without id and data gets both', async () => {
    const ann = await connect(server, 1)
    ann.send({ message_type: 'ping' })
    const { id, data } = await ann.next('pong')
    expect(id).toMatch(UUID)
    expect(data).toEqual({})
  })
})

describe('a frame that cannot be passed on', () => {
  const deep = `{"message_type":"text","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`
  it.each([
    ['bad JSON', '{"message_type":"text",', 'bad-json', null],
    ['an empty frame', '', 'bad-json', null],
    ['no object', '[1]', 'bad-message', null],
    ['null', 'null', 'bad-message', null],
    ['no type', '{"id":"x","data":{}}', 'bad-message', 'x'],
    ['a number as type', '{"id":"x","message_type":5,"data":{}}', 'bad-message', 'x'],
    ['an endless type', `{"id":"x","message_type":"${'y'.repeat(101)}"}`, 'bad-message', 'x'],
    ['data that is no object', '{"id":"x","message_type":"text","data":"hi"}', 'bad-message', 'x'],
    ['a number as receiver', '{"id":"x","message_type":"text","data":{},"to_user_id":5}', 'bad-message', 'x'],
    ['nobody there', '{"id":"x","message_type":"text","data":{},"to_user_id":"nobody"}', 'user-offline', 'x'],
    ['a system message', '{"id":"x","message_type":"system_message","data":{}}', 'reserved-type', 'x'],
    ['an id that JSON cannot pass on', '{"id":1e999,"message_type":"text","data":{}}', 'bad-message', null],
    ['such an id of a ping', '{"id":-1e999,"message_type":"ping"}', 'bad-message', null],
    ['a forged departure', '{"id":"x","message_type":"user_left","data":{}}', 'reserved-type', 'x'],
    ['data nested too deeply', deep, 'bad-message', null],
  ])('%s: an error to the sender alone, and the connection stays', async (_name, frame, code, inReplyTo) => {
    const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
    ann.send(frame)
    const { id, data, from_user_id } = await ann.next('error')
    expect(id).toMatch(UUID)
    expect(data).toEqual({ code, content: expect.any(String), in_reply_to: inReplyTo })
    expect(from_user_id).toBeNull()

    ann.send({ id: 'after', message_type: 'text', data: { content: 'still here' } })
    expect((await bob.next('text')).id).toBe('after')
    expect(bob.types()).toEqual(['text'])
    expect(await getJson(server, '/ws/stats')).toMatchObject({ messages_faulty: 1, total_messages: 1 })
  })

  it('binary: an error too', async () => {
    const ann = await connect(server, 1)
    ann.socket.send(Buffer.from('{"message_type":"ping"}'))
    expect((await ann.next('error')).data.code).toBe('not-text')
  })
})

describe('coming and going', () => {
  it('is told to everyone else, once for a user with several connections', async () => {
    const ann = await connect(server, 1)
    const first = await connect(server, 2)
    const second = await connect(server, 2)
    const joined = await ann.next('user_joined')
    expect(Object.keys(joined)).toEqual(['id', 'message_type', 'data', 'timestamp', 'from_user_id'])
    expect(joined).toMatchObject({ data: { username: 'user-2' }, from_user_id: first.userId })

    await leave(first)
    await leave(second)
    await untilActive(server, 1)
    await ann.settle()
    expect(await ann.next('user_left')).toMatchObject({
      data: { username: 'user-2' },
      from_user_id: first.userId,
    })
    expect(ann.types()).toEqual(['user_joined', 'user_left'])
    expect(second.types()).toEqual([])
  })

  it('is told of a client that does not read, once 16 MiB wait for it', async () => {
    const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
    await ann.next('user_joined')
    bob.socket.pause()
    const content = 'x'.repeat(1_000_000)
    // The kernel takes some of it.
    for (let sent = 0; sent < 50; sent++) {
      ann.send({ message_type: 'text', data: { content }, to_user_id: bob.userId })
    }
    expect((await ann.next('user_left')).from_user_id).toBe(bob.userId)
    bob.socket.terminate()
  })

  it('is noticed when a connection is cut without a word', async () => {
    const [ann, bob] = [await connect(server, 1), await connect(server, 2)]
    bob.socket.terminate()
    await ann.next('user_left')
    expect((await getJson(server, '/ws/online')).count).toBe(1)
  })
})

describe('without a secret', () => {
  it('the server makes one up and notes a page with a token that is valid', async () => {
    const own = await startMomentum({ jwtSecret: null })
    const link = own.notes.find((note) => note.includes('#token='))!
    expect(link).toContain(`http://127.0.0.1:${own.port}/demo#token=`)
    const demo = await connect(own, 0, { token: link.split('#token=')[1]! })
    await demo.settle()
    expect(await getJson(own, '/ws/online')).toMatchObject({ count: 1, users: [{ username: 'demo' }] })
    await own.close()
  })

  it('of ours, tokens of an empty secret are refused', async () => {
    const own = await startMomentum({ jwtSecret: '' })
    const token = await mintUserToken({ username: 'x', email: 'x@example.com', secret: ' ' })
    await expect(connect(own, 0, { token })).rejects.toThrow('401')
    await own.close()
  })

  it('that was given, nothing of it nor a token is noted', async () => {
    expect(server.notes.join('\n')).not.toMatch(/ey[A-Za-z0-9]/)
    expect(server.notes.join('\n')).not.toContain(SECRET)
    expect((await request(server, '/ws/stats')).status).toBe(200)
  })
})
