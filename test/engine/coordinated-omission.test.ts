/**
 * A server that stalls for a second, with the clock in our hand: what response time, service time and pacer lag must
 * say is known in closed form, and they say it to the precision of the histogram (3 digits).
 */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { HIGHEST_US, SLOTS, slotOf, type TrendSnapshot } from '../../src/record/trend.ts'
import { toTrendMetric } from '../../src/result/histogram.ts'
import { makeGroup, openPacing } from '../support/plan.ts'
import { simulate } from './simulation.ts'

const clock = vi.hoisted(() => ({ us: 0 }))
vi.mock('../../src/engine/clock.ts', () => ({ nowUs: () => clock.us, unixSeconds: () => 0 }))

const SECOND = 1_000_000
const STALL_FROM = 4 * SECOND
const STALL_TO = 5 * SECOND
const ANSWER_US = 500

/** Answers in 500 µs; what arrives in the stall is answered at its end. */
const stalling = (arrivalUs: number) =>
  arrivalUs >= STALL_FROM && arrivalUs < STALL_TO ? STALL_TO : arrivalUs + ANSWER_US

/** 1,000 messages/s over 10 connections for 10 s: message n is due at n ms. */
const group = makeGroup({ pacing: openPacing(1000), stop: { messages: null, durationUs: 10 * SECOND } })
const MESSAGES = 10_000

beforeEach(() => {
  // Beyond 2^31 µs, as after an hour.
  clock.us = 5_000_000_000
})

/** The value at a rank, by the definition of a percentile. */
function percentileOf(sorted: readonly number[], percentile: number): number {
  return sorted[Math.ceil((percentile / 100) * sorted.length - 1e-6) - 1]!
}

function countOver(trend: TrendSnapshot, us: number): number {
  let count = 0
  for (let slot = slotOf(us) + 1; slot < SLOTS; slot++) count += trend.counts[slot]!
  return count
}

function expectDistribution(trend: TrendSnapshot | null, latencies: readonly number[]): void {
  const sorted = [...latencies].sort((a, b) => a - b)
  const figures = toTrendMetric(trend, 0)
  expect(figures.count).toBe(sorted.length)
  expect(figures.min).toBe(sorted[0])
  expect(figures.max).toBe(sorted.at(-1))
  expect(trend!.sum).toBe(sorted.reduce((sum, one) => sum + one, 0))
  for (const [name, percentile] of [
    ['p50', 50],
    ['p90', 90],
    ['p95', 95],
    ['p99', 99],
    ['p999', 99.9],
  ] as const) {
    const wanted = percentileOf(sorted, percentile)
    expect(Math.abs(figures[name]! - wanted), `${name}: ${figures[name]} for ${wanted}`).toBeLessThanOrEqual(
      wanted / 1000,
    )
  }
}

describe('a server that stalls for one second of ten', () => {
  it('every message that was due in the stall has waited for its end', () => {
    const { hold } = simulate({ group, clock, answerAtUs: stalling }).stores
    // Due 4.000 s waits 1 s, due 4.999 s waits 1 ms: 1, 2, …, 1000 ms once each. The other 9,000 take 0.5 ms.
    const stalled = Array.from({ length: 1000 }, (_, n) => STALL_TO - (STALL_FROM + n * 1000))
    const response = hold.trends.response_time.snapshot()
    expectDistribution(response, [...stalled, ...Array<number>(9000).fill(ANSWER_US)])
    const { p50, p99, p999, max } = toTrendMetric(response, 0)
    expect(p50).toBe(500)
    expect(p99! / 900_000).toBeCloseTo(1, 3)
    expect(p999! / 990_000).toBeCloseTo(1, 3)
    expect(max).toBe(1_000_000)
    expect(countOver(response!, 100_000)).toBe(900)
    // Each was sent when it was due.
    expect(toTrendMetric(hold.trends.pacer_lag.snapshot(), 0)).toMatchObject({ count: MESSAGES, max: 0 })
    expect(hold.trends.service_time.snapshot()).toEqual(response)
    expect(hold.get('messages_due')).toBe(MESSAGES)
    expect(hold.get('messages_received')).toBe(MESSAGES)
  })

  it('a client that may send one at a time sends late, and response time still counts from the due time', () => {
    const one = { ...group, payload: { kind: 'generated', sizeBytes: 8 } as const }
    const { hold, slowest } = simulate({ group: one, clock, answerAtUs: stalling }).stores
    // Connection c has a message due at 4 s + c ms + 10k ms. The first is answered at 5 s, and then each in its turn
    // 0.5 ms after the one before, until one is due later than that: 9.5k > 999.5 − c.
    const latencies: number[] = []
    for (let c = 0; c < 10; c++) {
      for (let k = 0; 9500 * k <= 999_500 - 1000 * c; k++) latencies.push(1_000_000 - 1000 * c - 9500 * k)
    }
    expect(latencies).toHaveLength(3 * 106 + 7 * 105)
    const quick = Array<number>(MESSAGES - latencies.length).fill(ANSWER_US)
    const response = hold.trends.response_time.snapshot()
    expectDistribution(response, [...latencies, ...quick])
    expect(countOver(response!, 100_000)).toBe(latencies.filter((us) => us > 100_000).length)
    // What a tool says that times from the send: one slow message a connection, and a P99.9 of half a millisecond.
    const naive = Array.from({ length: 10 }, (_, c) => 1_000_000 - 1000 * c)
    const service = hold.trends.service_time.snapshot()
    expectDistribution(service, [...naive, ...Array<number>(MESSAGES - 10).fill(ANSWER_US)])
    expect(toTrendMetric(service, 0)).toMatchObject({ p99: 500, p999: 500 })
    expect(toTrendMetric(response, 0).p999).toBeGreaterThan(980_000)
    expect(slowest.list().map(({ latencyUs }) => latencyUs)).toEqual(
      [...latencies].sort((a, b) => b - a).slice(0, 10),
    )
  })

  it('messages that a full socket did not take rank above every reply', () => {
    const { hold } = simulate({
      group,
      clock,
      answerAtUs: stalling,
      queuedBytes: (us) => (us >= STALL_FROM && us < STALL_TO ? HIGHEST_US : 0),
    }).stores
    // The socket takes one message of each connection into its queue, which is full with it.
    expect(hold.get('messages_due')).toBe(MESSAGES)
    expect(hold.get('messages_unsent_full')).toBe(990)
    expect(hold.get('messages_received')).toBe(9010)
    expect(toTrendMetric(hold.trends.response_time.snapshot(), 990)).toMatchObject({
      count: 9010,
      lost: 990,
      p50: 500,
      p90: 500,
      p95: null,
      p99: null,
      max: 1_000_000,
      marks: { p90: 'ok', p95: 'timeout', p99: 'timeout' },
    })
    expect(toTrendMetric(hold.trends.pacer_lag.snapshot(), 0)).toMatchObject({ count: MESSAGES, max: 0 })
  })
})
