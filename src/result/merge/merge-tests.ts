/** The same test of several generators as one. */
import { keepSlowest } from '../../record/slowest.ts'
import { comparePublished } from '../published.ts'
import type { ErrorCount, PlanView, TestResult, Validity } from '../run-result.ts'
import { describeUnknown } from './describe-unknown.ts'
import { mergeIntervals, mergeWindows, sumCounts, trendOfWindows } from './merge-intervals.ts'
import { type MergeFacts, mergeMetrics } from './merge-metrics.ts'
import { greatestOf, leastOf, mergeHistograms, sumOf } from './merge-trends.ts'
import { loadsOverlap } from './timeline.ts'

/** `names`: of the generators, for what is said of one of them. */
export function mergeTests(
  tests: readonly TestResult[],
  names: readonly string[],
  offsetsUs: readonly number[],
  sameServer: boolean,
): TestResult {
  const [first] = tests
  if (first === undefined) throw new RangeError('no test to merge')
  const facts: MergeFacts = { sameServer, atOnce: loadsOverlap(tests, offsetsUs) }
  const { metrics, unknown } = mergeMetrics(tests, facts)
  const latencyWindows = mergeWindows(tests, offsetsUs)
  const merged: TestResult = {
    testType: first.testType,
    plan: mergePlans(tests.map(({ plan }) => plan)),
    status: worstOf(
      tests.map(({ status }) => status),
      ['failed', 'aborted', 'completed'],
    ),
    phases: {
      connectUs: greatestOf(tests.map(({ phases }) => phases.connectUs)),
      warmupUs: greatestOf(tests.map(({ phases }) => phases.warmupUs)),
      holdUs: greatestOf(tests.map(({ phases }) => phases.holdUs)),
      drainUs: greatestOf(tests.map(({ phases }) => phases.drainUs)),
    },
    validity: mergeValidity(tests, names),
    metrics,
    errors: mergeErrors(tests, offsetsUs),
    closeCodes: sumCounts(tests.map(({ closeCodes }) => closeCodes)),
    intervals: mergeIntervals(tests, offsetsUs, facts),
    histograms: mergeHistograms(tests),
    slowest: mergeSlowest(tests, offsetsUs),
    fairness: null,
    latencyTrend: trendOfWindows(latencyWindows),
    latencyWindows,
    findings: [],
    steps: [],
    cycles: [],
    warnings: [],
    published: [],
  }
  return { ...merged, warnings: mergeWarnings(tests, names, merged, unknown), published: compare(merged) }
}

/** What is dealt out to the generators adds up; the rest is the same for all. */
function mergePlans(plans: readonly PlanView[]): PlanView {
  const [first] = plans
  if (first === undefined) throw new RangeError('no plan to merge')
  const sum = (pick: (plan: PlanView) => number): number =>
    plans.reduce((total, plan) => total + pick(plan), 0)
  return {
    ...first,
    connections: sum((plan) => plan.connections),
    groups: first.groups.map((group, index) => ({
      ...group,
      connections: sum(({ groups }) => groups[index]!.connections),
      ratePerSec: sumOf(plans.map(({ groups }) => groups[index]!.ratePerSec)),
      endRatePerSec: sumOf(plans.map(({ groups }) => groups[index]!.endRatePerSec)),
    })),
    connectRatePerSec: sumOf(plans.map((plan) => plan.connectRatePerSec)),
    connectConcurrency: sum((plan) => plan.connectConcurrency),
    workers: sum((plan) => plan.workers),
    processes: sum((plan) => plan.processes),
  }
}

/** The worst, and why: the reasons of those that are so. */
function mergeValidity(tests: readonly TestResult[], names: readonly string[]): Validity {
  const states = ['invalid', 'generator-limited', 'valid'] as const
  const state = worstOf<Validity['state']>(
    tests.map(({ validity }) => validity.state),
    states,
  )
  const judged = tests.flatMap(({ validity }, index) =>
    validity.state === state ? [{ ...validity, name: names[index] ?? '' }] : [],
  )
  const order =
    state === 'valid'
      ? (['server', 'unknown', 'generator', 'none'] as const)
      : (['generator', 'unknown', 'server', 'none'] as const)
  return {
    state,
    limitedBy: worstOf<Validity['limitedBy']>(
      judged.map(({ limitedBy }) => limitedBy),
      order,
    ),
    reasons: judged.flatMap(({ reasons, name }) =>
      reasons.map((reason) => ({ ...reason, message: `${name}: ${reason.message}` })),
    ),
  }
}

function mergeErrors(tests: readonly TestResult[], offsetsUs: readonly number[]): ErrorCount[] {
  const merged = new Map<string, ErrorCount>()
  for (const [index, { errors }] of tests.entries())
    for (const error of errors) {
      const key = JSON.stringify([error.class, error.detail])
      const known = merged.get(key)
      const at = error.firstAtUs === null ? null : Math.round(error.firstAtUs + offsetsUs[index]!)
      const firstAtUs = leastOf([known?.firstAtUs ?? null, at])
      merged.set(key, { ...error, count: error.count + (known?.count ?? 0), firstAtUs })
    }
  return [...merged.values()].sort((a, b) => b.count - a.count)
}

/** The clients of the second generator are numbered behind those of the first. */
function mergeSlowest(tests: readonly TestResult[], offsetsUs: readonly number[]): TestResult['slowest'] {
  let before = 0
  return keepSlowest(
    tests.flatMap(({ slowest, plan }, index) => {
      const from = before
      before += plan.connections
      return slowest.map((message) => ({
        ...message,
        client: from + message.client,
        atUs: Math.round(message.atUs + offsetsUs[index]!),
      }))
    }),
  )
}

function mergeWarnings(
  tests: readonly TestResult[],
  names: readonly string[],
  merged: TestResult,
  unknown: readonly string[],
): TestResult['warnings'] {
  const known = new Map(
    tests.flatMap(({ warnings }) => warnings).map((warning) => [warning.message, warning]),
  )
  const missing = describeUnknown(tests, merged, unknown)
  return [
    { code: 'merged', message: `${tests.length} results as one: ${names.join(', ')}` },
    ...(missing === '' ? [] : [{ code: 'not-merged', message: `not known of all together: ${missing}` }]),
    ...known.values(),
  ]
}

function compare({ testType, plan, phases, metrics }: TestResult): TestResult['published'] {
  const { messages_received: received, response_time: response, server_rss: memory } = metrics
  return comparePublished({
    testType,
    connections: plan.connections,
    fanOut: plan.fanOut !== null,
    binary: plan.groups.some(({ binary }) => binary),
    compress: plan.compress,
    holdUs: phases.holdUs,
    messagesPerSecond: received?.type === 'counter' ? received.rate : null,
    p99Us: response?.type === 'trend' ? response.p99 : null,
    serverRssPeakBytes: memory?.type === 'gauge' ? memory.value : null,
  })
}

/** The first of `order` that is among the values. */
export function worstOf<T>(values: readonly T[], order: readonly T[]): T {
  return order.find((value) => values.includes(value)) ?? values[0]!
}
