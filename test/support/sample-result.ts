/** Fixed, realistic results for every report and threshold test. Nothing here depends on the clock or on chance. */

import { SLOTS, slotOf, type TrendSnapshot } from '../../src/record/trend.ts'
import { headlineRate, headlineTrend, kindOf } from '../../src/result/headline.ts'
import { encodeHistogram, toTrendMetric } from '../../src/result/histogram.ts'
import { comparePublished } from '../../src/result/published.ts'
import type {
  ErrorCount,
  Interval,
  Metric,
  PlanView,
  RunResult,
  TestResult,
  TrendMetric,
} from '../../src/result/run-result.ts'

type PlanGroup = PlanView['groups'][number]

/** The trend that recording these values would make. */
export function makeTrend(values: readonly number[]): TrendSnapshot | null {
  if (values.length === 0) return null
  const counts = new Uint32Array(SLOTS)
  for (const value of values) counts[slotOf(value)]!++
  const sum = values.reduce((total, value) => total + value, 0)
  return {
    counts,
    sum,
    min: values.reduce((a, b) => Math.min(a, b)),
    max: values.reduce((a, b) => Math.max(a, b)),
    clamped: 0,
  }
}

/** A skewed spread around `p50Us` with a tail up to `tailUs`, the same every time. */
function makeValues(count: number, p50Us: number, tailUs: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const q = (index + 0.5) / count
    return Math.round(p50Us * (0.6 + 0.8 * q) + (tailUs - p50Us * 1.4) * q ** 60)
  })
}

interface Distribution {
  readonly metric: TrendMetric
  readonly histogram: string
}

/** Made once each: the larger ones take a while. */
export function distribute(count: number, p50Us: number, tailUs: number, lost = 0): Distribution {
  const key = [count, p50Us, tailUs, lost].join()
  const known = distributions.get(key)
  if (known !== undefined) return known
  const made = makeDistribution(count, p50Us, tailUs, lost)
  distributions.set(key, made)
  return made
}
const distributions = new Map<string, Distribution>()

function makeDistribution(count: number, p50Us: number, tailUs: number, lost: number): Distribution {
  const trend = makeTrend(makeValues(count, p50Us, tailUs))
  return {
    metric: toTrendMetric(trend, lost),
    histogram: trend === null ? '' : encodeHistogram(trend.counts, trend.min, trend.max),
  }
}

export function counter(count: number, unit = 'count', rate: number | null = null): Metric {
  return { type: 'counter', unit, count, rate }
}

export function ratio(numerator: number, denominator: number): Metric {
  return { type: 'ratio', value: denominator === 0 ? null : numerator / denominator, numerator, denominator }
}

export function gauge(value: number | null, unit: 'bytes' | 'percent' | 'us'): Metric {
  return { type: 'gauge', unit, value }
}

const MB = 1_000_000

export function resources(serverVisible: boolean, cpu: number): Record<string, Metric> {
  const server = (value: number, unit: 'bytes' | 'percent'): Metric =>
    gauge(serverVisible ? value : null, unit)
  return {
    generator_rss: gauge(74 * MB, 'bytes'),
    generator_rss_idle: gauge(70 * MB, 'bytes'),
    generator_rss_connected: gauge(71 * MB, 'bytes'),
    generator_rss_after: gauge(72 * MB, 'bytes'),
    generator_rss_per_connection: gauge(null, 'bytes'),
    generator_cpu: gauge(61, 'percent'),
    server_rss: server(57 * MB, 'bytes'),
    server_rss_idle: server(48 * MB, 'bytes'),
    server_rss_connected: server(54 * MB, 'bytes'),
    server_rss_after: server(53 * MB, 'bytes'),
    server_rss_per_connection: server(90_000, 'bytes'),
    server_cpu: server(cpu, 'percent'),
  }
}

