/** Percentiles of one interval, which has fewer samples than a run: too few of them say nothing. */
import { countSamples, type TrendSnapshot } from '../record/trend.ts'
import { trendPercentileUs } from './histogram.ts'
import type { Interval } from './run-result.ts'

/** An interval's P99 needs this many samples. */
export const ENOUGH_FOR_P99 = 1000
/** And its P99.9 this many. */
export const ENOUGH_FOR_P999 = 10_000

export type IntervalFigures = Pick<Interval, 'p50Us' | 'p99Us' | 'p999Us' | 'maxUs'>

export function percentilesOf(trend: TrendSnapshot | null): IntervalFigures {
  if (trend === null) return { p50Us: null, p99Us: null, p999Us: null, maxUs: null }
  const count = countSamples(trend)
  return {
    p50Us: trendPercentileUs(trend, 50, 0).valueUs,
    p99Us: count < ENOUGH_FOR_P99 ? null : trendPercentileUs(trend, 99, 0).valueUs,
    p999Us: count < ENOUGH_FOR_P999 ? null : trendPercentileUs(trend, 99.9, 0).valueUs,
    maxUs: trend.max,
  }
}
