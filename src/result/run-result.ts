/**
 * The result of a run: the contract that reports, thresholds, CI jobs and scripts read (`schemaVersion` 1).
 * Times are integer microseconds (`Us`), sizes bytes. What was not measured is null, never 0.
 * The JSON Schema shipped with the package is generated from here (result/write-schema.ts).
 */
import { z } from 'zod'
import { comparison } from './comparison-schema.ts'
import { floor } from './floor-schema.ts'
import { SCHEMA_VERSION } from './tool.ts'

const nullableNumber = z.number().nullable()

/** Why a percentile is what it is: `ok`; `few` (under ten samples beyond it); `none` (no sample beyond it: null); `timeout` (it falls among lost or unsent messages: null). */
const mark = z.enum(['ok', 'few', 'none', 'timeout'])
/** Whether a percentile can be believed, or why there is none. */
export type PercentileMark = z.infer<typeof mark>

const trend = z.object({
  type: z.literal('trend'),
  unit: z.literal('us'),
  count: z.number(),
  /** Messages that never got a reply or were not delivered (lost, unsent): they rank above every sample. */
  lost: z.number(),
  /** Samples over the highest trackable value (60 s; of lifetimes 16 h), counted at that value. */
  clamped: z.number(),
  min: nullableNumber,
  mean: nullableNumber,
  stddev: nullableNumber,
  p50: nullableNumber,
  p90: nullableNumber,
  p95: nullableNumber,
  p99: nullableNumber,
  p999: nullableNumber,
  max: nullableNumber,
  marks: z.object({ p50: mark, p90: mark, p95: mark, p99: mark, p999: mark }),
})
/** A distribution of times. */
export type TrendMetric = z.infer<typeof trend>

const counter = z.object({
  type: z.literal('counter'),
  unit: z.string(),
  /**
   * Null: cannot be told (duplicated and reordered replies when they are matched in order of arrival, deliveries that were
   * lost or under way when the run was interrupted, missed pushes without a promised interval, bytes sent when they are
   * compressed).
   */
  count: nullableNumber,
  /** Per second of the hold phase; null when the hold was too short or the counter is not of the hold. */
  rate: nullableNumber,
})
const gauge = z.object({
  type: z.literal('gauge'),
  unit: z.enum(['bytes', 'percent', 'us', 'ratio', 'count']),
  value: nullableNumber,
})
const ratio = z.object({
  type: z.literal('ratio'),
  value: nullableNumber,
  numerator: z.number(),
  denominator: z.number(),
})

const metric = z.discriminatedUnion('type', [trend, counter, gauge, ratio])
/** A figure, with the kind in `type`. */
export type Metric = z.infer<typeof metric>

const validityState = z.enum(['valid', 'generator-limited', 'invalid'])
/** Whether the figures can be believed. */
export type ValidityState = z.infer<typeof validityState>

const validity = z.object({
  state: validityState,
  limitedBy: z.enum(['server', 'generator', 'none', 'unknown']),
  /** What speaks for the state, most important first. `limit` is the constant that `value` was held against. */
  reasons: z.array(
    z.object({ code: z.string(), message: z.string(), value: nullableNumber, limit: nullableNumber }),
  ),
})
/** Whether the figures can be believed, what limited the run, and why. */
export type Validity = z.infer<typeof validity>

/**
 * One second of a run (the last may be shorter). P99 only over 1,000 samples or more, else null. At most 3,600: of a test
 * that is longer than an hour neighbours of one phase are one, to about equal lengths (of two phases, when both together last
 * less than a quarter of that: then the longer gives the name). There counts are sums, connections those at the end, maxUs
 * and memory the greatest, shares and CPU the mean over time, and percentiles are of all samples, within 1.6 %.
 */
const interval = z.object({
  /** End of the interval, since the run's start. */
  atUs: z.number(),
  durationUs: z.number(),
  phase: z.enum(['connect', 'warmup', 'hold', 'drain']),
  connectionsOpen: z.number(),
  connectionsFailed: z.number(),
  sent: z.number(),
  /** In a broadcast test deliveries, of push servers pushes. */
  received: z.number(),
  lost: z.number(),
  /** Deliveries that became due; null without fan-out. */
  deliveriesExpected: nullableNumber.default(null),
  /** Failures by class, of `errors` of the test. */
  errors: z.record(z.string(), z.number()).default({}),
  /** Connections that were open and that the server or the network ended; codes beyond 1014 are `other`. */
  closeCodes: z.record(z.string(), z.number()).default({}),
  p50Us: nullableNumber,
  p99Us: nullableNumber,
  /** Over 10,000 samples or more, else null. */
  p999Us: nullableNumber.default(null),
  maxUs: nullableNumber,
  /** Of service time, by the same rules; null without a rate: then the figures above are of it. */
  serviceP50Us: nullableNumber.default(null),
  serviceP99Us: nullableNumber.default(null),
  serviceP999Us: nullableNumber.default(null),
  pacerLagP99Us: nullableNumber,
  /** Busiest generator loop, 0..1. */
  loopBusy: nullableNumber,
  generatorRssBytes: nullableNumber,
  /** Per cent of one core. */
  generatorCpuPercent: nullableNumber,
  serverRssBytes: nullableNumber,
  serverCpuPercent: nullableNumber,
})
/** One second of a run, or several neighbours of one that is longer than an hour. */
export type Interval = z.infer<typeof interval>

