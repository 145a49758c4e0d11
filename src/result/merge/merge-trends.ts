/** Distributions of several results as one. */
import { lowestOf, mergeTrends, type TrendSnapshot } from '../../record/trend.ts'
import { encodeHistogram, toTrendMetric } from '../histogram.ts'
import { readCounts } from '../read-counts.ts'
import type { TestResult, TrendMetric } from '../run-result.ts'

/** The least and greatest value and the sum are exact where a metric stands beside the histogram. */
export function trendOf(base64: string, metric: TrendMetric | null): TrendSnapshot | null {
  if (base64 === '') return null
  const counts = readCounts(base64)
  const first = counts.findIndex((count) => count > 0)
  if (first === -1) return null
  const last = counts.findLastIndex((count) => count > 0)
  let count = 0
  let middles = 0
  for (let slot = first; slot <= last; slot++) {
    count += counts[slot]!
    middles += (counts[slot]! * (lowestOf(slot) + lowestOf(slot + 1) - 1)) / 2
  }
  return {
    counts,
    sum: metric?.mean == null ? middles : metric.mean * count,
    min: metric?.min ?? lowestOf(first),
    max: metric?.max ?? lowestOf(last + 1) - 1,
    clamped: metric?.clamped ?? 0,
  }
}

/** Everything in one; null: no sample. */
export function mergeAll(trends: readonly (TrendSnapshot | null)[]): TrendSnapshot | null {
  return trends.reduce<TrendSnapshot | null>((sum, trend) => mergeTrends(sum, trend), null)
}

/** A trend of all tests. `isWhole`: every distribution is kept; else its percentiles are null. */
export function mergeTrendMetrics(
  tests: readonly TestResult[],
  name: string,
): { readonly metric: TrendMetric; readonly isWhole: boolean } {
  const metrics = tests.flatMap(({ metrics }) => (metrics[name]?.type === 'trend' ? [metrics[name]] : []))
  const lost = metrics.reduce((sum, metric) => sum + metric.lost, 0)
  const isKept = tests.every(({ histograms, metrics }) => {
    const metric = metrics[name]
    return metric?.type === 'trend' && (metric.count === 0 || Boolean(histograms[name]))
  })
  if (!isKept) return { metric: withoutPercentiles(metrics, lost), isWhole: false }
  const trends = tests.map(({ histograms, metrics }) =>
    trendOf(histograms[name] ?? '', metrics[name] as TrendMetric),
  )
  return { metric: toTrendMetric(mergeAll(trends), lost), isWhole: true }
}

/** Those that every result has which has samples of them. */
export function mergeHistograms(tests: readonly TestResult[]): TestResult['histograms'] {
  const names = new Set(tests.flatMap(({ histograms }) => Object.keys(histograms)))
  const merged: TestResult['histograms'] = {}
  for (const name of names) {
    const trends = tests.map(({ histograms, metrics }) => {
      const metric = metrics[name]?.type === 'trend' ? metrics[name] : null
      const trend = trendOf(histograms[name] ?? '', metric)
      return { trend, isMissing: trend === null && metric !== null && metric.count > 0 }
    })
    const all = mergeAll(trends.map(({ trend }) => trend))
    if (all !== null && !trends.some(({ isMissing }) => isMissing))
      merged[name] = encodeHistogram(all.counts, all.min, all.max)
  }
  return merged
}

function withoutPercentiles(metrics: readonly TrendMetric[], lost: number): TrendMetric {
  const count = metrics.reduce((sum, metric) => sum + metric.count, 0)
  const sum = metrics.reduce((total, metric) => total + (metric.mean ?? 0) * metric.count, 0)
  const known = metrics.filter((metric) => metric.count > 0)
  const none = 'none' as const
  return {
    type: 'trend',
    unit: 'us',
    count,
    lost,
    clamped: metrics.reduce((total, metric) => total + metric.clamped, 0),
    min: leastOf(known.map(({ min }) => min)),
    mean: count === 0 ? null : Math.round(sum / count),
    stddev: null,
    p50: null,
    p90: null,
    p95: null,
    p99: null,
    p999: null,
    max: greatestOf(known.map(({ max }) => max)),
    marks: { p50: none, p90: none, p95: none, p99: none, p999: none },
  }
}

/** Of those that are known; null: none is. */
export function greatestOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

export function leastOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Null when one of them is not known: the sum of the others is not it. */
export function sumOf(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0)
}
