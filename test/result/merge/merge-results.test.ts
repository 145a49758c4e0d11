import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderJson } from '../../../src/report/json.ts'
import { mergeResults } from '../../../src/result/merge/merge-results.ts'
import { readCounts } from '../../../src/result/read-counts.ts'
import { readResult } from '../../../src/result/read-result.ts'
import type { Interval, Metric, RunResult, TestResult } from '../../../src/result/run-result.ts'
import {
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeSustainedTest,
  makeThroughputTest,
  makeTrend,
} from '../../support/sample-result.ts'
import { makePlan } from '../../thresholds/make-plan.ts'
import { deriveFrom, type Recorded } from '../measure.ts'
import { BROADCAST } from '../plans.ts'

function merge(...results: readonly RunResult[]): RunResult {
  return mergeResults(results.map((result, index) => ({ name: `${'abc'[index]}.json`, result })))
}

/** As a file would give it back. */
function save(test: TestResult): RunResult {
  return readResult(renderJson(makeResult([test])), 'x.json')
}

const times = fc.array(fc.integer({ min: 0, max: 70_000_000 }), { minLength: 1, maxLength: 60 })
const count = fc.nat({ max: 100_000 })
const recording: fc.Arbitrary<Recorded> = fc.record({
  service_time: times,
  response_time: times,
  pacer_lag: times,
  connect_time: times,
  open_at: times,
  connections_attempted: fc.integer({ min: 60, max: 500 }),
  connections_failed: count,
  connections_closed: count,
  messages_due: count,
  messages_sent: count,
  messages_received: count,
  messages_lost: fc.nat({ max: 50 }),
  messages_unsent_full: fc.nat({ max: 5 }),
  replies_in_hold: count,
  bytes_sent: count,
  bytes_received: count,
  pings_received: count,
  pongs_sent: count,
})

/** As many are open as have a time when they were. */
function complete(recorded: Recorded): Recorded {
  return { ...recorded, connections_opened: recorded.open_at?.length ?? 0 }
}

function both(a: Recorded, b: Recorded): Recorded {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof Recorded)[]
  return Object.fromEntries(
    keys.map((key) => {
      const [one, other] = [a[key] ?? 0, b[key] ?? 0]
      return [key, typeof one === 'number' ? one + Number(other) : [...one, ...(other as number[])]]
    }),
  )
}

/** Means are kept in whole µs, so of several that is as far as it goes. */
function expectSameMetrics(merged: Record<string, Metric>, whole: Record<string, Metric>): void {
  expect(Object.keys(merged).sort()).toEqual(Object.keys(whole).sort())
  for (const [name, metric] of Object.entries(whole)) {
    const got = merged[name]!
    if (metric.type === 'trend' && got.type === 'trend') {
      expect(Math.abs((got.mean ?? 0) - (metric.mean ?? 0)), name).toBeLessThanOrEqual(1)
      expect({ name, ...got, mean: null }).toEqual({ name, ...metric, mean: null })
    } else if (metric.type === 'counter' && got.type === 'counter') {
      expect(got.rate ?? -1, name).toBeCloseTo(metric.rate ?? -1, 6)
      expect({ name, ...got, rate: null }).toEqual({ name, ...metric, rate: null })
    } else {
      expect({ name, ...got }).toEqual({ name, ...metric })
    }
  }
}

describe('merged results are those of one recorder that recorded all', () => {
  const plans = (count: number, rate: number) => ({
    open: makePlan('sustained', {
      count,
      pacing: {
        kind: 'open',
        arrival: 'constant',
        stages: [{ fromPerSec: rate, toPerSec: rate, durationUs: 1 }],
      },
    }),
    closed: makePlan('throughput', { count }),
  })

  it.each(['open', 'closed'] as const)('of %s workloads', (kind) => {
    fc.assert(
      fc.property(recording, recording, (first, second) => {
        const [a, b] = [complete(first), complete(second)]
        const parts = [deriveFrom(plans(2, 10)[kind], [a]), deriveFrom(plans(3, 20)[kind], [b])]
        const whole = deriveFrom(plans(5, 30)[kind], [both(a, b)])
        const merged = merge(...parts.map(save))
        const [test] = merged.tests
        expectSameMetrics(test!.metrics, whole.metrics)
        expect(test!.plan).toEqual({ ...whole.plan, connectConcurrency: 500, workers: 2, processes: 2 })
        for (const [name, base64] of Object.entries(whole.histograms))
          expect(readCounts(test!.histograms[name]!), name).toEqual(readCounts(base64))
        expect(merged.summary.p99Us).toBe(makeResult([whole]).summary.p99Us)
        expect(merged.summary.connectionsOpened).toBe(makeResult([whole]).summary.connectionsOpened)
      }),
      { numRuns: 8 },
    )
  })

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(recording, recording, recording, (...recordings) => {
        const results = recordings.map((one) => save(deriveFrom(plans(1, 1).closed, [complete(one)])))
        const [test] = merge(...results).tests
        const [turned] = merge(...results.toReversed()).tests
        expectSameMetrics(turned!.metrics, test!.metrics)
      }),
      { numRuns: 8 },
    )
  })

  it('gives a result that is read again, and merged again', () => {
    const results = [40, 60].map((connections) => makeResult([makeSustainedTest(connections)]))
    const merged = merge(...results)
    expect(readResult(renderJson(merged), 'm.json').tests[0]?.metrics).toEqual(merged.tests[0]?.metrics)
    const twice = merge(merged, makeResult([makeSustainedTest(7)]))
    expect(twice.tests[0]?.plan.connections).toBe(107)
  })

  it('of several tests each with its own', () => {
    const merged = merge(makePassingResult(), makePassingResult())
    expect(merged.tests.map(({ testType }) => testType)).toEqual(['throughput', 'storm', 'sustained'])
    expect(merged.tests.map(({ plan }) => plan.connections)).toEqual([200, 200, 200])
    expect(merged.summary.connectionsOpened).toBe(600)
  })
})