const errorCount = z.object({
  class: z.string(),
  detail: z.string(),
  count: z.number(),
  firstAtUs: nullableNumber,
})
/** Failures of one kind. */
export type ErrorCount = z.infer<typeof errorCount>

const slowMessage = z.object({ client: z.number(), seq: z.number(), atUs: z.number(), latencyUs: z.number() })

/** Spread over connections: how evenly the server serves them. Null without replies. */
const fairness = z
  .object({
    connections: z.number(),
    repliesMin: z.number(),
    repliesP50: z.number(),
    repliesMax: z.number(),
    /** P50 of each connection (two buckets an octave: within 23 %), then the least, middle and greatest of those. */
    p50MinUs: z.number(),
    p50MedianUs: z.number(),
    p50MaxUs: z.number(),
  })
  .nullable()
/** How evenly the server served its connections; null without replies. */
export type Fairness = z.infer<typeof fairness>

/** Did P99 rise or fall over the hold, window by window? Null with fewer than 3 windows of enough samples. */
const latencyTrend = z
  .object({
    windows: z.array(
      z.object({ fromUs: z.number(), toUs: z.number(), count: z.number(), p99Us: z.number() }),
    ),
    /** Theil-Sen slope of P99 over time, µs a second. */
    slopeUsPerSec: z.number(),
    /** Kendall's tau test, two-sided at 5 %. */
    finding: z.enum(['rising', 'falling', 'level']),
  })
  .nullable()

/** Distributions of the headline's latency over the hold; null: nothing was recorded. */
const latencyWindows = z
  .object({
    /** Trend that they are of. */
    metric: z.string(),
    /** At most 60, each a second or more. */
    windows: z.array(
      z.object({
        fromUs: z.number(),
        toUs: z.number(),
        count: z.number(),
        /** HDR V2, compressed, base64. */
        histogram: z.string(),
      }),
    ),
  })
  .nullable()
/** The latency of the load in windows over time. */
export type LatencyWindows = z.infer<typeof latencyWindows>

/** One step of a capacity test. */
const step = z.object({
  /** Messages/s, connections, or connections a second: of what `plan.search` says. */
  load: z.number(),
  /** `limited`: this machine could not make the load, so nothing is known of the server. */
  outcome: z.enum(['met', 'missed', 'limited']),
  /** The objectives that did not hold with the value found, or why the step is not valid. */
  because: z.array(z.string()),
  connections: z.number(),
  /** Replies a second of the hold. */
  messagesPerSecond: nullableNumber,
  meanUs: nullableNumber,
  p50Us: nullableNumber,
  p99Us: nullableNumber,
  errorRatio: nullableNumber,
  serverCpuPercent: nullableNumber,
  serverRssBytes: nullableNumber,
  generatorBusy: nullableNumber,
})
/** One rate that a capacity test held, and whether the server carried it. */
export type Step = z.infer<typeof step>

/** The server after a cycle of a leak test, once it had settled; the first row is of before the first connection. */
const cycle = z.object({
  /** 0: before all. */
  cycle: z.number(),
  /** Since the run's start. */
  atUs: z.number(),
  /** How the clients had left; null: before all. */
  leave: z.enum(['clean', 'reset', 'silent']).nullable(),
  /** Opened so far. */
  connections: z.number(),
  /** Of those left open in silence so far. */
  silent: z.number(),
  /** Null: not visible. */
  serverRssBytes: nullableNumber,
  serverDescriptors: nullableNumber,
  serverThreads: nullableNumber,
  /** Open on our side when all of the cycle were connected, and the server's own count then and after the cycle; null: not asked for, or no answer. */
  openConnected: nullableNumber,
  countConnected: nullableNumber,
  countAfter: nullableNumber,
})
/** The server after a cycle of a leak test. */
export type Cycle = z.infer<typeof cycle>