export function viewGroup(over: Partial<PlanGroup>): PlanGroup {
  return {
    name: 'clients',
    role: 'main',
    connections: 100,
    pacing: 'closed',
    inFlight: 1,
    ratePerSec: null,
    endRatePerSec: null,
    arrival: null,
    messagesEach: null,
    durationUs: 5_000_000,
    dialect: 'echo',
    payload: '32 B',
    payloadBytes: 32,
    binary: false,
    match: 'sequence',
    pingEveryUs: null,
    answersPings: true,
    flow: null,
    slowRead: null,
    reconnect: null,
    ...over,
  }
}

export function viewPlan(group: PlanGroup, over: Partial<PlanView> = {}): PlanView {
  return {
    connections: group.connections,
    groups: [group],
    fanOut: null,
    push: null,
    transport: 'websocket',
    cut: null,
    leaving: null,
    connectRatePerSec: null,
    connectConcurrency: 250,
    warmupUs: 1_000_000,
    cycles: 1,
    search: null,
    workers: 1,
    processes: 1,
    connectTimeoutUs: 10_000_000,
    replyTimeoutUs: 5_000_000,
    compress: false,
    tls: false,
    seed: 1,
    ...over,
  }
}

export function makeIntervals(seconds: number, perSec: number, p50Us: number, p99Us: number): Interval[] {
  return Array.from({ length: seconds }, (_, index) => ({
    atUs: (index + 1) * 1_000_000,
    durationUs: 1_000_000,
    phase: index === 0 ? ('warmup' as const) : ('hold' as const),
    connectionsOpen: 100,
    connectionsFailed: 0,
    sent: perSec,
    received: perSec,
    lost: 0,
    p50Us,
    deliveriesExpected: null,
    errors: {},
    closeCodes: {},
    p99Us: perSec >= 1000 ? p99Us + 100 * index : null,
    p999Us: perSec >= 10_000 ? p99Us * 1.5 + 100 * index : null,
    maxUs: p99Us * 2,
    serviceP50Us: null,
    serviceP99Us: null,
    serviceP999Us: null,
    pacerLagP99Us: null,
    loopBusy: 0.61,
    generatorRssBytes: 74 * MB,
    generatorCpuPercent: 61,
    serverRssBytes: 57 * MB,
    serverCpuPercent: 99,
  }))
}

export function connectMetrics(
  connections: number,
  failed = 0,
): { metrics: Record<string, Metric>; connect: Distribution } {
  const connect = distribute(connections - failed, 5_200, 10_100, failed)
  const opened = connect.metric
  return {
    connect,
    metrics: {
      connect_time: opened,
      connect_lag: distribute(connections - failed, 20, 60).metric,
      connect_attempt: distribute(connections - failed, 5_180, 10_050).metric,
      connect_tcp: distribute(connections - failed, 900, 2_000).metric,
      connect_upgrade: distribute(connections - failed, 4_280, 8_050).metric,
      connections_attempted: counter(connections),
      connections_opened: counter(connections - failed),
      connections_failed: counter(failed),
      connections_closed: counter(0),
      connect_success: ratio(connections - failed, connections),
      open_50: gauge(failed === connections ? null : 5_200, 'us'),
      open_90: gauge(failed > 0 ? null : 8_000, 'us'),
      open_99: gauge(failed > 0 ? null : 9_800, 'us'),
      open_100: gauge(failed > 0 ? null : 10_100, 'us'),
    },
  }
}

export function messageMetrics(sent: number, received: number, holdSeconds: number): Record<string, Metric> {
  const rate = holdSeconds >= 1 ? received / holdSeconds : null
  return {
    messages_due: counter(sent),
    messages_sent: counter(sent, 'count', holdSeconds >= 1 ? sent / holdSeconds : null),
    messages_received: counter(received, 'count', rate),
    messages_lost: counter(sent - received),
    messages_late: counter(0),
    messages_duplicated: counter(0),
    messages_reordered: counter(0),
    messages_unexpected: counter(0),
    messages_unsent: counter(0),
    bytes_sent: counter(sent * 38, 'bytes', rate === null ? null : rate * 38),
    bytes_received: counter(received * 34, 'bytes', rate === null ? null : rate * 34),
    reply_ratio: ratio(received, sent),
    error_ratio: ratio(sent - received, sent),
  }
}

