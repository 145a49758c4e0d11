/**
 * Published figures of runs whose truth is known in closed form: counts are equal, percentiles are those of the raw list
 * to the histogram's 3 digits.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { TestResult } from '../../src/result/run-result.ts'
import { CLIENTS, MESSAGES, PER_SECOND, runExact, SECONDS, STEP_US } from './exact-run.ts'
import { expectTrend } from './nearest-rank.ts'

const clock = vi.hoisted(() => ({ us: 0 }))
vi.mock('../../src/engine/clock.ts', () => ({ nowUs: () => clock.us, unixSeconds: () => 0 }))

beforeEach(() => {
  // Beyond 2^31 µs, as after an hour.
  clock.us = 5_000_000_000
})

const MS = 1000
const numbers = Array.from({ length: MESSAGES }, (_, n) => n)

function countsOf({ metrics }: TestResult): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, metric]) =>
      metric.type === 'counter' ? [[name.replace('messages_', ''), metric.count]] : [],
    ),
  )
}

describe('every reply after a known delay', () => {
  it.each<[string, (n: number) => number]>([
    ['always 5 ms', () => 5 * MS],
    ['88 % after 2 ms, 12 % after 20 ms', (n) => ((n * 37) % 100 < 12 ? 20 * MS : 2 * MS)],
    // 12 slow ones of 12,000: P99.9 is the last of the quick ones.
    ['1 in 1000 after 50 ms, P99.9 just below', (n) => (n % 1000 === 500 ? 50 * MS : MS)],
    // 13 of 12,000: P99.9 is the least of the slow ones.
    ['1 in 1000 and one more, P99.9 just there', (n) => (n % 1000 === 500 || n === 0 ? 50 * MS : MS)],
    ['from 1 µs to 600 ms, no two alike', (n) => 1 + n * 50],
  ])('%s', (_, delayUs) => {
    const result = runExact(clock, { replies: (n) => [delayUs(n)] })
    const latencies = numbers.map(delayUs)
    expectTrend(result.metrics.service_time, latencies)
    expectTrend(result.metrics.response_time, latencies)
    expectTrend(result.metrics.pacer_lag, Array<number>(MESSAGES).fill(0))
    expect(countsOf(result)).toMatchObject({ due: MESSAGES, sent: MESSAGES, received: MESSAGES })
    expect(countsOf(result)).toMatchObject({ lost: 0, late: 0, unsent: 0, duplicated: 0, unexpected: 0 })
  })

  it('the rate is of the replies that came within the hold', () => {
    const { metrics } = runExact(clock, { replies: () => [10.1 * MS] })
    // Of the last 10.1 ms the replies come after it: 40 messages, at 250 µs each.
    expect(metrics.messages_received).toMatchObject({ count: MESSAGES, rate: (MESSAGES - 40) / SECONDS })
    expect(metrics.messages_sent).toMatchObject({ rate: PER_SECOND })
  })
})

describe('a server that answers nothing from 1.0 s to 1.5 s', () => {
  const FROM = 1000 * MS
  const TO = 1500 * MS
  const untilAnswer = (us: number) => (us >= FROM && us < TO ? TO - us : MS)

  it('response time falls evenly from 500 ms on, message by message', () => {
    const result = runExact(clock, { replies: (_, sentUs) => [untilAnswer(sentUs)] })
    // Message n is due at n × 250 µs: 2,000 of them within the stall.
    const ramp = Array.from({ length: 2000 }, (_, k) => 500 * MS - k * STEP_US)
    expectTrend(result.metrics.response_time, [...ramp, ...Array<number>(10_000).fill(MS)])
    expectTrend(result.metrics.service_time, [...ramp, ...Array<number>(10_000).fill(MS)])
  })

  it('one message at a time: those that wait are sent late, and response time counts from when they were due', () => {
    const replies = (_: number, sentUs: number) => [untilAnswer(sentUs)]
    const { metrics } = runExact(clock, { replies, sizeBytes: 18 })
    // Each client has a message due every 2.5 ms. The first that is due in the stall is answered at its end; those that
    // waited follow 1 ms after each other, until one is due later than that.
    const response: number[] = []
    const service: number[] = []
    for (let client = 0; client < CLIENTS; client++) {
      let freeUs = 0
      for (let k = 0; k < MESSAGES / CLIENTS; k++) {
        const dueUs = (k * CLIENTS + client) * STEP_US
        const sentUs = Math.max(dueUs, freeUs)
        freeUs = sentUs + untilAnswer(sentUs)
        response.push(freeUs - dueUs)
        service.push(freeUs - sentUs)
      }
    }
    expectTrend(metrics.response_time, response)
    expectTrend(metrics.service_time, service)
    expect(service.filter((us) => us > MS)).toHaveLength(CLIENTS)
    expect(metrics.messages_duplicated).toMatchObject({ count: null })
  })
})

describe('messages that go wrong', () => {
  it('1 in 50 is never answered: P90 and P95 stand, P99 falls among the lost', () => {
    const result = runExact(clock, { replies: (n) => (n % 50 === 49 ? [] : [MS]) })
    const lost = MESSAGES / 50
    expectTrend(result.metrics.service_time, Array<number>(MESSAGES - lost).fill(MS), lost)
    expectTrend(result.metrics.response_time, Array<number>(MESSAGES - lost).fill(MS), lost)
    expect(result.metrics.response_time).toMatchObject({ p95: MS, p99: null, marks: { p99: 'timeout' } })
    expect(countsOf(result)).toMatchObject({ sent: MESSAGES, received: MESSAGES - lost, lost, late: 0 })
    expect(result.metrics.error_ratio).toMatchObject({ value: lost / (MESSAGES + CLIENTS) })
    expect(result.metrics.reply_ratio).toMatchObject({ value: 0.98 })
    expect(result.errors).toMatchObject([{ class: 'no-reply', count: lost }])
  })

  it('1 in 25 is answered after its timeout: lost, and late', () => {
    const result = runExact(clock, { replies: (n) => [n % 25 === 5 ? 1500 * MS : MS] })
    const lost = MESSAGES / 25
    expectTrend(result.metrics.service_time, Array<number>(MESSAGES - lost).fill(MS), lost)
    expect(countsOf(result)).toMatchObject({ received: MESSAGES - lost, lost, late: lost, duplicated: 0 })
    expect(countsOf(result)).toMatchObject({ reordered: 0 })
  })

  it('1 in 50 is answered twice: received once, duplicated once', () => {
    const result = runExact(clock, { replies: (n) => (n % 50 === 0 ? [MS, 2 * MS] : [MS]) })
    expectTrend(result.metrics.service_time, Array<number>(MESSAGES).fill(MS))
    expect(countsOf(result)).toMatchObject({ received: MESSAGES, duplicated: MESSAGES / 50, reordered: 0 })
    expect(result.errors).toMatchObject([{ class: 'duplicate-reply', count: MESSAGES / 50 }])
  })

  it('1 in 20 of a connection is overtaken by the next: reordered', () => {
    // The k-th message of a client is sent 2.5 ms before the next.
    const isHeld = (n: number) => Math.floor(n / CLIENTS) % 20 === 10
    const delayUs = (n: number) => (isHeld(n) ? 4 * MS : MS)
    const result = runExact(clock, { replies: (n) => [delayUs(n)] })
    expectTrend(result.metrics.service_time, numbers.map(delayUs))
    expect(countsOf(result)).toMatchObject({ received: MESSAGES, reordered: MESSAGES / 20, duplicated: 0 })
  })

  it('a closed connection loses what is under way, and what was to come is unsent', () => {
    const closes = [
      { client: 3, atUs: 1000.1 * MS, code: '1011' },
      { client: 7, atUs: 2000.1 * MS, code: '1000' },
      { client: 8, atUs: 2000.1 * MS, code: '1011' },
    ]
    const result = runExact(clock, { replies: () => [10 * MS], closes })
    // A client has 400 messages a second, and 4 under way. Client c's first is due at c × 250 µs.
    const sentBy = ({ client, atUs }: (typeof closes)[number]) =>
      Math.ceil((atUs - client * STEP_US) / (CLIENTS * STEP_US))
    const unsent = closes.reduce((sum, close) => sum + MESSAGES / CLIENTS - sentBy(close), 0)
    expect(result.closeCodes).toEqual({ '1000': 1, '1011': 2 })
    expect(countsOf(result)).toMatchObject({ due: MESSAGES, sent: MESSAGES - unsent, unsent, lost: 12 })
    expect(countsOf(result)).toMatchObject({ connections_closed: 3 })
    expectTrend(
      result.metrics.response_time,
      Array<number>(MESSAGES - unsent - 12).fill(10 * MS),
      unsent + 12,
    )
    expect(result.metrics.error_ratio).toMatchObject({ value: (3 + unsent + 12) / (MESSAGES + CLIENTS) })
  })
})