/** What a test type was run to find out, as an answer in plain words. */
const finding = z.object({
  code: z.string(),
  /** Of the server: as one wants it, a fault, or it could not be told. */
  verdict: z.enum(['good', 'bad', 'unknown']),
  message: z.string(),
  /** The figure that the answer rests on, with its confidence range where there is one. */
  value: nullableNumber,
  unit: z.string(),
  low: nullableNumber,
  high: nullableNumber,
})
/** An answer of a test type in plain language. */
export type Finding = z.infer<typeof finding>

const publishedRow = z.object({
  system: z.string(),
  messagesPerSecond: z.number(),
  p99Us: z.number(),
  memoryBytes: z.number(),
  /** Ours ÷ theirs; null when not comparable or not measured. */
  ratios: z.object({ messagesPerSecond: nullableNumber, p99: nullableNumber, memory: nullableNumber }),
  comparable: z.boolean(),
  /** What differs in the conditions, in words. */
  differences: z.array(z.string()),
})
/** Figures of the documents beside the run. */
export type PublishedRow = z.infer<typeof publishedRow>

/** The plan as it is shown and kept: no secrets, templates unfilled. */
const planView = z.object({
  connections: z.number(),
  groups: z.array(
    z.object({
      name: z.string(),
      /** In a broadcast test publishers send, and everybody receives. */
      role: z.enum(['main', 'publisher', 'subscriber']),
      connections: z.number(),
      pacing: z.enum(['closed', 'open', 'silent']),
      inFlight: nullableNumber,
      /** Total over the group at the start and the end of its schedule; null unless open. */
      ratePerSec: nullableNumber,
      endRatePerSec: nullableNumber,
      arrival: z.enum(['constant', 'poisson']).nullable(),
      messagesEach: nullableNumber,
      durationUs: nullableNumber,
      dialect: z.string(),
      payload: z.string(),
      payloadBytes: nullableNumber,
      binary: z.boolean(),
      match: z.enum(['sequence', 'fifo']),
      /** It pings the server so often; null: never. */
      pingEveryUs: nullableNumber.default(null),
      /** It answers the server's pings. */
      answersPings: z.boolean().default(true),
      /** Bytes a second that it reads from the middle of the hold on; null: it reads all. */
      slowRead: nullableNumber.default(null),
      /** File name of the flow that its clients run; null: they send messages. */
      flow: z.string().nullable().default(null),
      /** How it comes back when its connection is lost; null: it does not. */
      reconnect: z
        .object({
          policy: z.enum(['now', 'fixed', 'exponential']),
          baseUs: z.number(),
          jitter: z.enum(['none', 'full']),
          maxRetries: z.number(),
        })
        .nullable()
        .default(null),
    }),
  ),
  /** Every message goes to a whole audience; null: to its sender alone. */
  fanOut: z.object({ audience: z.enum(['everyone', 'room']), rooms: z.number() }).nullable(),
  /** What the server sends by itself; null: nothing. `everyUs` null: no interval is promised. */
  push: z
    .object({ everyUs: nullableNumber, by: z.enum(['message', 'ping']), atOnce: z.boolean() })
    .nullable(),
  transport: z.enum(['websocket', 'event-stream']),
  /** How all connections are lost at once, so long after the start of the hold; null: they are left alone. */
  cut: z
    .object({ by: z.enum(['reset', 'command', 'watch']), afterUs: z.number() })
    .nullable()
    .default(null),
  /** Of a leak test: how clients leave, as many cycles each; `counts`: the server's own count is asked for. */
  leaving: z
    .object({ kinds: z.array(z.enum(['clean', 'reset', 'silent'])), counts: z.boolean() })
    .nullable()
    .default(null),
  connectRatePerSec: nullableNumber,
  connectConcurrency: z.number(),
  warmupUs: z.number(),
  cycles: z.number(),
  /** Of a capacity test: what was varied, and what each load was held against. */
  search: z
    .object({
      of: z.enum(['rate', 'connections', 'connect-rate']),
      from: z.number(),
      upTo: nullableNumber,
      precision: z.number(),
      repeats: z.number(),
      objectives: z.array(z.string()),
    })
    .nullable()
    .default(null),
  workers: z.number(),
  /** Over which the workers are spread: 1, or one each when one process may not open so many connections. */
  processes: z.number(),
  connectTimeoutUs: z.number(),
  replyTimeoutUs: z.number(),
  compress: z.boolean(),
  tls: z.boolean(),
  seed: z.number(),
})
/** The plan as it is shown and kept: no secrets, templates unfilled. */
export type PlanView = z.infer<typeof planView>

