/** The whole result from its tests. Thresholds and the exit code are filled in by who asked for them. */

import { EXIT } from '../errors.ts'
import type { RunPlan } from '../plan/plan.ts'
import { redactUrl } from '../plan/target-url.ts'
import { viewPlan } from '../plan/view.ts'
import { headlineIndex, headlineRate, headlineTrend, kindOf } from './headline.ts'
import type { RunResult, TestResult, TrendMetric } from './run-result.ts'
import { SCHEMA_VERSION, TOOL } from './tool.ts'

export interface Assembly {
  readonly plan: RunPlan
  readonly tests: readonly TestResult[]
  readonly environment: RunResult['environment']
  readonly startedAt: Date
  readonly finishedAt: Date
  /** Of the demo server; null: the target is somebody else's. */
  readonly demoUrl: string | null
  readonly serverVisible: boolean
}

export function assembleResult({
  plan,
  tests,
  environment,
  startedAt,
  finishedAt,
  demoUrl,
  serverVisible,
}: Assembly): RunResult {
  const target = plan.tests[0]!.target
  const urls = demoUrl === null ? target.urls.map(redactUrl) : [demoUrl]
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: TOOL,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    status: worstStatus(plan, tests),
    exitCode: EXIT.passed,
    summary: summarize(tests),
    environment,
    target: {
      url: urls[0] ?? '',
      urls,
      dialect: viewPlan(plan.tests[0]!).groups[0]?.dialect ?? '',
      demo: demoUrl !== null,
      serve: demoUrl === null ? null : (target.serve ?? []).join(' '),
      // The arguments stay out: they may hold a password.
      command: target.command?.[0] ?? null,
      serverVisible,
    },
    tests: [...tests],
    thresholds: [],
    comparison: null,
  }
}

function worstStatus(plan: RunPlan, tests: readonly TestResult[]): RunResult['status'] {
  const states = tests.map((test) => test.status)
  if (states.includes('failed')) return 'failed'
  return states.includes('aborted') || tests.length < plan.tests.length ? 'aborted' : 'completed'
}

/** Flat, of all tests. */
export function summarize(tests: readonly TestResult[]): RunResult['summary'] {
  const head = tests[headlineIndex(tests)]
  const trend = head?.metrics[headlineTrend(kindOf(head))]
  const figures: TrendMetric | null = trend?.type === 'trend' ? trend : null
  const rate = head?.metrics[headlineRate(head.testType) ?? '']
  const states = tests.map((test) => test.validity.state)
  const errorRatio = mergeRatios(tests, 'error_ratio')
  return {
    validity: states.includes('invalid')
      ? 'invalid'
      : states.includes('generator-limited')
        ? 'generator-limited'
        : 'valid',
    limitedBy: head?.validity.limitedBy ?? 'unknown',
    messagesPerSecond: rate?.type === 'counter' ? rate.rate : null,
    p50Us: figures?.p50 ?? null,
    p99Us: figures?.p99 ?? null,
    p999Us: figures?.p999 ?? null,
    messagesSent: sumCounter(tests, 'messages_sent'),
    messagesReceived: sumCounter(tests, 'messages_received'),
    errors: tests.flatMap((test) => test.errors).reduce((sum, error) => sum + error.count, 0),
    errorRatio,
    ...summarizeFanOut(tests.filter((test) => test.plan.fanOut !== null)),
    connectionsAttempted: sumCounter(tests, 'connections_attempted'),
    connectionsOpened: sumCounter(tests, 'connections_opened'),
    connectionsFailed: sumCounter(tests, 'connections_failed'),
    serverRssPeakBytes: greatestGauge(tests, 'server_rss'),
    generatorRssPeakBytes: greatestGauge(tests, 'generator_rss'),
    thresholdsFailed: 0,
  }
}

type FanOutSummary = Pick<
  RunResult['summary'],
  'reach' | 'lost' | 'duplicated' | 'misrouted' | 'amplification'
>

function summarizeFanOut(tests: readonly TestResult[]): FanOutSummary {
  if (tests.length === 0)
    return { reach: null, lost: null, duplicated: null, misrouted: null, amplification: null }
  const sent = sumCounter(tests, 'messages_sent')
  const isKnown = (name: string): boolean =>
    tests.every(({ metrics }) => metrics[name]?.type === 'counter' && metrics[name].count !== null)
  const count = (name: string): number | null => (isKnown(name) ? sumCounter(tests, name) : null)
  return {
    reach: isKnown('deliveries_lost') ? mergeRatios(tests, 'delivery_ratio') : null,
    lost: count('deliveries_lost'),
    duplicated: count('messages_duplicated'),
    misrouted: count('messages_misrouted'),
    amplification: sent === 0 ? null : sumCounter(tests, 'deliveries_received') / sent,
  }
}

function sumCounter(tests: readonly TestResult[], name: string): number {
  return tests.reduce(
    (sum, { metrics }) => sum + (metrics[name]?.type === 'counter' ? (metrics[name].count ?? 0) : 0),
    0,
  )
}

function mergeRatios(tests: readonly TestResult[], name: string): number | null {
  const ratios = tests.map(({ metrics }) => metrics[name]).filter((metric) => metric?.type === 'ratio')
  const denominator = ratios.reduce((sum, metric) => sum + metric.denominator, 0)
  return denominator === 0 ? null : ratios.reduce((sum, metric) => sum + metric.numerator, 0) / denominator
}

function greatestGauge(tests: readonly TestResult[], name: string): number | null {
  const values = tests.flatMap(({ metrics }) =>
    metrics[name]?.type === 'gauge' ? (metrics[name].value ?? []) : [],
  )
  return values.length === 0 ? null : Math.max(...values)
}
