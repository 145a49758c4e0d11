/** Servers that mean harm behind a healthy handshake: the run ends, each connection is one error of one class, memory stays bounded. */
import { afterEach, describe, expect, it } from 'vitest'
import type { BehaviourName } from '../support/bad-server/behaviours.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countsOf, errorsOf, runOne, type Weather } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const SOON: Weather = { limits: { closeTimeoutUs: 200_000 } }

/** Three connections to a server that misbehaves, three to one that does not: the latter fare as if they were alone. */
async function runBeside(name: BehaviourName, parameters: object, line: string, weather: Weather = SOON) {
  const healthy = await startBadServer('echo')
  server = await startBadServer(name, parameters)
  const { rss } = process.memoryUsage()
  const test = await runOne(`--url ${server.url} --url ${healthy.url} -c 6 ${line}`, weather)
  const grown = process.memoryUsage.rss() - rss
  await healthy.close()
  return { test, counts: countsOf(test), errors: errorsOf(test), healthy: healthy.log, grown }
}

describe('what has no end ends as one error', () => {
  const limit = '--max-message 65536'
  const rows: [name: BehaviourName, parameters: object, line: string, failure: string][] = [
    ['endless-fragments', { sizeBytes: 1 }, limit, 'too-large message over the size limit'],
    ['endless-fragments', { sizeBytes: 5000 }, limit, 'too-large message over the size limit'],
    ['echo-64-bit', {}, '--max-message 69999', 'too-large message over the size limit'],
    ['frame-of-2^63', {}, '', 'too-large message over the size limit'],
    ['bomb', {}, '', 'upgrade-invalid extension that was not offered'],
    ['close-then-flood', {}, '', 'close-code 1011'],
    ['long-close-reason', {}, '', 'close-code 1011'],
    ['long-close-reason', { sizeBytes: 2000 }, '', 'protocol control frame over 125 bytes'],
    ['reset-after', { after: 0 }, '', 'reset ECONNRESET'],
    ['reset-after', { after: 2 }, '', 'reset ECONNRESET'],
  ]
  it.each(rows)('%s %j %s', async (name, parameters, line, failure) => {
    const { test, counts, errors, healthy, grown } = await runBeside(name, parameters, `-m 4 -t 1s ${line}`)
    expect(errors[failure]).toBe(3)
    const ofConnections = test.errors.filter((error) => !/^(?:not-open|connection-ended)$/.test(error.class))
    expect(ofConnections).toHaveLength(1)
    const refused = failure.startsWith('upgrade')
    expect(counts).toMatchObject({ attempted: 6, opened: refused ? 3 : 6, closed: refused ? 0 : 3 })
    expect(healthy).toMatchObject({ accepted: 3, messages: 12, violations: [] })
    expect(grown).toBeLessThan(150e6)
  })
})

it('what is incomplete has one limit for all connections of a worker: who goes over it is ended', async () => {
  const weather: Weather = { limits: { closeTimeoutUs: 200_000, maxUnfinishedBytes: 1 } }
  // A worker may hold one message of the greatest size at least, and two have no room in that.
  const line = '-m 4 -t 1s --max-message 1000000'
  const { counts, errors, healthy } = await runBeside('slow-frame', { atOnceBytes: 600_000 }, line, weather)
  expect(errors['too-large unfinished messages over the limit of all connections']).toBe(2)
  expect(counts).toMatchObject({ attempted: 6, opened: 6, closed: 2 })
  expect(healthy).toMatchObject({ accepted: 3, messages: 12, violations: [] })
})

