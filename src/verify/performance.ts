/** Short runs after the checks: does every message get its answer also when many clients speak at once. */
import { findDialect } from '../dialects/registry.ts'
import type { RunPlan } from '../plan/plan.ts'
import { formatCount, formatPercentileUs, formatRate } from '../report/format.ts'
import { headlineTrend, kindOf } from '../result/headline.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import type { CheckResult, Outcome } from './check.ts'
import type { VerifyTarget } from './lab.ts'

/** One run: its name, and what `stress run` is told beside the target. */
export interface Measurement {
  readonly name: string
  readonly options: readonly string[]
}

export interface PerformanceOptions {
  /** Its process on this machine; null: not known. */
  readonly serverPid: number | null
  /** Makes a plan from arguments of `stress run`. */
  readonly createPlan: (argv: readonly string[]) => Promise<RunPlan>
  readonly run: (plan: RunPlan, options: { signal: AbortSignal }) => Promise<RunResult>
  readonly signal: AbortSignal
  readonly onResult: (result: CheckResult) => void
}

const PUSH_SPAN_S = 3
const SHOWN_ERRORS = 3

/** The runs of a dialect; none where the server only speaks less often than a run lasts. */
export function listMeasurements({
  dialect,
  intervalMs,
}: Pick<VerifyTarget, 'dialect' | 'intervalMs'>): readonly Measurement[] {
  const { audience, push } = findDialect(dialect) ?? { audience: 'sender', push: undefined }
  if (audience !== 'nobody') {
    return [
      measurement('throughput', '50 connections x 10 messages', ['-c', '50', '-m', '10']),
      measurement('storm', '100 connections at once', ['-c', '100']),
      measurement('sustained', '30 connections for 3 s', ['-c', '30', '-d', '3s']),
    ]
  }
  const everyS = (intervalMs ?? (push?.everyUs ?? 0) / 1000) / 1000
  if (push?.by === 'ping' && everyS > PUSH_SPAN_S) return []
  const options = ['-c', '50', '-d', `${PUSH_SPAN_S}s`, '--push-interval', `${Math.round(everyS * 1000)}ms`]
  return [measurement('push', `50 connections for ${PUSH_SPAN_S} s`, options)]
}

/** Does the runs one after the other. */
export async function measurePerformance(
  measurements: readonly Measurement[],
  target: VerifyTarget,
  { serverPid, createPlan, run, signal, onResult }: PerformanceOptions,
): Promise<void> {
  for (const { name, options } of measurements) {
    const plan = await createPlan([...describeTarget(target, serverPid), ...options])
    const startMs = performance.now()
    const result = await run(plan, { signal })
    if (signal.aborted) return
    const outcome = judge(result)
    onResult({ suite: 'performance', name, outcome, durationMs: performance.now() - startMs })
  }
}

function measurement(testType: string, load: string, options: readonly string[]): Measurement {
  return { name: `${testType}, ${load}`, options: ['--test-type', testType, ...options] }
}

function describeTarget(target: VerifyTarget, serverPid: number | null): string[] {
  const { url, dialect, headers, insecure } = target
  return [
    url,
    `--dialect=${dialect}`,
    ...Object.entries(headers).map(([name, value]) => `--header=${name}: ${value}`),
    ...(insecure ? ['--insecure'] : []),
    ...describeTokens(target),
    ...(serverPid === null ? [] : [`--server-pid=${serverPid}`]),
  ]
}

/** Where a token has no place, one that was given all the same is not used. */
function describeTokens({ dialect, tokens, jwtSecret }: VerifyTarget): string[] {
  if (findDialect(dialect)?.tokenParameter === undefined) return []
  if (tokens.length > 0) return tokens.map((token) => `--token=${token}`)
  return jwtSecret === null ? [] : [`--jwt-secret=${jwtSecret}`]
}

function judge({ status, tests, summary }: RunResult): Outcome {
  const [test] = tests
  if (test === undefined || status !== 'completed' || summary.errors > 0 || summary.connectionsFailed > 0) {
    const expected = 'every connection open, and every message where it belongs'
    return { state: 'fail', expected, seen: describeErrors(test, summary.connectionsFailed) }
  }
  return { state: 'pass', figures: describeFigures(test, summary) }
}

function describeErrors(test: TestResult | undefined, connectionsFailed: number): string {
  const errors = (test?.errors ?? []).slice(0, SHOWN_ERRORS)
  const lines = errors.map(
    ({ class: name, detail, count }) =>
      `${formatCount(count)} x ${detail === '' ? name : `${name} (${detail})`}`,
  )
  const failed = connectionsFailed === 0 ? [] : [`${formatCount(connectionsFailed)} connections failed`]
  return [...failed, ...lines].join(', ') || 'a run that was not completed'
}

/** `31,200 msg/s, P50 0.8 ms, P99 2.1 ms`. */
function describeFigures(test: TestResult, { messagesPerSecond }: RunResult['summary']): string {
  const name = headlineTrend(kindOf(test))
  const trend = test.metrics[name]
  const rate = messagesPerSecond === null ? [] : [`${formatRate(messagesPerSecond)} msg/s`]
  const pushes = test.metrics.pushes_received
  if (test.plan.push !== null && pushes?.type === 'counter') rate.push(`${formatCount(pushes.count)} pushes`)
  if (trend?.type !== 'trend' || trend.count === 0) return rate.join(', ')
  const timeoutUs = test.plan.replyTimeoutUs
  const percentile = (key: 'p50' | 'p99'): string =>
    `${key.toUpperCase()} ${formatPercentileUs(trend[key], trend.marks[key], timeoutUs)}`
  return [...rate, `${name} ${percentile('p50')}, ${percentile('p99')}`].join(', ')
}
