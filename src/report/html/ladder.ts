/** The ladder of percentiles of a distribution, as cells of a table. */
import { decodeHistogram, percentilesUs } from '../../result/histogram.ts'
import type { TestResult } from '../../result/run-result.ts'
import { formatCount, formatDurationUs, formatPercentileUs, NONE } from '../format.ts'
import { findTrend, type PercentileKey, showPercentile, timeoutOf } from '../test-figures.ts'

export const STEPS = [50, 75, 90, 95, 99, 99.9, 99.99]

const KEYS: Readonly<Record<number, PercentileKey>> = {
  50: 'p50',
  90: 'p90',
  95: 'p95',
  99: 'p99',
  99.9: 'p999',
}

/** Name, percentiles, the greatest and how many; where the result has no histogram, the percentiles that it names. */
export function ladderRow(test: TestResult, name: string, label: string): string[] {
  const trend = findTrend(test, name)
  const base64 = test.histograms[name] ?? ''
  return [
    label,
    ...(base64 === '' ? namedSteps(test, name) : allSteps(test, name, base64)),
    formatDurationUs(trend?.max ?? null),
    formatCount(trend?.count ?? null),
  ]
}

function allSteps(test: TestResult, name: string, base64: string): string[] {
  const trend = findTrend(test, name)
  const histogram = decodeHistogram(base64)
  if (trend !== null && trend.max !== null) histogram.maxValue = trend.max
  return percentilesUs(histogram, STEPS, trend?.lost ?? 0).map(({ valueUs, mark }) =>
    formatPercentileUs(valueUs, mark, timeoutOf(test, name)),
  )
}

function namedSteps(test: TestResult, name: string): string[] {
  return STEPS.map((step) => {
    const key = KEYS[step]
    return key === undefined ? NONE : showPercentile(test, name, key)
  })
}
