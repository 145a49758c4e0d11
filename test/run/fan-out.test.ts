/** Fan-out over real sockets: what the tool says was lost, duplicated and misrouted is what the server knows it did. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { TestResult } from '../../src/result/run-result.ts'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'
import { countOf, errorsOf, metricOf, runOne } from '../support/weather.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(name: string, faults: StartOptions['faults'] = {}): Promise<RunningServer> {
  const server = await startServer(name, { port: 0, faults })
  closing.push(() => server.close())
  return server
}

function deliveriesOf(test: TestResult) {
  const [expected, received, lost] = ['expected', 'received', 'lost'].map((name) =>
    countOf(test, `deliveries_${name}`),
  )
  const [duplicated, misrouted, reordered] = ['duplicated', 'misrouted', 'reordered'].map((name) =>
    countOf(test, `messages_${name}`),
  )
  return { expected, received, lost, duplicated, misrouted, reordered }
}

describe.each([1, 2])('%i shards: every member gets every message, and the sum is exact', (workers) => {
  it.each([
    ['broadcast', 12],
    ['chat-numbered', 12],
    ['chat-named', 12],
    ['chat-json', 12],
    ['momentum', 12],
  ])('%s', async (name, members) => {
    const server = await startServer(name, { port: 0, jwtSecret: 'a secret of this test' })
    closing.push(() => server.close())
    const test = await runOne(
      `${server.url} --test-type broadcast --dialect ${name} --publishers 2 --subscribers 10 -m 20 -r 200 -w ${workers}`,
      { env: { JWT_SECRET: 'a secret of this test' } },
    )
    const expected = 2 * 20 * members
    expect(deliveriesOf(test)).toMatchObject({
      expected,
      received: expected,
      lost: 0,
      duplicated: 0,
      reordered: 0,
    })
    expect(metricOf(test, 'amplification')).toMatchObject({ value: members })
    expect(metricOf(test, 'delivery_time')).toMatchObject({ count: expected })
    expect(metricOf(test, 'last_delivery_time')).toMatchObject({ count: 40 })
    expect(test.errors).toEqual([])
  })

  it('rooms: only the members of the room', async () => {
    const server = await serve('rooms')
    const test = await runOne(
      `${server.url} --test-type broadcast --publishers 3 --subscribers 20 --rooms 2 -m 10 -r 200 -w ${workers}`,
    )
    // Publishers 0 and 2 are in the first room with ten listeners, publisher 1 in the second with the other ten.
    const expected = 10 * (2 * 12 + 11)
    expect(deliveriesOf(test)).toEqual({
      expected,
      received: expected,
      lost: 0,
      duplicated: 0,
      misrouted: 0,
      reordered: 0,
    })
  })

  it('everybody talks and everybody listens, in a closed workload', async () => {
    const server = await serve('chat-json')
    const test = await runOne(`${server.url} --dialect chat-json -c 10 -m 15 -w ${workers}`)
    expect(deliveriesOf(test)).toMatchObject({ expected: 1500, received: 1500, lost: 0, duplicated: 0 })
    expect([countOf(test, 'messages_received'), countOf(test, 'messages_unexpected')]).toEqual([150, 0])
  })
})

describe('a server that misbehaves is found out to the message', () => {
  const LOAD = '--test-type broadcast --publishers 1 --subscribers 500 --rooms 2 -m 40 -r 100 -t 1'

  it('lost: what it dropped', async () => {
    const server = await serve('rooms', { drop: 0.01 })
    const test = await runOne(`${server.url} ${LOAD}`)
    const { expected, received, lost, duplicated } = deliveriesOf(test)
    expect(server.faults.dropped).toBeGreaterThan(0)
    expect([expected, lost, duplicated]).toEqual([40 * 251, server.faults.dropped, 0])
    expect(received).toBe(server.faults.delivered)
    expect(errorsOf(test)).toEqual({ 'delivery-lost': server.faults.dropped, ...noReply(test) })
  })

  it('duplicated: what it sent twice', async () => {
    const server = await serve('rooms', { duplicate: 0.01 })
    const test = await runOne(`${server.url} ${LOAD}`)
    expect(server.faults.duplicated).toBeGreaterThan(0)
    expect(deliveriesOf(test)).toMatchObject({
      lost: 0,
      duplicated: server.faults.duplicated,
      received: 40 * 251,
    })
  })

  it('misrouted: what it sent to another room', async () => {
    const server = await serve('rooms', { misroute: 0.2 })
    const test = await runOne(`${server.url} ${LOAD}`)
    expect(server.faults.misrouted).toBeGreaterThan(0)
    expect(deliveriesOf(test)).toMatchObject({
      lost: 0,
      misrouted: server.faults.misrouted,
      received: 40 * 251,
    })
  })

  it('late: what came after the timeout counts as lost', async () => {
    const server = await serve('broadcast', { delayMs: 300 })
    const test = await runOne(`${server.url} --test-type broadcast --subscribers 5 -m 3 -r 100 -t 100ms`)
    expect(deliveriesOf(test)).toMatchObject({ expected: 18, received: 0, lost: 18 })
  })
})

/** The publisher's own copy may be among what was dropped. */
function noReply(test: TestResult): Record<string, number> {
  const lost = countOf(test, 'messages_lost') ?? 0
  return lost === 0 ? {} : { 'no-reply': lost }
}

it('a subscriber that the server drops while it is far behind is told from one that merely ended', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  closing.push(() => new Promise((resolve) => server.close(() => resolve())))
  const members: WebSocket[] = []
  let published = 0
  server.on('connection', (socket) => {
    members.push(socket)
    socket.on('message', (data) => {
      published++
      // The second member gets nothing any more from the start, and is cut off 80 messages later.
      for (const member of members) if (member !== members[1]) member.send(data, { binary: false })
      if (published === 80) members[1]?.terminate()
      if (published === 90) members[2]?.terminate()
    })
  })
  const { port } = server.address() as AddressInfo
  const test = await runOne(`ws://127.0.0.1:${port} --test-type broadcast --subscribers 4 -m 100 -r 500 -t 1`)
  expect(errorsOf(test)).toMatchObject({
    'dropped-lagging 1006': 1,
    'closed-without-close-frame 1006': 1,
  })
  // A message or two may be under way when an end is noticed.
  const { expected, received, lost } = deliveriesOf(test)
  expect([expected! - received!, received! >= 80 * 4 + 10 * 3]).toEqual([lost, true])
  expect([lost! >= 80, lost! < 90]).toEqual([true, true])
})

it('members that never answer a ping are let in all the same, and counted', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false })
  await once(server, 'listening')
  closing.push(() => new Promise((resolve) => server.close(() => resolve())))
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      for (const member of server.clients) member.send(data, { binary: false })
    })
  })
  const { port } = server.address() as AddressInfo
  const test = await runOne(`ws://127.0.0.1:${port} --test-type broadcast --subscribers 3 -m 5 -r 100`)
  expect([countOf(test, 'joins_unconfirmed'), deliveriesOf(test).received]).toEqual([4, 20])
})
