/** Servers that answer badly: lost, late, doubled, reordered and foreign replies are told apart and counted exactly. */
import { afterEach, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countsOf, errorsOf, metricOf, runOne } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

describe('with a number in each message', () => {
  it('a server that never replies loses every message after the timeout', async () => {
    server = await startBadServer('never-reply')
    const test = await runOne(`${server.url} -c 4 -m 3 -t 100ms`)
    expect(countsOf(test)).toMatchObject({ due: 12, sent: 12, received: 0, lost: 12, late: 0 })
    expect(errorsOf(test)).toEqual({ 'no-reply': 12 })
    expect(server.log.messages).toBe(12)
    expect(metricOf(test, 'response_time')).toMatchObject({ count: 0, lost: 12, p50: null })
    expect(metricOf(test, 'reply_ratio')).toMatchObject({ value: 0 })
  })

  it('every third message lost is every third message lost', async () => {
    server = await startBadServer('lose-every', { n: 3 })
    const test = await runOne(`${server.url} -c 4 -m 9 -t 100ms`)
    expect(countsOf(test)).toMatchObject({ sent: 36, received: 24, lost: 12, duplicated: 0, reordered: 0 })
    expect(server.log.unanswered).toBe(12)
    expect(metricOf(test, 'response_time')).toMatchObject({
      p50: expect.any(Number),
      p90: null,
      marks: { p50: 'ok', p90: 'timeout' },
    })
  })

  it('a second reply is a duplicate and nothing else', async () => {
    server = await startBadServer('reply-twice')
    const test = await runOne(`${server.url} -c 4 -m 10`)
    expect(countsOf(test)).toMatchObject({ sent: 40, received: 40, lost: 0, late: 0, unexpected: 0 })
    // The last doubles may come when the connection is closing.
    expect(countsOf(test).duplicated).toBeGreaterThanOrEqual(36)
    expect(countsOf(test).duplicated).toBeLessThanOrEqual(40)
  })

  it('something else is unexpected, answers nothing, and the report says what helps', async () => {
    server = await startBadServer('reply-other')
    const test = await runOne(`${server.url} -c 4 -m 2 -t 100ms`)
    expect(countsOf(test)).toMatchObject({ sent: 8, received: 0, lost: 8, unexpected: 8, duplicated: 0 })
    expect(errorsOf(test)).toEqual({ 'no-reply': 8, 'unexpected-message': 8 })
    expect(test.warnings.map(({ code }) => code)).toContain('no-sequence')
  })

  it('replies out of order find their messages, four in flight', async () => {
    server = await startBadServer('reply-out-of-order', { group: 4 })
    const test = await runOne(`${server.url} -c 3 -m 8 -p 4`)
    expect(countsOf(test)).toMatchObject({ sent: 24, received: 24, lost: 0, duplicated: 0, unexpected: 0 })
    // Answered 3 2 1 0, 7 6 5 4: three of four come after a greater one.
    expect(countsOf(test).reordered).toBe(18)
  })

  it('replies later than the timeout are late, not duplicated', async () => {
    server = await startBadServer('delay', { ms: 700 })
    const test = await runOne(`${server.url} -c 4 -m 3 -t 300ms`)
    expect(countsOf(test)).toMatchObject({ sent: 12, received: 0, lost: 12, duplicated: 0, unexpected: 0 })
    // A message is given up after 300 to 400 ms: the first before its reply comes, the third not before 900 ms.
    expect(countsOf(test).late).toBeGreaterThanOrEqual(4)
    expect(errorsOf(test)).toEqual({ 'no-reply': 12 })
  })

  it('a prefix, fragments with pings between them and long frames are understood', async () => {
    for (const name of ['echo-prefix', 'fragments', 'echo-16-bit', 'echo-64-bit', 'slow-drip'] as const) {
      server = await startBadServer(name)
      const test = await runOne(`${server.url} -c 2 -m 5`)
      expect(countsOf(test)).toMatchObject({ sent: 10, received: 10, lost: 0, unexpected: 0 })
      expect(server.log.violations).toEqual([])
      await server.close()
    }
  })
})

describe('in order of arrival', () => {
  it('duplicated and reordered are null, and the report says so', async () => {
    server = await startBadServer('echo')
    const test = await runOne(`${server.url} -c 4 -m 5 -s 8`)
    expect(countsOf(test)).toMatchObject({
      sent: 20,
      received: 20,
      lost: 0,
      duplicated: null,
      reordered: null,
    })
    expect(test.warnings.map(({ code }) => code)).toContain('fifo')
  })

  it('something else is a reply', async () => {
    server = await startBadServer('reply-other')
    const test = await runOne(`${server.url} -c 4 -m 5 --match fifo`)
    expect(countsOf(test)).toMatchObject({ sent: 20, received: 20, lost: 0, unexpected: 0 })
  })

  it('an open schedule keeps one under way; what waits too long behind it is unsent, and the drain ends', async () => {
    server = await startBadServer('never-reply')
    const test = await runOne(`${server.url} -c 2 -m 20 -r 100 -s 8 -t 150ms`)
    const { due, sent, lost, unsent_full, unanswered } = countsOf(test)
    expect({ due, unanswered }).toEqual({ due: 40, unanswered: 0 })
    expect(sent).toBe(lost)
    expect(sent).toBe(server.log.messages)
    expect(unsent_full).toBeGreaterThan(20)
    expect(test.phases.drainUs).toBeLessThan(5e6)
  })
})

describe('open workloads', () => {
  it('counts every due message once, and the lost rank above every reply', async () => {
    server = await startBadServer('lose-every', { n: 10 })
    const test = await runOne(`${server.url} -c 4 -m 50 -r 200 -t 200ms`)
    expect(countsOf(test)).toMatchObject({ due: 200, sent: 200, received: 180, lost: 20, unsent: 0 })
    expect(server.log.messages).toBe(200)
    expect(metricOf(test, 'response_time')).toMatchObject({ count: 180, lost: 20, p95: null, p99: null })
    expect(metricOf(test, 'pacer_lag')).toMatchObject({ count: 200, lost: 0 })
  })

  it('a stall loses nothing and shows in the response times', async () => {
    server = await startBadServer('stall', { atMs: 100, forMs: 300 })
    const test = await runOne(`${server.url} -c 4 -m 100 -r 200`)
    expect(countsOf(test)).toMatchObject({ due: 400, sent: 400, received: 400, lost: 0 })
    const response = metricOf(test, 'response_time')
    expect(response.type === 'trend' && response.max).toBeGreaterThan(200_000)
  })
})

it('a hold that only waits for what the warm-up had lost is not a hold without an error', async () => {
  server = await startBadServer('never-reply')
  const test = await runOne(`${server.url} -c 4 -d 300ms -W 200ms -t 1`)
  expect(countsOf(test)).toMatchObject({ due: 4, sent: 4, lost: 4, received: 0 })
  expect(metricOf(test, 'error_ratio')).toMatchObject({ numerator: 4, denominator: 8 })
})
