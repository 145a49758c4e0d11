/** What the documents say of each server, byte for byte, seen by a `ws` client. */
import { afterEach, describe, expect, test } from 'vitest'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'
import { openClient, type RecordingClient, visit } from '../support/ws-client.ts'

let server: RunningServer | undefined
const clients: RecordingClient[] = []

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate()
  await server?.close()
  server = undefined
})

async function serve(name: string, options: StartOptions = {}): Promise<string> {
  server = await startServer(name, { port: 0, ...options })
  return server.url
}

async function open(url: string): Promise<RecordingClient> {
  const client = await openClient(url)
  clients.push(client)
  return client
}

describe.each([
  ['echo', ''],
  ['echo-axum', '回显: '],
  ['echo-axum-en', 'Echo: '],
])('%s', (name, prefix) => {
  test('returns text behind its prefix, and binary unchanged', async () => {
    const client = await open(await serve(name))
    for (const message of ['hello', '', '✓ 🚀', Buffer.from([0, 255, 10]), Buffer.alloc(0)]) {
      client.socket.send(message)
    }
    expect(await client.take(5)).toEqual([
      `${prefix}hello`,
      prefix,
      `${prefix}✓ 🚀`,
      Buffer.from([0, 255, 10]),
      Buffer.alloc(0),
    ])
  })

  test('does not read a client that does not read, and loses nothing', async () => {
    const client = await open(await serve(name))
    const block = Buffer.alloc(1024 * 1024, 7)
    client.socket.pause()
    for (let index = 0; index < 24; index++) client.socket.send(block)
    client.socket.resume()
    expect((await client.take(24)).every((message) => block.equals(message as Buffer))).toBe(true)
  })
})

describe('broadcast', () => {
  test('a text reaches every client unchanged, its sender included, and a binary frame nobody', async () => {
    const url = await serve('broadcast')
    const [ann, bob] = [await open(url), await open(`${url}/ws`)]
    ann.socket.send(Buffer.from([1]))
    ann.socket.send('你好')
    bob.socket.send('')
    await Promise.all([ann.take(2), bob.take(2)])
    await bob.settle()
    expect(ann.received.toSorted()).toEqual(['', '你好'])
    expect(bob.received.toSorted()).toEqual(['', '你好'])
  })

  test('who has left is sent nothing', async () => {
    const url = await serve('broadcast')
    const [ann, bob] = [await open(url), await open(url)]
    bob.socket.close()
    await bob.closed
    await ann.settle()
    ann.socket.send('x')
    expect(await ann.take(1)).toEqual(['x'])
    expect(server!.faults.delivered).toBe(1)
  })
})

describe('chat-numbered', () => {
  test('numbers its users from 1 in the order in which they come, and never again the same', async () => {
    const url = await serve('chat-numbered')
    const first = await open(url)
    const second = await open(url)
    first.socket.send('你好')
    await second.take(1)
    second.socket.close()
    await second.closed
    const third = await open(url)
    third.socket.send('x')
    expect(await first.take(2)).toEqual(['用户 1: 你好', '用户 3: x'])
    expect(second.received).toEqual(['用户 1: 你好'])
  })
})

describe('chat-named', () => {
  test('takes the first text for the name, and tells who joins, speaks and leaves', async () => {
    const url = await serve('chat-named')
    expect(url).toMatch(/\/ws$/)
    const ann = await open(url)
    ann.socket.send('Ann')
    expect(await ann.take(1)).toEqual(['Ann joined the chat'])
    const bob = await open(url)
    bob.socket.send('Bob')
    bob.socket.send('hi')
    expect(await bob.take(2)).toEqual(['Bob joined the chat', 'Bob: hi'])
    bob.socket.terminate()
    expect(await ann.take(4)).toEqual([
      'Ann joined the chat',
      'Bob joined the chat',
      'Bob: hi',
      'Bob left the chat',
    ])
  })

  test('who has not said a name gets nothing, and leaves without a word', async () => {
    const url = await serve('chat-named')
    const [ann, nameless] = [await open(url), await open(url)]
    ann.socket.send('Ann')
    await ann.take(1)
    await nameless.settle()
    expect(nameless.received).toEqual([])
    nameless.socket.close()
    await nameless.closed
    ann.socket.send('x')
    expect(await ann.take(2)).toEqual(['Ann joined the chat', 'Ann: x'])
  })

  test('a first frame that is not text ends the connection', async () => {
    expect(await visit(await serve('chat-named'), { send: [Buffer.from('Ann')] })).toMatchObject({
      messages: [],
      closeCode: 1003,
    })
  })
})

describe('chat-json', () => {
  test.each([
    ['{"username":"u","content":"c","timestamp":1}', '{"username":"u","content":"c","timestamp":1}'],
    [
      ' { "timestamp": -5, "extra": [1], "content": "回\\u0001\\"", "username": "" } ',
      '{"username":"","content":"回\\u0001\\"","timestamp":-5}',
    ],
    ['{"username":"u","content":"c"}', null],
    ['{"username":"u","content":"c","timestamp":1.5}', null],
    ['{"username":"u","content":"c","timestamp":"1"}', null],
    ['{"username":1,"content":"c","timestamp":1}', null],
    ['["u","c",1]', null],
    ['null', null],
    ['{', null],
  ])('%s reaches everyone as %s', async (sent, seen) => {
    const url = await serve('chat-json')
    const [ann, bob] = [await open(url), await open(url)]
    ann.socket.send(sent)
    await ann.settle()
    await bob.settle()
    const expected = seen === null ? [] : [seen]
    expect([ann.received, bob.received]).toEqual([expected, expected])
  })
})

