/** Intervals and windows of several generators as those of one. */
import { countSamples, type TrendSnapshot } from '../../record/trend.ts'
import { encodeHistogram } from '../histogram.ts'
import { type IntervalFigures, percentilesOf } from '../interval-figures.ts'
import { findLatencyTrend } from '../latency-trend.ts'
import type { Interval, LatencyWindows, TestResult } from '../run-result.ts'
import type { MergeFacts } from './merge-metrics.ts'
import { greatestOf, mergeAll, sumOf, trendOf } from './merge-trends.ts'
import { alignSpans } from './timeline.ts'

/**
 * Rows of one time. What adds up is added, the greatest is the greatest; percentiles are those of all samples where the
 * windows of a hold are as fine as its intervals, else null.
 */
export function mergeIntervals(
  tests: readonly TestResult[],
  offsetsUs: readonly number[],
  { sameServer }: MergeFacts,
): Interval[] {
  const windows = tests.map(windowsByEnd)
  const rows = alignSpans(tests, offsetsUs, ({ intervals }) =>
    intervals.map((interval) => ({
      fromUs: interval.atUs - interval.durationUs,
      toUs: interval.atUs,
      item: interval,
    })),
  )
  return rows.map(({ fromUs, toUs, parts }) => {
    const members = parts.flatMap((intervals, index) =>
      intervals.map((interval) => ({ interval, trend: windows[index]!.get(interval.atUs) ?? null })),
    )
    const all = members.map(({ interval }) => interval)
    // Of each generator what stood at the end, or the greatest.
    const ofEach = <T>(pick: (intervals: readonly Interval[]) => T): T[] =>
      parts.filter((intervals) => intervals.length > 0).map(pick)
    const greatestOfEach = (key: 'generatorRssBytes' | 'generatorCpuPercent'): (number | null)[] =>
      ofEach((intervals) => greatestOf(intervals.map((interval) => interval[key])))
    const ofServer = (key: 'serverRssBytes' | 'serverCpuPercent'): number | null =>
      sameServer ? greatestOf(all.map((interval) => interval[key])) : null
    return {
      atUs: Math.round(toUs),
      durationUs: Math.round(toUs - fromUs),
      phase: all[0]!.phase,
      connectionsOpen: total(ofEach((intervals) => intervals.at(-1)!.connectionsOpen)),
      connectionsFailed: total(ofEach((intervals) => intervals.at(-1)!.connectionsFailed)),
      sent: total(all.map(({ sent }) => sent)),
      received: total(all.map(({ received }) => received)),
      lost: total(all.map(({ lost }) => lost)),
      deliveriesExpected: sumOf(all.map(({ deliveriesExpected }) => deliveriesExpected)),
      errors: sumCounts(all.map(({ errors }) => errors)),
      closeCodes: sumCounts(all.map(({ closeCodes }) => closeCodes)),
      ...figuresOf(members),
      serviceP50Us: null,
      serviceP99Us: null,
      serviceP999Us: null,
      pacerLagP99Us: null,
      loopBusy: greatestOf(all.map(({ loopBusy }) => loopBusy)),
      generatorRssBytes: sumOf(greatestOfEach('generatorRssBytes')),
      generatorCpuPercent: sumOf(greatestOfEach('generatorCpuPercent')),
      serverRssBytes: ofServer('serverRssBytes'),
      serverCpuPercent: ofServer('serverCpuPercent'),
    }
  })
}

function figuresOf(
  members: readonly { readonly interval: Interval; readonly trend: TrendSnapshot | null }[],
): IntervalFigures {
  const maxUs = greatestOf(members.map(({ interval }) => interval.maxUs))
  const withSamples = members.filter(({ interval }) => interval.maxUs !== null)
  if (withSamples.some(({ trend }) => trend === null))
    return { p50Us: null, p99Us: null, p999Us: null, maxUs }
  return { ...percentilesOf(mergeAll(withSamples.map(({ trend }) => trend))), maxUs }
}

/** Of those windows that are one interval, by the interval's end. */
function windowsByEnd({ intervals, latencyWindows }: TestResult): Map<number, TrendSnapshot | null> {
  const byEnd = new Map(intervals.map((interval) => [interval.atUs, interval]))
  const found = new Map<number, TrendSnapshot | null>()
  for (const { fromUs, toUs, histogram } of latencyWindows?.windows ?? []) {
    const interval = byEnd.get(toUs)
    if (interval === undefined || Math.abs(toUs - interval.durationUs - fromUs) > ROUNDING_US) continue
    const trend = trendOf(histogram, null)
    found.set(toUs, trend === null ? null : { ...trend, max: interval.maxUs ?? trend.max })
  }
  return found
}
const ROUNDING_US = 2

/** Null when they are of different trends, or one has none. */
export function mergeWindows(
  tests: readonly TestResult[],
  offsetsUs: readonly number[],
): LatencyWindows | null {
  const [first] = tests.map(({ latencyWindows }) => latencyWindows)
  if (!first || tests.some(({ latencyWindows }) => latencyWindows?.metric !== first.metric)) return null
  const rows = alignSpans(tests, offsetsUs, ({ latencyWindows }) =>
    (latencyWindows?.windows ?? []).map((item) => ({ fromUs: item.fromUs, toUs: item.toUs, item })),
  )
  const windows = rows.map(({ fromUs, toUs, parts }) => {
    const trend = mergeAll(parts.flat().map(({ histogram }) => trendOf(histogram, null)))
    return {
      fromUs: Math.round(fromUs),
      toUs: Math.round(toUs),
      count: trend === null ? 0 : countSamples(trend),
      histogram: trend === null ? '' : encodeHistogram(trend.counts, trend.min, trend.max),
    }
  })
  return { metric: first.metric, windows }
}

export function trendOfWindows(windows: LatencyWindows | null): TestResult['latencyTrend'] {
  const seconds = (windows?.windows ?? []).flatMap(({ fromUs, toUs, histogram }) => {
    const trend = trendOf(histogram, null)
    return trend === null ? [] : [{ fromUs, toUs, trend }]
  })
  return findLatencyTrend(seconds, 0)
}

export function sumCounts(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const record of records)
    for (const [name, count] of Object.entries(record)) sums[name] = (sums[name] ?? 0) + count
  return sums
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