/** Closed loop, 38,400 msg/s, the server is the limit. */
export function makeThroughputTest(connections = 100): TestResult {
  const response = distribute(192_000, 2_500, 9_000)
  const { metrics, connect } = connectMetrics(connections)
  return {
    testType: 'throughput',
    plan: viewPlan(viewGroup({ connections })),
    status: 'completed',
    phases: { connectUs: 10_200, warmupUs: 1_000_000, holdUs: 5_000_000, drainUs: 6_000 },
    validity: {
      state: 'valid',
      limitedBy: 'server',
      reasons: [{ code: 'server-cpu', message: 'the server uses 99 % of its cores', value: 99, limit: 90 }],
    },
    metrics: {
      ...metrics,
      ...messageMetrics(192_000, 192_000, 5),
      service_time: response.metric,
      response_time: response.metric,
      ...resources(true, 99),
    },
    errors: [],
    closeCodes: { '1000': connections },
    intervals: makeIntervals(6, 38_400, 2_500, 3_600),
    histograms: { response_time: response.histogram, connect_time: connect.histogram },
    slowest: Array.from({ length: 10 }, (_, index) => ({
      client: 7 * index,
      seq: 100 + index,
      atUs: 3_000_000 + index,
      latencyUs: 8_900 - index,
    })),
    fairness: {
      connections,
      repliesMin: 1_880,
      repliesP50: 1_920,
      repliesMax: 1_961,
      p50MinUs: 2_400,
      p50MedianUs: 2_500,
      p50MaxUs: 2_700,
    },
    findings: [],
    latencyTrend: {
      windows: [3, 4, 5].map((at) => ({
        fromUs: (at - 1) * 1_000_000,
        toUs: at * 1_000_000,
        count: 38_400,
        p99Us: 3_600 + at * 100,
      })),
      slopeUsPerSec: 100,
      finding: 'level',
    },
    latencyWindows: {
      metric: 'response_time',
      windows: [1, 2, 3, 4, 5].map((at) => ({
        fromUs: at * 1_000_000,
        toUs: (at + 1) * 1_000_000,
        count: 38_400,
        histogram: distribute(38_400, 2_500 + 10 * at, 9_000).histogram,
      })),
    },
    steps: [],
    cycles: [],
    warnings: [],
    published: comparePublished({
      testType: 'throughput',
      connections,
      fanOut: false,
      binary: false,
      compress: false,
      holdUs: 5_000_000,
      messagesPerSecond: 38_400,
      p99Us: response.metric.p99,
      serverRssPeakBytes: 57 * MB,
    }),
  }
}

/** 100 connections at once, each proven with one message. */
export function makeStormTest(connections = 100): TestResult {
  const response = distribute(connections, 700, 1_900)
  const { metrics, connect } = connectMetrics(connections)
  return {
    ...makeThroughputTest(connections),
    testType: 'storm',
    plan: viewPlan(viewGroup({ connections, messagesEach: 1, durationUs: null }), { warmupUs: 0 }),
    phases: { connectUs: 10_200, warmupUs: null, holdUs: 3_000, drainUs: 2_000 },
    validity: { state: 'valid', limitedBy: 'server', reasons: [] },
    metrics: {
      ...metrics,
      ...messageMetrics(connections, connections, 0.003),
      service_time: response.metric,
      response_time: response.metric,
      ...resources(true, 80),
    },
    intervals: makeIntervals(1, 100, 700, 1_900),
    histograms: { response_time: response.histogram, connect_time: connect.histogram },
    slowest: [],
    fairness: null,
    findings: [],
    latencyTrend: null,
    published: [],
  }
}

