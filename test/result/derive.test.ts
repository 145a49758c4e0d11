/** Figures of a test from what was recorded, each by its definition. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import { type FailureClass, Failures, mergeFailures } from '../../src/record/failures.ts'
import type { Measurements } from '../../src/result/measurements.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import { resolve } from '../plan/resolve.ts'
import { deriveFrom, MOMENTS, type Recorded } from './measure.ts'

function planOf(line: string): Plan {
  return resolve('ws://127.0.0.1:9001', ...line.split(' ').filter(Boolean)).plan.tests[0]!
}

function derive(line: string, recorded: Recorded, change: Partial<Measurements> = {}): TestResult {
  return deriveFrom(planOf(line), [recorded], change)
}

const times = (count: number, us: number) => Array<number>(count).fill(us)
const figuresOf = (test: TestResult, names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => {
      const metric = test.metrics[name]
      return [name, metric?.type === 'gauge' || metric?.type === 'ratio' ? metric.value : undefined]
    }),
  )

describe('counters and rates', () => {
  it('messages/s are the replies that came within the hold, over its length', () => {
    const { metrics } = derive('-c 10', { messages_received: 1010, replies_in_hold: 1000 })
    expect(metrics.messages_received).toEqual({ type: 'counter', unit: 'count', count: 1010, rate: 500 })
  })

  it('a hold that was not measured gives no rate, and no zero', () => {
    for (const holdUs of [null, 0]) {
      const phases = { connectUs: 1, warmupUs: null, holdUs, drainUs: 1 }
      const { metrics } = derive('-c 10', { messages_received: 10, replies_in_hold: 10 }, { phases })
      expect(metrics.messages_received).toMatchObject({ count: 10, rate: null })
      expect(metrics.bytes_sent).toMatchObject({ count: 0, rate: null })
    }
  })

  it('unsent is the sum of its three reasons', () => {
    const { metrics } = derive('-c 10', {
      messages_unsent_full: 1,
      messages_unsent_closed: 20,
      messages_unsent_behind: 300,
    })
    expect(metrics.messages_unsent).toMatchObject({ count: 321 })
  })

  it('duplicated and reordered are null in order of arrival, counted by number', () => {
    const recorded = { messages_duplicated: 0, messages_reordered: 0 }
    expect(derive('-c 10', recorded).metrics.messages_duplicated).toMatchObject({ count: 0 })
    const inOrder = derive('-c 10 --match fifo', recorded)
    expect(inOrder.metrics.messages_duplicated).toMatchObject({ count: null })
    expect(inOrder.metrics.messages_reordered).toMatchObject({ count: null })
    expect(inOrder.warnings.map(({ code }) => code)).toContain('fifo')
  })
})

describe('ratios', () => {
  it('by their definitions', () => {
    const test = derive('-c 10', {
      connections_attempted: 10,
      connections_opened: 8,
      connections_failed: 2,
      connections_closed: 1,
      messages_due: 100,
      messages_sent: 90,
      messages_received: 81,
      messages_lost: 9,
      messages_unsent_closed: 10,
    })
    expect(figuresOf(test, ['connect_success', 'reply_ratio', 'error_ratio'])).toEqual({
      connect_success: 0.8,
      reply_ratio: 0.9,
      error_ratio: (9 + 10 + 2 + 1) / 110,
    })
    expect(test.metrics.error_ratio).toMatchObject({ numerator: 22, denominator: 110 })
  })

  it('of nothing are null', () => {
    const test = derive('-c 10', {})
    expect(figuresOf(test, ['connect_success', 'reply_ratio', 'error_ratio'])).toEqual({
      connect_success: null,
      reply_ratio: null,
      error_ratio: null,
    })
  })
})

describe('trends', () => {
  it('lost and unsent messages rank above every reply', () => {
    const test = derive('-c 10 -R 100', {
      response_time: times(980, 700),
      service_time: times(980, 600),
      pacer_lag: times(1000, 5),
      messages_lost: 15,
      messages_unsent_full: 5,
    })
    expect(test.metrics.response_time).toMatchObject({ count: 980, lost: 20, p95: 700, p99: null })
    expect(test.metrics.response_time).toMatchObject({ marks: { p95: 'ok', p99: 'timeout' } })
    // What was never sent has no service.
    expect(test.metrics.service_time).toMatchObject({ lost: 15 })
    expect(test.metrics.pacer_lag).toMatchObject({ lost: 0, p99: 5 })
  })

  it('a closed workload has its service time for a response time, in the histograms too', () => {
    const test = derive('-c 10', { service_time: times(100, 600) })
    expect(test.metrics.response_time).toEqual(test.metrics.service_time)
    expect(test.histograms.response_time).toBe(test.histograms.service_time)
    expect(test.metrics.pacer_lag).toBeUndefined()
  })

  it('connections that failed rank above every one that opened', () => {
    const test = derive('-c 10', { connect_time: times(90, 1000), connections_failed: 10 })
    expect(test.metrics.connect_time).toMatchObject({ count: 90, lost: 10, p90: 1000, p95: null })
    expect(test.metrics.connect_attempt).toMatchObject({ count: 0, lost: 0, p50: null })
  })
})

describe('time until so many are open', () => {
  const open = ['open_50', 'open_90', 'open_99', 'open_100']

  it('is the time of that share of all attempts', () => {
    const test = derive('--test-type storm -c 100', {
      connections_attempted: 100,
      connections_opened: 100,
      open_at: Array.from({ length: 100 }, (_, n) => 10 * (n + 1)),
    })
    expect(figuresOf(test, open)).toEqual({ open_50: 500, open_90: 900, open_99: 990, open_100: 1000 })
  })

  it('is null when so many never were', () => {
    const test = derive('--test-type storm -c 100', {
      connections_attempted: 100,
      connections_opened: 90,
      connections_failed: 10,
      open_at: Array.from({ length: 90 }, (_, n) => 10 * (n + 1)),
    })
    expect(figuresOf(test, open)).toEqual({ open_50: 500, open_90: 900, open_99: null, open_100: null })
  })

  it('is null without attempts', () => {
    expect(figuresOf(derive('-c 10', {}), open)).toEqual({
      open_50: null,
      open_90: null,
      open_99: null,
      open_100: null,
    })
  })
})

describe('memory of a connection', () => {
  const rows: [
    what: string,
    opened: number,
    idle: number | null,
    connected: number | null,
    per: number | null,
  ][] = [
    ['growth over connections', 1000, 50e6, 140e6, 90_000],
    ['at the least: 500 connections and 4 MB', 500, 50e6, 54e6, 8000],
    ['under 500 connections', 499, 50e6, 140e6, null],
    ['under 4 MB of growth', 1000, 50e6, 53_999_999, null],
    ['less memory than before', 1000, 50e6, 40e6, null],
    ['not visible', 1000, null, null, null],
  ]
  it.each(rows)('%s', (_, opened, idle, connected, per) => {
    const server = { ...MOMENTS, idle, connected }
    const test = derive('-c 1000', { connections_opened: opened }, { server })
    expect(figuresOf(test, ['server_rss_per_connection', 'generator_rss_per_connection'])).toEqual({
      server_rss_per_connection: per,
      generator_rss_per_connection: null,
    })
  })

  it('counts those of one cycle', () => {
    const server = { ...MOMENTS, idle: 50e6, connected: 140e6 }
    const test = derive('-c 1000 --cycles 3 -m 1', { connections_opened: 3000 }, { server })
    expect(figuresOf(test, ['server_rss_per_connection'])).toEqual({ server_rss_per_connection: 90_000 })
  })
})

describe('errors', () => {
  it('list failures and strays, most frequent first, with times since the start; a late reply is lost already', () => {
    const test = derive(
      '-c 10',
      { messages_unexpected: 7, messages_late: 1 },
      { failures: [{ class: 'refused', detail: 'ECONNREFUSED', count: 3, ends: 0, firstAtUs: 1_500_000.4 }] },
    )
    expect(test.errors).toEqual([
      { class: 'unexpected-message', detail: '', count: 7, firstAtUs: null },
      { class: 'refused', detail: 'ECONNREFUSED', count: 3, firstAtUs: 500_000 },
    ])
  })

  it('close codes: 1006 for every end without a Close frame', () => {
    const failure = (name: FailureClass, detail: string, ends = 2) => ({
      class: name,
      detail,
      count: 2,
      ends,
      firstAtUs: 0,
    })
    const failures = [
      failure('close-code', '1011'),
      failure('close-code', '1005'),
      failure('closed-without-close-frame', '1006'),
      failure('reset', 'ECONNRESET'),
      failure('refused', 'ECONNREFUSED', 0),
      failure('close-code', 'other'),
      failure('protocol', 'masked frame from the server'),
      failure('socket-error', 'EIO', 1),
      failure('dropped-lagging', '1013'),
      failure('dropped-lagging', 'ECONNRESET'),
    ]
    expect(derive('-c 10', {}, { failures }).closeCodes).toEqual({
      1005: 2,
      1006: 7,
      1011: 2,
      1013: 2,
      other: 2,
    })
  })

  it('close codes: a connection that was reset while it was being opened is none of them', () => {
    const failures = new Failures()
    failures.add('reset', 'ECONNRESET', 1)
    failures.add('closed-without-close-frame', '1006', 1)
    expect(derive('-c 10', {}, { failures: failures.list() }).closeCodes).toEqual({})
    failures.addEnd('reset', 'ECONNRESET', 2)
    expect(derive('-c 10', {}, { failures: failures.list() }).closeCodes).toEqual({ 1006: 1 })
  })

  it('close codes: as many as connections ended, however many codes; the private ones beyond are other', () => {
    const failures = new Failures()
    for (let code = 4000; code < 4300; code++) failures.addEnd('close-code', String(code), 1)
    for (let code = 1000; code <= 1014; code++) failures.addEnd('close-code', String(code), 2)
    failures.addEnd('reset', 'ECONNRESET', 3)
    failures.addEnd('dropped-lagging', '4299', 3)
    const { closeCodes } = derive(
      '-c 10',
      {},
      { failures: mergeFailures([failures.list(), failures.list()]) },
    )
    expect(Object.values(closeCodes).reduce((sum, count) => sum + count, 0)).toBe(2 * 317)
    const standard = Object.entries(closeCodes).filter(([code]) => /^1\d{3}$/.test(code))
    expect(standard).toEqual(Array.from({ length: 15 }, (_, n) => [String(1000 + n), n === 6 ? 4 : 2]))
    expect(closeCodes).toMatchObject({ 4000: 2, 4099: 2, other: 402 })
  })
})

describe('fairness', () => {
  it('is the spread over connections, null with fewer than two', () => {
    const spread = [
      { replies: 10, p50Us: 500 },
      { replies: 30, p50Us: 100 },
      { replies: 20, p50Us: 300 },
    ]
    expect(derive('-c 3', {}, { spread }).fairness).toEqual({
      connections: 3,
      repliesMin: 10,
      repliesP50: 20,
      repliesMax: 30,
      p50MinUs: 100,
      p50MedianUs: 300,
      p50MaxUs: 500,
    })
    expect(derive('-c 3', {}, { spread: spread.slice(0, 1) }).fairness).toBeNull()
  })
})

describe('warnings', () => {
  const phases = { connectUs: 1, warmupUs: null, holdUs: 999_999, drainUs: 1 }
  it.each([
    ['short-hold', '-c 10', {}, { phases }],
    ['no-sequence', '-c 10', { messages_unexpected: 5, messages_sent: 5 }, {}],
    ['compressed', '-c 10 --compress', {}, {}],
    ['cut-off', '-c 10', { messages_unanswered: 3 }, {}],
  ])('%s', (code, line, recorded, change) => {
    expect(derive(line, recorded, change).warnings.map((warning) => warning.code)).toEqual([code])
  })

  it('none when nothing is to be known', () => {
    expect(derive('-c 10', { messages_sent: 5, messages_received: 5 }).warnings).toEqual([])
    expect(derive('--test-type storm -c 10', {}, { phases }).warnings).toEqual([])
  })
})
