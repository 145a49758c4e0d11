/** Latency over time, second by second; where those have too few samples for a percentile, window by window. */
import { intervalTrend } from '../../result/headline.ts'
import { decodeHistogram, percentileUs } from '../../result/histogram.ts'
import type { Interval, TestResult } from '../../result/run-result.ts'
import { formatDurationUs } from '../format.ts'
import type { Chart } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import {
  chartOverTime,
  greatest,
  holdOf,
  least,
  middleSec,
  type OverTime,
  showMoment,
  showRange,
  tableOverTime,
} from './over-time.ts'

/** Beyond it the middle of a spread would lie flat on the axis. */
const MOST_FOR_LINEAR = 25

const TITLES = {
  response_time: 'Response time',
  service_time: 'Service time',
  delivery_time: 'Delivery time',
  push_interval: 'Time between pushes',
  ping_time: 'Ping time',
  flow_time: 'Time of a flow',
} as const

export function latencyChart(test: TestResult, { id, most }: ChartPlace): Chart | null {
  const { intervals } = test
  const windows = readWindows(test)
  const perInterval = (key: 'p99Us' | 'p999Us'): boolean => intervals.some((one) => one[key] !== null)
  const p99 = perInterval('p99Us') ? null : windows
  const p999 = perInterval('p999Us') ? null : windows
  // About as many windows as seconds: a line shows the same as steps, and crosses the others less.
  const style = windows.length > holdOf(intervals).length / 2 ? 'line' : 'step'
  const isResponse = intervals.some(({ serviceP50Us }) => serviceP50Us !== null)
  const prefix = isResponse ? 'response ' : ''
  const series: OverTime[] = [
    { label: 'max', tone: 'grey', style: 'dotted', pick: ({ maxUs }) => maxUs },
    windowed(`${prefix}P99.9`, 'navy', p999, 'p999Us', style),
    windowed(`${prefix}P99`, 'blue', p99, 'p99Us', style),
    { label: `${prefix}P50`, tone: 'sky', style: 'line', pick: ({ p50Us }) => p50Us },
    { label: 'service P99.9', tone: 'pink', style: 'dashed', pick: ({ serviceP999Us }) => serviceP999Us },
    { label: 'service P99', tone: 'orange', style: 'dashed', pick: ({ serviceP99Us }) => serviceP99Us },
    { label: 'service P50', tone: 'amber', style: 'dashed', pick: ({ serviceP50Us }) => serviceP50Us },
    { label: 'pacer lag P99', tone: 'green', style: 'dotted', pick: ({ pacerLagP99Us }) => pacerLagP99Us },
  ]
  const worst = greatest(intervals.map(({ maxUs }) => maxUs))
  const usual = least(intervals.map(({ p50Us }) => p50Us))
  const title = TITLES[intervalTrend(test.testType)]
  return chartOverTime(
    {
      id: `${id}-latency`,
      title: `${title} over time`,
      unit: 'us',
      log: worst !== null && usual !== null && worst / Math.max(1, usual) > MOST_FOR_LINEAR,
      group: id,
      most,
      summary: summarize(test, windows),
      table: tableOverTime(intervals, columnsOf(isResponse)),
    },
    intervals,
    series,
  )
}

interface Window {
  readonly fromSec: number
  readonly toSec: number
  readonly p99Us: number | null
  readonly p999Us: number | null
}

function readWindows({ latencyWindows }: TestResult): Window[] {
  return (latencyWindows?.windows ?? []).map(({ fromUs, toUs, histogram }) => {
    const decoded = decodeHistogram(histogram)
    return {
      fromSec: fromUs / 1e6,
      toSec: toUs / 1e6,
      p99Us: percentileUs(decoded, 99, 0).valueUs,
      p999Us: percentileUs(decoded, 99.9, 0).valueUs,
    }
  })
}

/** From the intervals, or from longer windows, whose value then holds for all intervals within. */
function windowed(
  label: string,
  tone: OverTime['tone'],
  windows: readonly Window[] | null,
  key: 'p99Us' | 'p999Us',
  style: 'line' | 'step',
): OverTime {
  if (windows === null) return { label, tone, style: 'line', pick: (interval) => interval[key] }
  const pick = (interval: Interval): number | null => {
    const at = middleSec(interval)
    if (interval.phase !== 'hold') return null
    return windows.find(({ fromSec, toSec }) => at >= fromSec && at <= toSec)?.[key] ?? null
  }
  return { label, tone, style, pick }
}

function columnsOf(isResponse: boolean) {
  const worst = (pick: (interval: Interval) => number | null) => (period: readonly Interval[]) =>
    formatDurationUs(greatest(period.map(pick)))
  return [
    { title: 'P50', show: worst(({ p50Us }) => p50Us) },
    { title: 'P99', show: worst(({ p99Us }) => p99Us) },
    { title: 'P99.9', show: worst(({ p999Us }) => p999Us) },
    { title: 'max', show: worst(({ maxUs }) => maxUs) },
    ...(isResponse
      ? [
          { title: 'service P50', show: worst(({ serviceP50Us }) => serviceP50Us) },
          { title: 'service P99', show: worst(({ serviceP99Us }) => serviceP99Us) },
          { title: 'pacer lag P99', show: worst(({ pacerLagP99Us }) => pacerLagP99Us) },
        ]
      : []),
  ]
}

function summarize(test: TestResult, windows: readonly Window[]): string {
  const hold = holdOf(test.intervals)
  const perSecond = hold.map(({ p99Us }) => p99Us)
  const known = perSecond.some((value) => value !== null) ? perSecond : windows.map(({ p99Us }) => p99Us)
  const worst = hold.reduce<Interval | null>(
    (found, one) => ((one.maxUs ?? -1) > (found?.maxUs ?? -1) ? one : found),
    null,
  )
  const high =
    worst?.maxUs == null
      ? ''
      : ` The longest took ${formatDurationUs(worst.maxUs)}, at ${showMoment(worst.atUs)}.`
  const range = showRange(least(known), greatest(known), formatDurationUs)
  const p99 = known.every((value) => value === null)
    ? 'There are too few samples for a P99 over time.'
    : `In the hold P99 was ${range}.`
  return `${p99}${high}`
}