/** Open loop at 1 message/s a connection for 20 s. */
export function makeSustainedTest(connections = 100): TestResult {
  const total = connections * 20
  const response = distribute(total, 300, 1_500)
  const { metrics, connect } = connectMetrics(connections)
  return {
    ...makeThroughputTest(connections),
    testType: 'sustained',
    plan: viewPlan(
      viewGroup({
        connections,
        pacing: 'open',
        inFlight: null,
        ratePerSec: connections,
        endRatePerSec: connections,
        arrival: 'constant',
        durationUs: 20_000_000,
      }),
    ),
    phases: { connectUs: 10_200, warmupUs: 1_000_000, holdUs: 20_000_000, drainUs: 6_000 },
    validity: { state: 'valid', limitedBy: 'none', reasons: [] },
    metrics: {
      ...metrics,
      ...messageMetrics(total, total, 20),
      service_time: distribute(total, 280, 1_400).metric,
      response_time: response.metric,
      pacer_lag: distribute(total, 20, 110).metric,
      ...resources(true, 3),
    },
    intervals: makeIntervals(21, connections, 300, 900),
    histograms: { response_time: response.histogram, connect_time: connect.histogram },
    published: [],
  }
}

const ENVIRONMENT: RunResult['environment'] = {
  node: 'v20.20.0',
  os: 'linux 6.1 x64',
  cpuModel: 'Example CPU @ 3.00GHz',
  cpus: 2,
  cpusAllowed: 2,
  memoryBytes: 8_000_000_000,
  fdLimit: 20_000,
  portRange: [32_768, 60_999],
  ci: false,
  floor: null,
}

/** A finished run of these tests against the demo server; the summary follows from them. */
export function makeResult(tests: readonly TestResult[], over: Partial<RunResult> = {}): RunResult {
  const head = tests.find((test) => test.testType === 'throughput') ?? tests[0]
  const count = (name: string): number =>
    tests.reduce((sum, { metrics }) => {
      const metric = metrics[name]
      return sum + (metric?.type === 'counter' ? (metric.count ?? 0) : 0)
    }, 0)
  const received = head?.metrics[headlineRate(head.testType) ?? '']
  const trend = head?.metrics[head === undefined ? '' : headlineTrend(kindOf(head))]
  const hasFanOut = tests.some((test) => test.plan.fanOut !== null)
  const reach = head?.metrics.delivery_ratio
  const errors = tests.flatMap((test) => test.errors).reduce((sum, error) => sum + error.count, 0)
  return {
    schemaVersion: 1,
    tool: { name: 'stress', version: '1.0.0' },
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:04:35.000Z',
    status: 'completed',
    exitCode: 0,
    summary: {
      validity: head?.validity.state ?? 'valid',
      limitedBy: head?.validity.limitedBy ?? 'none',
      messagesPerSecond: received?.type === 'counter' ? received.rate : null,
      p50Us: trend?.type === 'trend' ? trend.p50 : null,
      p99Us: trend?.type === 'trend' ? trend.p99 : null,
      p999Us: trend?.type === 'trend' ? trend.p999 : null,
      messagesSent: count('messages_sent'),
      messagesReceived: count('messages_received'),
      errors,
      errorRatio: count('messages_sent') === 0 ? null : count('messages_lost') / count('messages_sent'),
      reach: reach?.type === 'ratio' ? reach.value : null,
      lost: hasFanOut ? count('deliveries_lost') : null,
      duplicated: hasFanOut ? count('messages_duplicated') : null,
      misrouted: hasFanOut ? count('messages_misrouted') : null,
      amplification: hasFanOut ? count('deliveries_received') / count('messages_sent') : null,
      connectionsAttempted: count('connections_attempted'),
      connectionsOpened: count('connections_opened'),
      connectionsFailed: count('connections_failed'),
      serverRssPeakBytes: 57 * MB,
      generatorRssPeakBytes: 74 * MB,
      thresholdsFailed: 0,
    },
    environment: ENVIRONMENT,
    target: {
      url: 'ws://127.0.0.1:40001/',
      urls: ['ws://127.0.0.1:40001/'],
      dialect: 'echo',
      demo: true,
      serve: 'echo',
      command: null,
      serverVisible: true,
    },
    tests: [...tests],
    thresholds: [],
    comparison: null,
    ...over,
  }
}

/** `--test-type all`, everything in order. */
export function makePassingResult(): RunResult {
  return makeResult([makeThroughputTest(), makeStormTest(), makeSustainedTest()])
}