describe('what stays within the rules costs replies only', () => {
  it.each([
    ['endless-fragments', { sizeBytes: 0 }],
    ['slow-frame', {}],
  ] as const)('%s %j: the replies behind it are lost after the reply timeout', async (name, parameters) => {
    const { counts, errors, healthy, grown } = await runBeside(name, parameters, '-m 3 -t 300ms')
    // One reply each; then nothing is answered any more.
    expect(counts).toMatchObject({ opened: 6, closed: 0, due: 18, sent: 18, received: 12, lost: 6 })
    expect(errors).toEqual({ 'no-reply': 6 })
    expect(healthy.messages).toBe(9)
    expect(grown).toBeLessThan(150e6)
  })

  it('numbers that were never sent, of others, negative and far beyond answer nothing', async () => {
    server = await startBadServer('lie-about-numbers')
    const test = await runOne(`${server.url} -c 3 -m 20 -t 1s`)
    expect(countsOf(test)).toMatchObject({ sent: 60, received: 60, lost: 0, duplicated: 0, reordered: 0 })
    expect(countsOf(test).unexpected).toBe(server.log.unanswered)
    expect(errorsOf(test)).toEqual({ 'unexpected-message': server.log.unanswered })
  })

  it.each([
    ['by number', '', 32],
    ['in order of arrival', '--match fifo', 32],
  ])('an answer that was there before its message is none, matched %s', async (_, match, size) => {
    server = await startBadServer('answer-ahead', { n: 5 })
    const test = await runOne(`${server.url} -c 2 -m 5 -s ${size} -t 300ms ${match}`)
    // Of each connection the first is answered; what stands behind it in the same read is too early.
    expect(countsOf(test)).toMatchObject({ sent: 10, received: 2, lost: 8, unexpected: 8 })
    expect(errorsOf(test)).toMatchObject({ 'no-reply': 8, 'unexpected-message': 8 })
  })

  it.each(['throughput', 'broadcast --dialect broadcast'])('in a %s test too', async (testType) => {
    server = await startBadServer('lie-about-numbers')
    const load =
      testType === 'throughput' ? '-m 5 -p 4 -c 2' : '--publishers 2 --subscribers 2 -d 500ms -r 20'
    const test = await runOne(`${server.url} --test-type ${testType} ${load} -t 300ms`)
    const { deliveries_received: received = 0, deliveries_expected: expected = 0 } = countsOf(test)
    expect(received!).toBeLessThanOrEqual(expected!)
    expect(countsOf(test).received).toBe(server.log.messages)
  })

  it('one reply without end answers one message', async () => {
    const { counts, healthy, grown } = await runBeside('reply-for-ever', {}, '-d 700ms -W 0 -r 20 -t 400ms')
    expect(counts).toMatchObject({ opened: 6, closed: 0, due: 84 })
    expect(counts.received).toBeLessThanOrEqual(counts.sent!)
    expect(counts.duplicated).toBeGreaterThan(1000)
    expect(healthy.messages).toBe(42)
    expect(grown).toBeLessThan(150e6)
  })

  it('10,000 pings are answered while messages go on', async () => {
    server = await startBadServer('ping-flood', { count: 10_000, sizeBytes: 125 })
    const test = await runOne(`${server.url} -c 2 -m 50 -t 5s`)
    expect(countsOf(test)).toMatchObject({ received: 100, lost: 0, closed: 0, pings_received: 20_000 })
    expect(countsOf(test).pongs_sent).toBeGreaterThan(0)
  })

  it('pings of a server that reads no pongs: these are left out, and memory stays bounded', async () => {
    server = await startBadServer('ping-flood', { reads: false, sizeBytes: 125 })
    const { rss } = process.memoryUsage()
    const test = await runOne(`${server.url} -c 2 -d 1500ms -W 0 -r 5 -t 300ms`, SOON)
    const { pings_received: pings, pongs_sent: pongs } = countsOf(test)
    // 131 bytes each: the kernel takes some 3 MB a connection, we keep 1 MiB.
    expect(pongs).toBeLessThan(Math.min(pings!, 150_000))
    expect(process.memoryUsage.rss() - rss).toBeLessThan(100e6)
  })
})

describe('what differs every time fills no table', () => {
  it.each([
    ['code', 'close-code'],
    ['redirect', 'upgrade-status'],
  ] as const)('a %s for each of 400 connections', async (by, failure) => {
    server = await startBadServer('everyone-differs', { by })
    const test = await runOne(`${server.url} -c 400 -m 1 -t 1s`)
    const rows = test.errors.filter((error) => error.class === failure)
    expect(rows.length).toBeLessThanOrEqual(101)
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(400)
    expect(rows.find(({ detail }) => detail === 'other')?.count).toBeGreaterThan(200)
    expect(JSON.stringify(test.errors)).not.toMatch(/[\u0000-\u001f]|\\u00/)
  })
})
