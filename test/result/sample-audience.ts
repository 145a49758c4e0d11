/** Fixed results of fan-out and push tests, beside those of test/support/sample-result.ts. */
import { comparePublished } from '../../src/result/published.ts'
import type { ErrorCount, Metric, RunResult, TestResult } from '../../src/result/run-result.ts'
import {
  connectMetrics,
  counter,
  distribute,
  makeResult,
  makeSustainedTest,
  makeThroughputTest,
  messageMetrics,
  ratio,
  resources,
  viewGroup,
  viewPlan,
} from '../support/sample-result.ts'

const HOLD_US = 10_000_000
const MESSAGES = 500

const PUBLISHERS = viewGroup({
  name: 'publishers',
  role: 'publisher',
  connections: 1,
  pacing: 'open',
  inFlight: null,
  ratePerSec: 50,
  endRatePerSec: 50,
  arrival: 'constant',
  durationUs: HOLD_US,
  dialect: 'rooms',
  payload: 'generated',
  payloadBytes: 80,
})
const SUBSCRIBERS = viewGroup({
  name: 'subscribers',
  role: 'subscriber',
  connections: 500,
  pacing: 'silent',
  inFlight: null,
  durationUs: HOLD_US,
  dialect: 'rooms',
  payload: 'generated',
  payloadBytes: 80,
})

/** What goes wrong with the deliveries. */
export interface Faults {
  readonly lost: number
  readonly duplicated: number
  readonly misrouted: number
}
const NO_FAULTS: Faults = { lost: 0, duplicated: 0, misrouted: 0 }

function deliveryMetrics(receivers: number, faults: Faults): Record<string, Metric> {
  const expected = MESSAGES * receivers
  const received = expected - faults.lost
  const incomplete = Math.min(MESSAGES, faults.lost)
  return {
    delivery_time: distribute(received, 900, 4_800, faults.lost).metric,
    last_delivery_time: distribute(MESSAGES - incomplete, 2_100, 5_200, incomplete).metric,
    deliveries_expected: counter(expected),
    deliveries_received: counter(received, 'count', (received * 1e6) / HOLD_US),
    deliveries_late: counter(0),
    deliveries_in_hold: counter(received),
    deliveries_lost: counter(faults.lost),
    messages_duplicated: counter(faults.duplicated),
    messages_misrouted: counter(faults.misrouted),
    messages_control: counter(501),
    joins_unconfirmed: counter(0),
    delivery_ratio: ratio(received, expected),
    amplification: { type: 'gauge', unit: 'count', value: received / MESSAGES },
    error_ratio: ratio(faults.lost + faults.misrouted, expected + faults.misrouted + 501),
  }
}

/** 1 publisher at 50/s, 500 subscribers in 2 rooms. */
export function makeBroadcastTest(faults: Faults = NO_FAULTS): TestResult {
  const { metrics, connect } = connectMetrics(501)
  const delivery = distribute(MESSAGES * 251 - faults.lost, 900, 4_800, faults.lost)
  const errors: ErrorCount[] = [
    { class: 'delivery-lost', detail: '', count: faults.lost, firstAtUs: null },
    { class: 'duplicate-delivery', detail: '', count: faults.duplicated, firstAtUs: null },
    { class: 'misrouted', detail: '', count: faults.misrouted, firstAtUs: null },
  ]
  return {
    ...makeSustainedTest(),
    testType: 'broadcast',
    plan: {
      ...viewPlan(PUBLISHERS),
      connections: 501,
      groups: [PUBLISHERS, SUBSCRIBERS],
      fanOut: { audience: 'room', rooms: 2 },
      warmupUs: 0,
    },
    phases: { connectUs: 60_000, warmupUs: null, holdUs: HOLD_US, drainUs: 6_000 },
    metrics: {
      ...metrics,
      ...messageMetrics(MESSAGES, MESSAGES, 10),
      ...deliveryMetrics(251, faults),
      service_time: distribute(MESSAGES, 780, 1_900).metric,
      response_time: distribute(MESSAGES, 800, 2_000).metric,
      pacer_lag: distribute(MESSAGES, 20, 110).metric,
      ...resources(true, 41),
    },
    errors: errors.filter(({ count }) => count > 0),
    closeCodes: { '1000': 501 },
    intervals: makeSustainedTest().intervals.slice(0, 10),
    histograms: { delivery_time: delivery.histogram, connect_time: connect.histogram },
    published: comparePublished({
      testType: 'broadcast',
      connections: 501,
      fanOut: true,
      binary: false,
      compress: false,
      holdUs: HOLD_US,
      messagesPerSecond: 12_550,
      p99Us: delivery.metric.p99,
      serverRssPeakBytes: 57_000_000,
    }),
  }
}

