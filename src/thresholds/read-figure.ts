/** One figure out of a test's result, as thresholds and comparisons name it. */
import { kindOf, type TestKind } from '../result/headline.ts'
import { decodeHistogram, percentileUs, samplesNeeded } from '../result/histogram.ts'
import type { Metric, TestResult, TrendMetric } from '../result/run-result.ts'
import { metricOf, type Threshold, tagMetric } from './grammar.ts'
import { KEPT_PERCENTILES } from './metric-catalog.ts'

/** A value, or why there is none; `isBeyond`: it lies above anything that could be measured, so the threshold fails. */
export interface Reading {
  readonly value: number | null
  readonly note: string
  readonly isBeyond: boolean
}

/** What is read: the left-hand side of a threshold. */
export type FigureName = Pick<Threshold, 'metric' | 'group' | 'step' | 'aggregation'>

/** The name in a result. */
export function keyOf(threshold: FigureName, kind: TestKind): string {
  return tagMetric(metricOf(threshold, kind), threshold)
}

/** Never throws: what is not there has a note that says why. */
export function readFigure(threshold: FigureName, test: TestResult): Reading {
  const { step } = threshold
  const name = tagMetric(metricOf(threshold, kindOf(test)), { group: null, step })
  // With one group the whole's figures are its own.
  const key = test.plan.groups.length === 1 ? name : keyOf(threshold, kindOf(test))
  const metric = test.metrics[key]
  if (metric === undefined && step !== null) return without(describeSteps(test))
  if (metric === undefined) return without(name.startsWith('server_') ? NO_SERVER : 'not measured')
  if (metric.type === 'trend') return readTrend(threshold, test, name, metric)
  const value = readPlain(metric, threshold.aggregation.kind === 'rate')
  if (value !== null) return { value, note: '', isBeyond: false }
  const isUnknown =
    metric.type === 'counter' ? metric.count === null : metric.type === 'ratio' && metric.denominator > 0
  if (isUnknown) return without(UNKNOWN[name] ?? 'not known')
  if (metric.type === 'counter') return without('no rate: the hold was too short')
  return without(name.startsWith('server_') ? NO_SERVER : 'not measured')
}
const IN_ORDER = 'not known: replies are matched in order of arrival'
const UNDER_WAY = 'not known: interrupted with deliveries under way'
const NO_PROMISE = 'not known: no interval is promised'
const UNKNOWN: Readonly<Record<string, string>> = {
  messages_duplicated: IN_ORDER,
  messages_reordered: IN_ORDER,
  deliveries_lost: UNDER_WAY,
  delivery_ratio: UNDER_WAY,
  pushes_expected: NO_PROMISE,
  pushes_missed: NO_PROMISE,
}
const NO_SERVER = 'the server is not visible (--server-pid, --server-metrics)'

function describeSteps({ metrics }: TestResult): string {
  const names = Object.keys(metrics).flatMap((name) => /^step_time\{step=(.*)\}$/.exec(name)?.[1] ?? [])
  return names.length === 0 ? 'no step was done' : `no such step was done; there are ${names.join(', ')}`
}

function readPlain(metric: Exclude<Metric, TrendMetric>, wantsRate: boolean): number | null {
  if (metric.type !== 'counter') return metric.value
  return wantsRate ? metric.rate : metric.count
}

function readTrend(threshold: FigureName, test: TestResult, name: string, trend: TrendMetric): Reading {
  const { aggregation } = threshold
  if (aggregation.kind === 'count') return { value: trend.count, note: '', isBeyond: false }
  if (trend.count === 0 && trend.lost === 0) return without('no samples')
  const beyond = { value: null, note: OF_FLOWS.test(name) ? FAILED : TIMEOUT, isBeyond: true }
  if (trend.count === 0) return beyond
  switch (aggregation.kind) {
    case 'percentile':
      return readPercentile(aggregation.percentile, test, name, trend)
    case 'med':
      return readPercentile(50, test, name, trend)
    case 'max':
      // Lost messages rank above every reply, so the greatest of all is not among the replies.
      return trend.lost > 0 ? beyond : { value: trend.max, note: '', isBeyond: false }
    case 'min':
      return { value: trend.min, note: '', isBeyond: false }
    default:
      return {
        value: trend.mean,
        note:
          trend.lost === 0
            ? ''
            : OF_FLOWS.test(name)
              ? `without ${trend.lost} that failed or were skipped`
              : `of replies only, ${trend.lost} lost`,
        isBeyond: false,
      }
  }
}
const TIMEOUT = '> timeout'
const LISTED = [...KEPT_PERCENTILES.keys()].map((percentile) => `p(${percentile})`).join(' ')
const HIGHEST_US = 60_000_000
const FAILED = 'among those that failed or were skipped'
const OF_FLOWS = /^(?:flow|step)_time/

function readPercentile(percentile: number, test: TestResult, name: string, trend: TrendMetric): Reading {
  const kept = KEPT_PERCENTILES.get(percentile)
  const { valueUs, mark } =
    kept === undefined
      ? computePercentile(percentile, test, name, trend)
      : { valueUs: trend[kept], mark: trend.marks[kept] }
  if (mark === 'timeout') return { value: null, note: OF_FLOWS.test(name) ? FAILED : TIMEOUT, isBeyond: true }
  if (valueUs === null) {
    // There is no histogram of what may be longer than one can hold.
    const isLong = kept === undefined && trend.max !== null && trend.max > HIGHEST_US
    if (isLong) return without(`of times over a minute only ${LISTED} are kept`)
    return without(
      `p(${percentile}) needs ${samplesNeeded(percentile)} samples, there are ${trend.count + trend.lost}`,
    )
  }
  return { value: valueUs, note: '', isBeyond: false }
}

function computePercentile(
  percentile: number,
  test: TestResult,
  name: string,
  trend: TrendMetric,
): ReturnType<typeof percentileUs> {
  // In a closed workload response time is service time, and may be kept once.
  const base64 =
    test.histograms[name] ?? (name === 'response_time' ? test.histograms.service_time : undefined)
  if (base64 === undefined) return { valueUs: null, mark: 'none' }
  const histogram = decodeHistogram(base64)
  if (trend.max !== null) histogram.maxValue = trend.max
  return percentileUs(histogram, percentile, trend.lost)
}

function without(note: string): Reading {
  return { value: null, note, isBeyond: false }
}