describe('of a merged result', () => {
  const gate = makeFailedGate()
  const good = makeResult([makeSustainedTest(50)], { target: gate.target })
  const merged = merge(good, gate)
  const [test] = merged.tests

  it('lost messages rank above the replies of all', () => {
    const metric = test?.metrics.response_time
    expect(metric).toMatchObject({ count: 1000 + 1960, lost: 40, p99: null, marks: { p99: 'timeout' } })
  })

  it('errors and close codes are sums, the first of a class is the first of all', () => {
    expect(test?.errors[0]).toEqual({ class: 'no-reply', detail: '', count: 38, firstAtUs: 4_200_000 })
    expect(test?.closeCodes).toEqual({ '1000': 148, '1011': 2 })
    const twice = merge(gate, gate).tests[0]
    expect(twice?.errors[0]).toEqual({ class: 'no-reply', detail: '', count: 76, firstAtUs: 4_200_000 })
  })

  it('slowest clients are numbered one generator after the other', () => {
    const clients = test?.slowest.map(({ client }) => client) ?? []
    expect(Math.max(...clients)).toBeGreaterThanOrEqual(50)
    expect(test?.slowest).toHaveLength(10)
  })

  it('says what was merged, and what is not known of all together', () => {
    expect(test?.warnings[0]).toEqual({ code: 'merged', message: '2 results as one: a.json, b.json' })
    expect(test?.warnings[1]?.message).toContain('not known of all together: ')
    expect(test?.warnings[1]?.message).toContain('fairness')
    expect(test?.fairness).toBeNull()
  })

  it('its times begin and end with the first and the last', () => {
    const late = { ...good, startedAt: '2026-01-02T03:04:06.000Z', finishedAt: '2026-01-02T03:04:40.000Z' }
    expect(merge(late, gate)).toMatchObject({ startedAt: gate.startedAt, finishedAt: late.finishedAt })
  })

  it.each([
    [['valid', 'valid'], 'valid'],
    [['valid', 'generator-limited'], 'generator-limited'],
    [['invalid', 'generator-limited'], 'invalid'],
  ] as const)('the validity of %j is %s, for the reasons of those that are so', (states, state) => {
    const results = states.map((one) => {
      const test = makeSustainedTest()
      const reasons = [{ code: 'x', message: `is ${one}`, value: null, limit: null }]
      return makeResult([{ ...test, validity: { state: one, limitedBy: 'unknown', reasons } }])
    })
    const { validity } = merge(...results).tests[0]!
    expect(validity.state).toBe(state)
    expect(validity.reasons.every(({ message }) => message.endsWith(`is ${state}`))).toBe(true)
    expect(validity.reasons[0]?.message).toMatch(/^[ab]\.json: /)
  })

  it('a status is that of the worst', () => {
    expect(merge(good, { ...gate, status: 'aborted' }).status).toBe('aborted')
  })

  it('a count that one of them cannot tell is not known', () => {
    const unsure = makeSustainedTest()
    unsure.metrics.messages_duplicated = { type: 'counter', unit: 'count', count: null, rate: null }
    const [test] = merge(good, makeResult([unsure])).tests
    expect(test?.metrics.messages_duplicated).toMatchObject({ count: null })
  })

  it('percentiles of a group are not known, its counts are', () => {
    const parts = [100, 300].map((us) =>
      save(
        deriveFrom(BROADCAST, [
          { response_time: [us, us], messages_sent: 2, messages_received: 2 },
          { messages_received: 4 },
        ]),
      ),
    )
    const [test] = merge(...parts).tests
    expect(test?.metrics['response_time{group=publishers}']).toMatchObject({
      count: 4,
      min: 100,
      max: 300,
      mean: 200,
      p50: null,
    })
    expect(test?.metrics['messages_sent{group=publishers}']).toMatchObject({ count: 4 })
    expect(test?.warnings[1]?.message).toContain('percentiles of response_time{group=publishers}')
  })
})