const testResult = z.object({
  testType: z.string(),
  plan: planView,
  status: z.enum(['completed', 'aborted', 'failed']),
  /** Measured lengths; hold is the denominator of every rate. */
  phases: z.object({
    connectUs: nullableNumber,
    warmupUs: nullableNumber,
    holdUs: nullableNumber,
    drainUs: nullableNumber,
  }),
  validity,
  metrics: z.record(z.string(), metric),
  errors: z.array(errorCount),
  /**
   * Connections that were open and then ended by the server or the network, by close code. 1006: without a Close frame.
   * `other`: private codes beyond the hundred that a worker keeps apart; the codes 1000 to 1014 always are.
   */
  closeCodes: z.record(z.string(), z.number()),
  intervals: z.array(interval),
  /** HDR V2, compressed, base64; a bucket's value is in µs. */
  histograms: z.record(z.string(), z.string()),
  slowest: z.array(slowMessage),
  fairness,
  latencyTrend,
  latencyWindows: latencyWindows.default(null),
  findings: z.array(finding).default([]),
  /** Of a capacity test, in the order in which they were run; else empty. */
  steps: z.array(step).default([]),
  /** Of a leak test, one after each cycle; else empty. */
  cycles: z.array(cycle).default([]),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  published: z.array(publishedRow),
})
/** What one test measured. */
export type TestResult = z.infer<typeof testResult>

const thresholdResult = z.object({
  expression: z.string(),
  /** Test of `all` it was held against. */
  test: z.string(),
  metric: z.string(),
  aggregation: z.string(),
  /** In the metric's own unit; null without data, or when the percentile falls among lost messages. */
  value: nullableNumber,
  limit: z.number(),
  unit: z.string(),
  result: z.enum(['pass', 'fail', 'no-data']),
  /** Why there is no value, in words; empty otherwise. */
  note: z.string(),
})
/** One threshold held against one test. */
export type ThresholdResult = z.infer<typeof thresholdResult>

export const runResult = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  tool: z.object({ name: z.string(), version: z.string() }),
  startedAt: z.string(),
  finishedAt: z.string(),
  status: z.enum(['completed', 'aborted', 'failed']),
  exitCode: z.number(),
  /** Flat, for scripts: of the headline test (throughput when there is one, else the first), errors over all tests. */
  summary: z.object({
    validity: validityState,
    limitedBy: z.enum(['server', 'generator', 'none', 'unknown']),
    /** Replies a second, in a broadcast test deliveries; null for storms and pushes. */
    messagesPerSecond: nullableNumber,
    /** Of the trend that the headline test is about (response, connect or delivery time, push jitter or interval). */
    p50Us: nullableNumber,
    p99Us: nullableNumber,
    p999Us: nullableNumber,
    messagesSent: z.number(),
    messagesReceived: z.number(),
    errors: z.number(),
    errorRatio: nullableNumber,
    /** Of all tests with fan-out, null without: deliveries received ÷ expected, and what became of the others. */
    reach: nullableNumber,
    lost: nullableNumber,
    duplicated: nullableNumber,
    misrouted: nullableNumber,
    /** Messages out ÷ in. */
    amplification: nullableNumber,
    connectionsAttempted: z.number(),
    connectionsOpened: z.number(),
    connectionsFailed: z.number(),
    serverRssPeakBytes: nullableNumber,
    generatorRssPeakBytes: nullableNumber,
    thresholdsFailed: z.number(),
  }),
  environment: z.object({
    node: z.string(),
    os: z.string(),
    cpuModel: z.string(),
    cpus: z.number(),
    /** Cores this process may run on. */
    cpusAllowed: nullableNumber,
    memoryBytes: z.number(),
    fdLimit: nullableNumber,
    portRange: z.tuple([z.number(), z.number()]).nullable(),
    ci: z.boolean(),
    /** What this machine's generator can do; null: not measured (`stress doctor --measure`). */
    floor: floor.nullable(),
  }),
  target: z.object({
    /** Without user, password, query values and tokens. */
    url: z.string(),
    urls: z.array(z.string()),
    dialect: z.string(),
    demo: z.boolean(),
    /** The demo server as `stress serve` takes it (`rooms --drop 1%`); null: somebody else's. */
    serve: z.string().nullable(),
    command: z.string().nullable(),
    serverVisible: z.boolean(),
  }),
  tests: z.array(testResult),
  thresholds: z.array(thresholdResult),
  /** Against the runs of `--baseline`; null: without. */
  comparison: comparison.nullable().default(null),
})
/** The whole result: what `--json` prints and `-o result.json` keeps. */
export type RunResult = z.infer<typeof runResult>
