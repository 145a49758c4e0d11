/** The server's own counts of faults against what its clients saw. */
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'
import { openClient, type RecordingClient } from '../support/ws-client.ts'

const MESSAGES = 400

let server: RunningServer
const clients: RecordingClient[] = []

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate()
  await server.close()
})

async function openMany(name: string, count: number, options: StartOptions): Promise<RecordingClient[]> {
  server = await startServer(name, { port: 0, ...options })
  for (let index = 0; index < count; index++) clients.push(await openClient(server.url))
  return clients
}

/** Sends numbered messages and resolves once every client has all that the server sent it. */
async function publish(write: (index: number) => string): Promise<(string | Buffer)[]> {
  for (let index = 0; index < MESSAGES; index++) clients[0]!.socket.send(write(index))
  for (const client of clients) await client.settle()
  return clients.flatMap(({ received }) => received)
}

function countRepeats(client: RecordingClient): number {
  return client.received.length - new Set(client.received).size
}

describe('broadcast', () => {
  test('that drops: what is missing is what it counted', async () => {
    await openMany('broadcast', 5, { faults: { drop: 0.1 } })
    const seen = await publish(String)
    const { delivered, dropped } = server.faults
    expect(dropped).toBeGreaterThan(MESSAGES * 5 * 0.05)
    expect([seen.length, delivered]).toEqual([MESSAGES * 5 - dropped, MESSAGES * 5 - dropped])
  })

  test('that duplicates: what came twice is what it counted', async () => {
    await openMany('broadcast', 5, { faults: { duplicate: 0.1 } })
    const seen = await publish(String)
    const { delivered, duplicated } = server.faults
    const repeats = clients.map(countRepeats).reduce((sum, count) => sum + count)
    expect(duplicated).toBeGreaterThan(MESSAGES * 5 * 0.05)
    expect([repeats, seen.length, delivered]).toEqual([
      duplicated,
      MESSAGES * 5 + duplicated,
      MESSAGES * 5 + duplicated,
    ])
  })

  test('that delays keeps the order', async () => {
    const [first] = await openMany('broadcast', 2, { faults: { delayMs: 5 } })
    await publish(String)
    const expected = Array.from({ length: MESSAGES }, (_, index) => `${index}`)
    expect(await first!.take(MESSAGES)).toEqual(expected)
    expect(await clients[1]!.take(MESSAGES)).toEqual(expected)
  })

  test('cuts who lags more than its channel, and counts to the message what that one did not get', async () => {
    const [publisher, lagging] = await openMany('broadcast', 2, {})
    lagging!.socket.pause()
    const message = 'x'.repeat(100_000)
    let published = 0
    while (server.faults.laggedReceivers === 0) {
      publisher!.socket.send(message)
      await publisher!.take(++published)
    }
    lagging!.socket.resume()
    expect(await lagging!.closed).toBe(1006)
    const { delivered, lagLost } = server.faults
    expect(lagging!.received).toHaveLength(delivered - published)
    expect(lagging!.received.length + lagLost).toBe(published)
    expect(lagLost).toBeGreaterThan(100)
  })
})

test('a burst of many small messages to a receiver that reads is no lag, however they come together', async () => {
  const [publisher, reader] = await openMany('broadcast', 2, {})
  for (let index = 0; index < 20_000; index++) publisher!.socket.send('x'.repeat(32))
  await publisher!.take(20_000)
  await reader!.take(20_000)
  expect(server.faults).toMatchObject({ delivered: 40_000, laggedReceivers: 0 })
})

test('a burst that overtakes a receiver that does not read is counted to the interrupted write', async () => {
  const [publisher, lagging] = await openMany('broadcast', 2, {})
  lagging!.socket.pause()
  const texts = 1000
  let published = 0
  while (server.faults.laggedReceivers === 0) {
    for (let index = 0; index < texts; index++) publisher!.socket.send('x'.repeat(1000))
    published += texts
    await publisher!.take(published)
  }
  lagging!.socket.resume()
  expect(await lagging!.closed).toBe(1006)
  const unaccounted = lagging!.received.length - (server.faults.delivered - published)
  expect(unaccounted).toBeGreaterThanOrEqual(0)
  expect(unaccounted).toBeLessThanOrEqual(16)
})

describe('rooms', () => {
  test('that misroute: messages of a room that somebody else got are what it counted', async () => {
    await openMany('rooms', 4, { faults: { misroute: 0.1 } })
    for (const [index, { socket }] of clients.entries()) {
      socket.send(JSON.stringify({ type: 'Join', room: index < 2 ? 'a' : 'b', username: `${index}` }))
      await clients[index]!.settle()
    }
    await publish((index) => JSON.stringify({ type: 'Message', room: 'a', content: `${index}` }))
    const [ann, bob, cat, dan] = clients.map(({ received }) => received.length)
    const { misrouted, delivered } = server.faults
    expect([ann, bob]).toEqual([MESSAGES, MESSAGES])
    expect(misrouted).toBeGreaterThan(MESSAGES * 0.05)
    expect(cat! + dan!).toBe(misrouted)
    expect(Math.min(cat!, dan!)).toBeGreaterThan(0)
    expect(delivered).toBe(MESSAGES * 2 + misrouted)
  })

  test('have nobody to misroute to when everybody is in the room', async () => {
    const [only] = await openMany('rooms', 1, { faults: { misroute: 1 } })
    only!.socket.send('{"type":"Join","room":"a","username":"u"}')
    const seen = await publish((index) => JSON.stringify({ type: 'Message', room: 'a', content: `${index}` }))
    expect([seen.length, server.faults.misrouted]).toEqual([MESSAGES, 0])
  })
})

test.each(['echo', 'echo-axum', 'binary'])('%s drops what it counts', async (name) => {
  const [client] = await openMany(name, 1, { faults: { drop: 0.1 } })
  for (let index = 0; index < MESSAGES; index++) client!.socket.send(Buffer.from([1, 2]))
  await client!.settle()
  expect(server.faults.dropped).toBeGreaterThan(MESSAGES * 0.05)
  expect(client!.received).toHaveLength(MESSAGES - server.faults.dropped)
})

test('pings are not faulted', async () => {
  const [client] = await openMany('heartbeat', 1, { intervalMs: 5, faults: { drop: 1, delayMs: 60_000 } })
  await once(client!.socket, 'ping')
  expect(server.faults.dropped).toBe(0)
})
