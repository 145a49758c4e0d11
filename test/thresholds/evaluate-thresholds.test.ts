import { describe, expect, it } from 'vitest'
import { encodeHistogram, toTrendMetric } from '../../src/result/histogram.ts'
import type { Metric, TestResult } from '../../src/result/run-result.ts'
import { evaluateThresholds, mayStillHold } from '../../src/thresholds/evaluate-thresholds.ts'
import { makeBroadcastTest, makePushTest } from '../result/sample-audience.ts'
import {
  makeEmptyResult,
  makeResult,
  makeStormTest,
  makeSustainedTest,
  makeThroughputTest,
  makeTrend,
} from '../support/sample-result.ts'

/** A throughput test whose response times are 1, 2, … `count` µs, with `lost` more that never came. */
function makeTest(count: number, lost = 0, metrics: Record<string, Metric> = {}): TestResult {
  const trend = makeTrend(Array.from({ length: count }, (_, index) => index + 1))
  const test = makeThroughputTest()
  return {
    ...test,
    metrics: { ...test.metrics, response_time: toTrendMetric(trend, lost), ...metrics },
    histograms: trend === null ? {} : { response_time: encodeHistogram(trend.counts, trend.min, trend.max) },
  }
}

function evaluateOne(test: TestResult, expression: string) {
  const rows = evaluateThresholds(makeResult([test]), [expression])
  expect(rows).toHaveLength(1)
  return rows[0]!
}

describe('evaluateThresholds holds a value against its limit', () => {
  it.each([
    ['p99<991us', 990, 'pass'],
    ['p99<990us', 990, 'fail'],
    ['p99<=990us', 990, 'pass'],
    ['p99>989us', 990, 'pass'],
    ['p99>=991us', 990, 'fail'],
    ['p99==990us', 990, 'pass'],
    ['p99!=990us', 990, 'fail'],
    ['response_time:med<1ms', 500, 'pass'],
    ['response_time:p(75)<1ms', 750, 'pass'],
    ['response_time:p(12.5)<1ms', 125, 'pass'],
    ['response_time:min<1ms', 1, 'pass'],
    ['response_time:max<1ms', 1000, 'fail'],
    ['response_time:max<=1ms', 1000, 'pass'],
    ['response_time:avg<1ms', 501, 'pass'],
    ['response_time:count==1k', 1000, 'pass'],
    ['messages_received:rate>38k', 38_400, 'pass'],
    ['messages_received>1m', 192_000, 'fail'],
    ['error_ratio<0.1%', 0, 'pass'],
    ['server_rss<50MB', 57_000_000, 'fail'],
    ['server_cpu>=99%', 99, 'pass'],
  ])('%s: %d is %s', (expression, value, result) => {
    expect(evaluateOne(makeTest(1000), expression)).toMatchObject({
      value,
      result,
      test: 'throughput',
      note: '',
    })
  })
})