describe('rooms', () => {
  const join = (room: string, username: string) => JSON.stringify({ type: 'Join', room, username })
  const say = (room: string, content: string) => JSON.stringify({ type: 'Message', room, content })

  test('a message reaches the members of its room, its sender included, with the name added', async () => {
    const url = await serve('rooms')
    const [ann, bob, cat] = [await open(url), await open(url), await open(url)]
    ann.socket.send(join('a', 'Ann'))
    bob.socket.send(join('a', 'Bob'))
    bob.socket.send(join('b', 'Robert'))
    cat.socket.send(join('b', 'Cat'))
    for (const client of [ann, bob, cat]) await client.settle()
    ann.socket.send(say('a', '你好'))
    await bob.take(1)
    bob.socket.send(say('b', 'x'))
    await cat.take(1)
    const inA = '{"type":"Message","room":"a","content":"你好","username":"Ann"}'
    const inB = '{"type":"Message","room":"b","content":"x","username":"Robert"}'
    for (const client of [ann, bob, cat]) await client.settle()
    expect([ann.received, bob.received, cat.received]).toEqual([[inA], [inA, inB], [inB]])
  })

  test('a member that left or disconnected gets no more', async () => {
    const url = await serve('rooms')
    const [ann, bob, cat] = [await open(url), await open(url), await open(url)]
    for (const [index, client] of [ann, bob, cat].entries()) {
      client.socket.send(join('a', `${index}`))
      await client.settle()
    }
    bob.socket.send('{"type":"Leave","room":"a"}')
    await bob.settle()
    cat.socket.terminate()
    await cat.closed
    ann.socket.send(say('a', 'x'))
    await ann.take(1)
    await bob.settle()
    expect([bob.received, cat.received]).toEqual([[], []])
  })

  test.each([
    [say('a', 'x'), 'not in that room'],
    ['{"type":"Message","room":"a"}', 'Message needs content'],
    ['{"type":"Join","room":"a"}', 'Join needs a username'],
    ['{"type":"Leave"}', 'Leave needs a room'],
    ['{"type":"join"}', 'unknown type'],
    ['[]', 'not a JSON object'],
    [Buffer.from('{}'), 'only text frames are understood'],
  ])('%s is answered to its sender alone: %s', async (frame, reason) => {
    const url = await serve('rooms')
    const [ann, bob] = [await open(url), await open(url)]
    bob.socket.send(join('a', 'Bob'))
    await bob.settle()
    ann.socket.send(frame)
    expect(await ann.take(1)).toEqual([JSON.stringify({ type: 'Error', reason })])
    await bob.settle()
    expect(bob.received).toEqual([])
  })

  test('Ping is answered with Pong, and Pong with nothing', async () => {
    const client = await open(await serve('rooms'))
    client.socket.send('{"type":"Pong"}')
    client.socket.send('{"type":"Ping"}')
    await client.settle()
    expect(client.received).toEqual(['{"type":"Pong"}'])
  })
})

describe('binary', () => {
  test('a type byte and its data come back', async () => {
    const client = await open(await serve('binary'))
    client.socket.send(Buffer.from([7]))
    client.socket.send(Buffer.from([1, 0, 255]))
    expect(await client.take(2)).toEqual([Buffer.from([7]), Buffer.from([1, 0, 255])])
  })

  test.each([
    ['a text frame', 'x', 1003],
    ['an empty frame', Buffer.alloc(0), 1007],
  ])('%s is not answered but closed', async (_name, frame, closeCode) => {
    expect(await visit(await serve('binary'), { send: [frame] })).toMatchObject({ messages: [], closeCode })
  })
})

describe('push', () => {
  test('notifications come at once and then each period', async () => {
    const client = await open(await serve('notifications', { intervalMs: 20 }))
    client.socket.send('read and ignored')
    for (const message of await client.take(3)) {
      expect(message).toMatch(/^\{"type":"info","message":"定时通知","timestamp":\d{10}\}$/)
    }
  })

  test('the feed has values from 0 to 100', async () => {
    const client = await open(await serve('feed', { intervalMs: 20 }))
    for (const message of await client.take(3)) {
      expect(message).toMatch(/^\{"timestamp":\d{10},"value":[\d.e-]+\}$/)
      const { value } = JSON.parse(String(message)) as { value: number }
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThan(100)
    }
  })

  test.each(['notifications', 'feed'])('%s speak at once with the period of the documents', async (name) => {
    expect(await (await open(await serve(name))).take(1)).toHaveLength(1)
  })
})

describe('heartbeat', () => {
  test('pings, and keeps who answers', async () => {
    const client = await open(await serve('heartbeat', { intervalMs: 10, pongLimit: 1 }))
    let pings = 0
    await new Promise<void>((resolve) => client.socket.on('ping', () => ++pings === 5 && resolve()))
    expect(client.socket.readyState).toBe(1)
  })

  test.each([
    [null, 2],
    [1, 1],
    [4, 4],
  ])('with a pong limit of %s, who never answers is cut after %d pings', async (pongLimit, pings) => {
    const url = await serve('heartbeat', { intervalMs: 10, pongLimit })
    expect(await visit(url, { autoPong: false })).toMatchObject({ pings, closeCode: 1006 })
  })
})