describe('rates', () => {
  const at = (startedAt: string, holdUs = 20_000_000): RunResult => {
    const test = makeSustainedTest()
    return makeResult([{ ...test, phases: { ...test.phases, holdUs } }], { startedAt })
  }
  const rateOf = (...results: readonly RunResult[]): unknown =>
    merge(...results).tests[0]?.metrics.messages_sent

  it('add up where the loads were there at the same time', () => {
    expect(rateOf(at('2026-01-02T03:04:05.000Z'), at('2026-01-02T03:04:06.900Z'))).toMatchObject({
      rate: 200,
    })
  })

  it.each([
    ['began too late', at('2026-01-02T03:04:07.100Z')],
    ['was much shorter', at('2026-01-02T03:04:05.000Z', 17_000_000)],
  ])('are not known where one %s, and that is said', (_, other) => {
    const result = merge(at('2026-01-02T03:04:05.000Z'), other)
    expect(result.tests[0]?.metrics.messages_sent).toMatchObject({ count: 4000, rate: null })
    expect(result.tests[0]?.warnings[1]?.message).toContain('rates, since their loads were not there')
    expect(result.summary.messagesPerSecond).toBeNull()
  })
})

describe('gauges', () => {
  const gaugesOf = (results: readonly RunResult[]) => {
    const { metrics } = merge(...results).tests[0]!
    return (name: string): unknown => {
      const metric = metrics[name]
      return metric?.type === 'gauge' ? metric.value : undefined
    }
  }
  const withGauges = (gauges: Readonly<Record<string, number | null>>, connections = 300): RunResult => {
    const test = makeSustainedTest(connections)
    const metrics = { ...test.metrics }
    for (const [name, value] of Object.entries(gauges))
      metrics[name] = { type: 'gauge', unit: 'bytes', value }
    return makeResult([{ ...test, metrics }])
  }

  it('of generators add up, but for how full the fullest is', () => {
    const gauge = gaugesOf([
      withGauges({ generator_rss: 70e6, generator_cpu: 40, generator_loop_busy: 0.3 }),
      withGauges({ generator_rss: 60e6, generator_cpu: 30, generator_loop_busy: 0.7 }),
    ])
    expect(['generator_rss', 'generator_cpu', 'generator_loop_busy'].map(gauge)).toEqual([130e6, 70, 0.7])
  })

  it('of the server are what the one server had, whoever saw it', () => {
    const gauge = gaugesOf([
      withGauges({ server_rss: 80e6, server_rss_idle: 50e6, server_cpu: 90, server_rss_connected: 74e6 }),
      withGauges({ server_rss: 82e6, server_rss_idle: 62e6, server_cpu: null, server_rss_connected: 74e6 }),
    ])
    expect(['server_rss', 'server_rss_idle', 'server_cpu'].map(gauge)).toEqual([82e6, 50e6, 90])
    expect(gauge('server_rss_per_connection')).toBe(24e6 / 600)
  })

  it('of several servers are not known', () => {
    const other = withGauges({ server_rss: 82e6 })
    const target = { ...other.target, urls: ['ws://127.0.0.1:40002/'] }
    const results = [withGauges({ server_rss: 80e6 }), { ...other, target }]
    expect(gaugesOf(results)('server_rss')).toBeNull()
    expect(merge(...results).tests[0]?.warnings[1]?.message).toContain(
      'memory and CPU of their servers, which are several',
    )
    expect(merge(...results).target.urls).toEqual(['ws://127.0.0.1:40001/', 'ws://127.0.0.1:40002/'])
  })

  it('of a server at an address of the machine itself are of one server only on one machine', () => {
    const other = withGauges({ server_rss: 82e6 })
    const environment = { ...other.environment, cpuModel: 'Another CPU', cpus: 4 }
    const merged = merge(withGauges({ server_rss: 80e6 }), { ...other, environment })
    expect(merged.tests[0]?.metrics.server_rss).toMatchObject({ value: null })
    expect(merged.environment).toMatchObject({ cpuModel: 'Example CPU @ 3.00GHz and Another CPU', cpus: 6 })
  })
})

