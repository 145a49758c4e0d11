/** What charts over time have in common: their x, the phases behind them, and a table of fewer rows. */
import type { Interval } from '../../result/run-result.ts'
import { type Column, numbers, words } from '../align-table.ts'
import { formatSpanUs, NONE } from '../format.ts'
import type { Chart, Phase, Series } from './chart.ts'
import { selectRows } from './select-rows.ts'
import type { DataTable } from './table.ts'

/** Of a table beside a chart. Who wants every second has the result's JSON. */
const MOST_ROWS = 30
/** Of shorter ones a rate says nothing (three messages in 4 ms are not 750 a second), nor does CPU, counted in 10 ms. */
const SHORTEST_FOR_RATE_US = 250_000

type Value = number | null

/** A series with its value in each interval. */
export type OverTime = Omit<Series, 'values'> & { readonly pick: (interval: Interval) => Value }

export interface TimeOptions extends Omit<Chart, 'axis' | 'x' | 'series' | 'phases' | 'stacked'> {
  /** Values of a series that is drawn. */
  readonly most: number
}

/** The chart of these series, those without a single value left out; null: there is nothing to draw. */
export function chartOverTime(
  { most, ...options }: TimeOptions,
  intervals: readonly Interval[],
  series: readonly OverTime[],
): Chart | null {
  const columns = series
    .map(({ pick, ...one }) => ({ ...one, values: intervals.map(pick) }))
    .filter(({ values }) => values.some((value) => value !== null))
  if (columns.length === 0 || intervals.length < 2) return null
  const rows = selectRows(
    columns.map(({ values }) => values),
    most,
  )
  return {
    ...options,
    axis: 'time',
    stacked: false,
    x: rows.map((row) => middleSec(intervals[row]!)),
    series: columns.map(({ values, ...one }) => ({ ...one, values: rows.map((row) => values[row]!) })),
    phases: listPhases(intervals),
  }
}

/** Neighbours of one phase as one. */
export function listPhases(intervals: readonly Interval[]): Phase[] {
  const phases: Phase[] = []
  for (const { atUs, durationUs, phase } of intervals) {
    const last = phases.at(-1)
    const toSec = toSeconds(atUs)
    if (last?.phase === phase) phases[phases.length - 1] = { ...last, toSec }
    else phases.push({ fromSec: last?.toSec ?? toSeconds(atUs - durationUs), toSec, phase })
  }
  return phases
}

/** What a cell of the table shows of the intervals that it stands for. */
export interface PeriodColumn {
  readonly title: string
  readonly show: (intervals: readonly Interval[]) => string
}

/** Intervals put together to at most 30 rows, each of one phase where that is possible. */
export function tableOverTime(intervals: readonly Interval[], columns: readonly PeriodColumn[]): DataTable {
  const size = Math.ceil(intervals.length / MOST_ROWS)
  const periods = Array.from({ length: Math.ceil(intervals.length / size) }, (_, index) =>
    intervals.slice(index * size, (index + 1) * size),
  )
  const heads: Column[] = [words('time'), words('phase'), ...columns.map(({ title }) => numbers(title))]
  return {
    columns: heads,
    rows: periods.map((period) => [
      showPeriod(period),
      [...new Set(period.map(({ phase }) => PHASE_NAMES[phase]))].join(', '),
      ...columns.map(({ show }) => show(period)),
    ]),
  }
}

export const PHASE_NAMES = { connect: 'connect', warmup: 'warm-up', hold: 'hold', drain: 'drain' } as const

/** A count as a rate; null where the interval is too short for one. */
export function perSecond(count: number | null, durationUs: number): Value {
  return count === null || durationUs < SHORTEST_FOR_RATE_US ? null : roundTo((count * 1e6) / durationUs, 1)
}

/** A share of the interval's time; null where that is too short for one. */
export function ifLong({ durationUs }: Interval, value: Value): Value {
  return durationUs < SHORTEST_FOR_RATE_US ? null : value
}

/** Counts of several intervals as one rate. */
export function rateOf(intervals: readonly Interval[], pick: (interval: Interval) => Value): Value {
  const known = intervals.flatMap((interval) => {
    const count = pick(interval)
    return count === null ? [] : [{ count, durationUs: interval.durationUs }]
  })
  const sum = (key: 'count' | 'durationUs'): number => known.reduce((total, one) => total + one[key], 0)
  return known.length === 0 ? null : perSecond(sum('count'), sum('durationUs'))
}

export function greatest(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b))
}

export function least(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b))
}

export function mean(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length
}

export function holdOf(intervals: readonly Interval[]): Interval[] {
  return intervals.filter(({ phase }) => phase === 'hold')
}

/** `3.8 to 4.1 ms` where the ends differ as shown, else the one of them. */
export function showRange(low: Value, high: Value, format: (value: Value) => string): string {
  const [from, to] = [format(low), format(high)]
  return from === to ? from : `${from} to ${to}`
}

/** Of the test, to a tenth of a second. */
export function showMoment(us: number): string {
  return formatSpanUs(Math.max(0, Math.round(us / 1e5) * 1e5)).replace(/^0 µs$/, '0 s')
}

export function middleSec({ atUs, durationUs }: Interval): number {
  return toSeconds(atUs - durationUs / 2)
}

export function roundTo(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

export function toSeconds(us: number): number {
  return Math.round(us / 1e3) / 1e3
}

function showPeriod(period: readonly Interval[]): string {
  const [first, last] = [period.at(0), period.at(-1)]
  if (first === undefined || last === undefined) return NONE
  return `${showMoment(first.atUs - first.durationUs)} – ${showMoment(last.atUs)}`
}