/** A gate on a sustained run: one threshold holds, one fails; 2 % of the messages are lost. */
export function makeFailedGate(): RunResult {
  const test = makeSustainedTest()
  const lost = 40
  const response = distribute(2_000 - lost, 300, 1_500, lost)
  const errors: ErrorCount[] = [
    { class: 'no-reply', detail: '', count: 38, firstAtUs: 4_200_000 },
    { class: 'close-code', detail: '1011 internal error', count: 2, firstAtUs: 9_000_000 },
  ]
  const failed: TestResult = {
    ...test,
    metrics: { ...test.metrics, ...messageMetrics(2_000, 2_000 - lost, 20), response_time: response.metric },
    histograms: { ...test.histograms, response_time: response.histogram },
    errors,
    closeCodes: { '1000': 98, '1011': 2 },
  }
  return makeResult([failed], {
    exitCode: 99,
    target: {
      ...makeResult([]).target,
      url: 'ws://api.example.com/ws',
      urls: ['ws://api.example.com/ws'],
      demo: false,
      serve: null,
    },
    thresholds: [
      {
        expression: 'response_time:p(99)<200ms',
        test: 'sustained',
        metric: 'response_time',
        aggregation: 'p(99)',
        value: null,
        limit: 200_000,
        unit: 'us',
        result: 'fail',
        note: '> timeout',
      },
      {
        expression: 'error_ratio<5%',
        test: 'sustained',
        metric: 'error_ratio',
        aggregation: 'value',
        value: 0.02,
        limit: 0.05,
        unit: 'ratio',
        result: 'pass',
        note: '',
      },
    ],
  })
}

/** Interrupted within the first second of the hold of the first test of `all`. */
export function makeAbortedResult(): RunResult {
  const test = makeThroughputTest()
  const response = distribute(9_000, 2_500, 9_000)
  const aborted: TestResult = {
    ...test,
    status: 'aborted',
    phases: { connectUs: 10_200, warmupUs: 1_000_000, holdUs: 240_000, drainUs: 6_000 },
    metrics: {
      ...test.metrics,
      ...messageMetrics(9_000, 9_000, 0.24),
      messages_received: counter(9_000, 'count', 37_500),
      service_time: response.metric,
      response_time: response.metric,
      server_cpu: gauge(null, 'percent'),
      generator_cpu: gauge(null, 'percent'),
    },
    intervals: test.intervals.slice(0, 2),
    histograms: { response_time: response.histogram },
    fairness: null,
    findings: [],
    latencyTrend: null,
    warnings: [
      { code: 'short-hold', message: 'the hold lasted 0.24 s: rates are rough, CPU was not measured' },
    ],
    published: test.published.map((row) => ({ ...row, differences: [...row.differences, 'hold under 1 s'] })),
  }
  return makeResult([aborted], { status: 'aborted', exitCode: 130 })
}

/** Nothing listens there: no connection, no message, no sample. */
export function makeEmptyResult(): RunResult {
  const test = makeThroughputTest()
  const { metrics } = connectMetrics(100, 100)
  const none = distribute(0, 0, 0).metric
  const empty: TestResult = {
    ...test,
    status: 'failed',
    phases: { connectUs: 12_000, warmupUs: null, holdUs: null, drainUs: null },
    validity: { state: 'valid', limitedBy: 'unknown', reasons: [] },
    metrics: {
      ...metrics,
      ...messageMetrics(0, 0, 0),
      service_time: none,
      response_time: none,
      ...resources(false, 0),
    },
    errors: [{ class: 'refused', detail: 'ECONNREFUSED', count: 100, firstAtUs: 800 }],
    closeCodes: {},
    intervals: [],
    histograms: {},
    slowest: [],
    fairness: null,
    findings: [],
    latencyTrend: null,
    published: [],
  }
  const base = makeResult([empty])
  return {
    ...base,
    status: 'failed',
    exitCode: 3,
    summary: { ...base.summary, p50Us: null, p99Us: null, p999Us: null, serverRssPeakBytes: null },
    target: {
      ...base.target,
      url: 'ws://127.0.0.1:9/',
      urls: ['ws://127.0.0.1:9/'],
      demo: false,
      serve: null,
      serverVisible: false,
    },
  }
}