/** 20 clients of a closed loop whose messages reach all 20. */
export function makeFanOutThroughputTest(): TestResult {
  const test = makeThroughputTest(20)
  return {
    ...test,
    plan: { ...test.plan, fanOut: { audience: 'everyone', rooms: 1 } },
    metrics: { ...test.metrics, ...deliveryMetrics(20, NO_FAULTS) },
    published: test.published.map((row) => ({
      ...row,
      differences: [...row.differences, 'fan-out, not echo'],
    })),
  }
}

function listeners(dialect: string, over: Partial<TestResult['plan']>): TestResult['plan'] {
  const group = viewGroup({
    name: 'listeners',
    role: 'subscriber',
    pacing: 'silent',
    inFlight: null,
    durationUs: 60_000_000,
    dialect,
    payloadBytes: null,
  })
  return viewPlan(group, { warmupUs: 0, ...over })
}

function pushMetrics(received: number, missed: number | null, everyUs: number): Record<string, Metric> {
  const hasPromise = missed !== null
  return {
    first_push_time: distribute(100, 1_100, 4_000).metric,
    push_interval: distribute(received - 100, everyUs, everyUs * 1.45).metric,
    push_jitter: distribute(hasPromise ? received - 100 : 0, 450, 2_300).metric,
    pushes_received: counter(received),
    pushes_expected: { ...counter(received + (missed ?? 0)), count: hasPromise ? received + missed : null },
    pushes_missed: { ...counter(0), count: missed },
    push_ratio: hasPromise ? ratio(received, received + missed) : ratio(0, 0),
    pings_received: counter(12),
    pongs_sent: counter(12),
    messages_control: counter(0),
  } as Record<string, Metric>
}

/** 100 clients that listen to a push every 5 s; `missed` null: no interval is promised. */
export function makePushTest(missed: number | null = 0): TestResult {
  const { metrics, connect } = connectMetrics(100)
  return {
    ...makeSustainedTest(),
    testType: 'push',
    plan: listeners('notifications', {
      push: { everyUs: missed === null ? null : 5_000_000, by: 'message', atOnce: true },
    }),
    phases: { connectUs: 10_200, warmupUs: null, holdUs: 60_000_000, drainUs: 6_000 },
    metrics: {
      ...metrics,
      ...messageMetrics(0, 0, 60),
      ...pushMetrics(1_300 - (missed ?? 0), missed, 5_000_000),
      ...resources(true, 1),
    },
    errors:
      missed === null || missed === 0
        ? []
        : [{ class: 'push-missed', detail: '', count: missed, firstAtUs: null }],
    histograms: { connect_time: connect.histogram },
    intervals: makeSustainedTest().intervals,
    published: [],
  }
}

/** The same by Ping frames, every 30 s. */
export function makeHeartbeatTest(): TestResult {
  const test = makePushTest()
  return {
    ...test,
    plan: listeners('heartbeat', { push: { everyUs: 30_000_000, by: 'ping', atOnce: false } }),
    metrics: {
      ...test.metrics,
      ...pushMetrics(200, 0, 30_000_000),
      pings_received: counter(200),
      pongs_sent: counter(200),
    },
  }
}

/** Event streams, one event a second; three were opened again. */
export function makeStreamTest(): TestResult {
  const test = makePushTest()
  return {
    ...test,
    plan: listeners('sse', {
      push: { everyUs: 1_000_000, by: 'message', atOnce: true },
      transport: 'event-stream',
    }),
    metrics: {
      ...test.metrics,
      ...pushMetrics(6_100, 0, 1_000_000),
      reconnect_time: distribute(3, 1_002_000, 1_010_000).metric,
      keep_alives_received: counter(40),
      reconnects: counter(3),
      pings_received: counter(0),
      pongs_sent: counter(0),
    },
  }
}

/** The run of one such test against the demo server of its dialect. */
export function makeAudienceResult(test: TestResult, over: Partial<RunResult> = {}): RunResult {
  const base = makeResult([test])
  return {
    ...base,
    target: { ...base.target, dialect: test.plan.groups[0]!.dialect, serve: test.plan.groups[0]!.dialect },
    ...over,
  }
}

/** A gate on a broadcast run that loses 1 % of its deliveries, repeats some and sends some to the wrong room. */
export function makeFailedReach(): RunResult {
  const test = makeBroadcastTest({ lost: 1_255, duplicated: 3, misrouted: 7 })
  const row = { test: 'broadcast', note: '' }
  return makeAudienceResult(test, {
    exitCode: 99,
    thresholds: [
      {
        ...row,
        expression: 'delivery_ratio>=1',
        metric: 'delivery_ratio',
        aggregation: 'value',
        value: 0.99,
        limit: 1,
        unit: 'ratio',
        result: 'fail',
      },
      {
        ...row,
        expression: 'p99<50ms',
        metric: 'delivery_time',
        aggregation: 'p(99)',
        value: null,
        limit: 50_000,
        unit: 'us',
        result: 'fail',
        note: '> timeout',
      },
    ],
  })
}