describe('evaluateThresholds without a value', () => {
  it('counts a zero counter as data', () => {
    expect(evaluateOne(makeTest(10), 'messages_lost==0')).toMatchObject({ value: 0, result: 'pass' })
  })

  it('has no data for a trend without samples', () => {
    expect(evaluateOne(makeTest(0), 'p99<1s')).toMatchObject({
      value: null,
      result: 'no-data',
      note: 'no samples',
    })
  })

  it('has no data for a percentile with too few samples, and names the count', () => {
    expect(evaluateOne(makeTest(99), 'p99<1s')).toMatchObject({
      value: null,
      result: 'no-data',
      note: 'p(99) needs 100 samples, there are 99',
    })
  })

  it('still gates on a percentile with few samples beyond it', () => {
    expect(evaluateOne(makeTest(100), 'p99<1us')).toMatchObject({ value: 99, result: 'fail' })
  })

  it.each(['p99<1h', 'response_time:p(98.5)<1h', 'response_time:max<1h', 'p99>1us'])(
    'fails %s when the value lies among lost messages',
    (expression) => {
      expect(evaluateOne(makeTest(980, 20), expression)).toMatchObject({
        value: null,
        result: 'fail',
        note: '> timeout',
      })
    },
  )

  it('fails every value of a test that got no reply at all', () => {
    for (const expression of ['response_time:avg<1h', 'response_time:min<1h', 'p50<1h']) {
      expect(evaluateOne(makeTest(0, 1000), expression)).toMatchObject({
        value: null,
        result: 'fail',
        note: '> timeout',
      })
    }
  })

  it('says of an average that it leaves lost messages out', () => {
    expect(evaluateOne(makeTest(980, 20), 'response_time:avg<1s')).toMatchObject({
      result: 'pass',
      note: 'of replies only, 20 lost',
    })
  })

  it.each<[string, Metric | undefined, string]>([
    ['a server that is not visible', { type: 'gauge', unit: 'bytes', value: null }, '--server-pid'],
    ['a server that was never looked at', undefined, '--server-pid'],
  ])('has no data for %s', (_, server_rss, note) => {
    const test = makeTest(10)
    const { server_rss: _left, ...metrics } = test.metrics
    const row = evaluateOne(
      { ...test, metrics: server_rss === undefined ? metrics : { ...metrics, server_rss } },
      'server_rss<1GB',
    )
    expect(row.result).toBe('no-data')
    expect(row.note).toContain(note)
  })

  it('has no data for a rate of a hold that was too short', () => {
    const messages_received: Metric = { type: 'counter', unit: 'count', count: 9, rate: null }
    expect(evaluateOne(makeTest(10, 0, { messages_received }), 'messages_received:rate>1')).toMatchObject({
      result: 'no-data',
      note: 'no rate: the hold was too short',
    })
  })

  it('has no data for duplicates that could not be told', () => {
    const messages_duplicated: Metric = { type: 'counter', unit: 'count', count: null, rate: null }
    expect(
      evaluateOne(makeTest(10, 0, { messages_duplicated }), 'throughput/messages_duplicated==0'),
    ).toMatchObject({
      result: 'no-data',
      note: 'not known: replies are matched in order of arrival',
    })
  })

  it('does not pass p99<200ms when nothing was listening', () => {
    const rows = evaluateThresholds(makeEmptyResult(), [
      'p99<200ms',
      'response_time:avg<200ms',
      'connect_success>99%',
    ])
    expect(rows.map((row) => row.result)).toEqual(['no-data', 'no-data', 'fail'])
  })
})

describe('evaluateThresholds of fan-out and pushes', () => {
  const lossy = makeBroadcastTest({ lost: 1_255, duplicated: 3, misrouted: 7 })
  const UNDER_WAY = 'not known: interrupted with deliveries under way'
  const cut: TestResult = {
    ...lossy,
    metrics: {
      ...lossy.metrics,
      deliveries_lost: { type: 'counter', unit: 'count', count: null, rate: null },
      delivery_ratio: { type: 'ratio', value: null, numerator: 124_245, denominator: 125_500 },
    },
  }

  it.each<[expression: string, test: TestResult, value: number | null, result: string, metric: string]>([
    ['delivery_ratio>=1', makeBroadcastTest(), 1, 'pass', 'delivery_ratio'],
    ['delivery_ratio>=1', lossy, 0.99, 'fail', 'delivery_ratio'],
    [
      'delivery_ratio>=100%',
      makeBroadcastTest({ lost: 1, duplicated: 0, misrouted: 0 }),
      125_499 / 125_500,
      'fail',
      'delivery_ratio',
    ],
    ['deliveries_lost<=1255', lossy, 1_255, 'pass', 'deliveries_lost'],
    ['messages_misrouted==0', lossy, 7, 'fail', 'messages_misrouted'],
    ['messages_duplicated==3', lossy, 3, 'pass', 'messages_duplicated'],
    ['amplification>=251', makeBroadcastTest(), 251, 'pass', 'amplification'],
    ['deliveries_received:rate>12k', makeBroadcastTest(), 12_550, 'pass', 'deliveries_received'],
    // 1 % is lost, so P99.9 is among the lost deliveries.
    ['p99.9<1h', lossy, null, 'fail', 'delivery_time'],
    ['last_delivery_time:max<1h', lossy, null, 'fail', 'last_delivery_time'],
    ['pushes_missed==0', makePushTest(7), 7, 'fail', 'pushes_missed'],
    ['p50<1ms', makePushTest(), 450, 'pass', 'push_jitter'],
    ['p50<6s', makePushTest(null), 5_001_215, 'pass', 'push_interval'],
  ])('%s', (expression, test, value, result, metric) => {
    const row = evaluateOne(test, expression)
    expect(row).toMatchObject({ result, metric })
    if (value === null) expect(row.value).toBeNull()
    else expect(row.value).toBeCloseTo(value, value > 1000 ? -4 : 9)
  })

  it.each([['delivery_ratio>=1'], ['deliveries_lost==0']])(
    'has no data for %s of an interrupted run',
    (expression) => {
      expect(evaluateOne(cut, expression)).toMatchObject({ result: 'no-data', note: UNDER_WAY })
    },
  )

  it('has no data for what no promise was made for, when the test is named', () => {
    expect(evaluateOne(makePushTest(null), 'push/pushes_missed==0')).toMatchObject({
      result: 'no-data',
      note: 'not known: no interval is promised',
    })
  })
})