describe('intervals and windows', () => {
  const SECOND = 1_000_000
  /** A hold from 1 s on, with the latencies of each second. */
  const makeTest = (seconds: readonly (readonly number[])[], startUs = 0): TestResult => {
    const base = makeSustainedTest()
    const intervals = seconds.map(
      (values, index): Interval => ({
        ...base.intervals[0]!,
        atUs: startUs + (index + 2) * SECOND,
        phase: 'hold',
        sent: values.length,
        received: values.length,
        errors: { 'no-reply': 1 },
        maxUs: values.length === 0 ? null : Math.max(...values),
        p50Us: 1,
      }),
    )
    const whole = deriveFrom(makePlan('sustained'), [{}], {
      startUs: 0,
      seconds: seconds.flatMap((values, index) => {
        const trend = makeTrend(values)
        const fromUs = startUs + (index + 1) * SECOND
        return trend === null ? [] : [{ fromUs, toUs: fromUs + SECOND, trend }]
      }),
    })
    return {
      ...base,
      phases: { connectUs: startUs, warmupUs: SECOND, holdUs: seconds.length * SECOND, drainUs: 0 },
      intervals,
      latencyWindows: whole.latencyWindows,
    }
  }
  const mergeAt = (a: TestResult, b: TestResult, startedAt: string) =>
    merge(makeResult([a]), makeResult([b], { startedAt })).tests[0]!

  it('of the same second are one, with the percentiles of all samples', () => {
    const test = mergeAt(
      makeTest([[10, 10], [20]]),
      makeTest([
        [30, 30, 30],
        [40, 50],
      ]),
      '2026-01-02T03:04:05.000Z',
    )
    expect(test.intervals.map(({ atUs, sent, maxUs, p50Us }) => ({ atUs, sent, maxUs, p50Us }))).toEqual([
      { atUs: 2 * SECOND, sent: 5, maxUs: 30, p50Us: 30 },
      { atUs: 3 * SECOND, sent: 3, maxUs: 50, p50Us: 40 },
    ])
    expect(test.intervals[0]).toMatchObject({ errors: { 'no-reply': 2 }, connectionsOpen: 200 })
    expect(test.latencyWindows?.windows.map(({ count }) => count)).toEqual([5, 3])
  })

  it('go to the next second where a generator began later, one to one even by half a second', () => {
    const second = [[1], [2], [3], [4]]
    for (const startedAt of ['2026-01-02T03:04:06.400Z', '2026-01-02T03:04:05.600Z']) {
      const test = mergeAt(makeTest(second), makeTest(second), startedAt)
      expect(test.intervals.map(({ sent }) => sent)).toEqual([1, 2, 2, 2, 1])
      expect(test.latencyWindows?.windows.map(({ count }) => count)).toEqual([1, 2, 2, 2, 1])
      expect(test.intervals.at(-1)?.atUs).toBe(6 * SECOND)
    }
  })

  it('begin with the load, not with the connect phase, whose length differs', () => {
    const test = mergeAt(makeTest([[1], [2]]), makeTest([[3], [4]], 230_000), '2026-01-02T03:04:05.000Z')
    expect(test.intervals.map(({ sent }) => sent)).toEqual([2, 2])
  })

  it('have no percentiles where a distribution is missing', () => {
    const bare = { ...makeTest([[1], [2]]), latencyWindows: null }
    const test = mergeAt(makeTest([[1], [2]]), bare, '2026-01-02T03:04:05.000Z')
    expect(test.intervals.map(({ p50Us, maxUs }) => [p50Us, maxUs])).toEqual([
      [null, 1],
      [null, 2],
    ])
    expect(test.warnings[1]?.message).toContain('latency by the second')
    expect(test.latencyWindows).toBeNull()
  })

  it('add nothing and lose nothing', () => {
    const loads = fc.array(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 5 }), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(loads, loads, fc.integer({ min: 0, max: 9000 }), (a, b, delayMs) => {
        const startedAt = new Date(Date.parse('2026-01-02T03:04:05.000Z') + delayMs).toISOString()
        const test = mergeAt(makeTest(a), makeTest(b), startedAt)
        const sent = test.intervals.reduce((sum, interval) => sum + interval.sent, 0)
        expect(sent).toBe([...a, ...b].flat().length)
        const ends = test.intervals.map(({ atUs }) => atUs)
        expect(ends).toEqual(ends.toSorted((x, y) => x - y))
      }),
      { numRuns: 20 },
    )
  })
})

it('a throughput run has no percentile by the second that it did not have', () => {
  const merged = merge(makeResult([makeThroughputTest(10)]), makeResult([makeThroughputTest(20)]))
  expect(merged.tests[0]?.intervals[0]).toMatchObject({ sent: 76_800, serviceP50Us: null })
})