describe('mayStillHold, while a run goes on', () => {
  it.each([
    ['messages_received>1m', true],
    ['response_time:count>=2k', true],
    ['connect_success>100%', false],
    ['messages_received<1k', false],
    ['p99<1us', false],
    ['messages_received:rate>1m', false],
  ])('of a failed %s is %s', (expression, expected) => {
    const row = evaluateOne(makeTest(1000), expression)
    expect(row.result).toBe('fail')
    expect(mayStillHold(row)).toBe(expected)
  })

  it('waits for replies that are under way', () => {
    const reply_ratio: Metric = { type: 'ratio', value: 0.99, numerator: 99, denominator: 100 }
    expect(mayStillHold(evaluateOne(makeTest(1000, 0, { reply_ratio }), 'reply_ratio>=100%'))).toBe(true)
  })
})

describe('mayStillHold of deliveries and pushes', () => {
  it.each([
    ['delivery_ratio>=1', makeBroadcastTest({ lost: 1, duplicated: 0, misrouted: 0 })],
    ['push_ratio>=100%', makePushTest(7)],
  ])('waits for what makes %s grow', (expression, test) => {
    expect(mayStillHold(evaluateOne(test, expression))).toBe(true)
  })
})

describe('evaluateThresholds of several tests', () => {
  const result = makeResult([makeThroughputTest(), makeStormTest(), makeSustainedTest()])
  const held = (expression: string) =>
    evaluateThresholds(result, [expression]).map((row) => [row.test, row.metric])

  it('holds the short form against the headline test alone', () => {
    expect(held('p99<1s')).toEqual([['throughput', 'response_time']])
  })

  it('holds a metric without a test against every test that produces it', () => {
    expect(held('connect_time:p(90)<1s').map(([test]) => test)).toEqual(['throughput', 'storm', 'sustained'])
    expect(held('pacer_lag:p(99)<1s').map(([test]) => test)).toEqual(['sustained'])
  })

  it('leaves out a test whose plan can never fill the percentile', () => {
    expect(held('response_time:p(99.9)<1s').map(([test]) => test)).toEqual(['throughput', 'sustained'])
  })

  it('holds the metric of a group against that group alone', () => {
    const base = makeThroughputTest()
    const [group] = base.plan.groups
    const groups = [
      { ...group!, name: 'fast' },
      { ...group!, name: 'slow' },
    ]
    const slow: Metric = { type: 'counter', unit: 'count', count: 7, rate: null }
    const test = {
      ...base,
      plan: { ...base.plan, groups },
      metrics: { ...base.metrics, 'messages_lost{group=slow}': slow },
    }
    expect(
      evaluateThresholds(makeResult([test]), ['messages_lost==0', 'messages_lost{group=slow}==0']),
    ).toMatchObject([
      { metric: 'messages_lost', value: 0, result: 'pass' },
      { metric: 'messages_lost{group=slow}', value: 7, result: 'fail' },
    ])
  })

  it('takes the trend a named test is about', () => {
    expect(held('storm/p99<1s')).toEqual([['storm', 'connect_time']])
    expect(held('sustained/p99<1s')).toEqual([['sustained', 'response_time']])
  })

  it('has no data for a named test that an aborted run never came to', () => {
    const aborted = makeResult([makeThroughputTest()])
    expect(evaluateThresholds(aborted, ['sustained/p99<1s'])).toMatchObject([
      { test: 'sustained', metric: 'response_time', result: 'no-data', note: 'the test did not run' },
    ])
  })
})
