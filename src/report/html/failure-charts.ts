/** When errors came, and with which code connections were closed: counts of equally long stretches, one on the other. */
import type { Interval, TestResult } from '../../result/run-result.ts'
import { formatCount, formatPlural } from '../format.ts'
import { countErrors } from '../test-figures.ts'
import type { Chart, Series, Tone } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { listPhases, middleSec, roundTo, showMoment, tableOverTime } from './over-time.ts'

const MOST_BARS = 120
/** Kinds with a colour of their own; the others are one. */
const TONES: readonly Tone[] = ['orange', 'navy', 'pink', 'green', 'amber', 'sky']
const OTHERS = 'others'

type Counts = Readonly<Record<string, number>>

export function errorsChart(test: TestResult, { id: group }: ChartPlace): Chart | null {
  const known = new Set(test.errors.map((error) => error.class))
  // Of a broadcast test's errors those of a sender's own copy are among the lost deliveries.
  const nameOf = (name: string): string => (known.has(name) ? name : `${name} (own copy)`)
  const pick = ({ errors }: Interval): Counts =>
    Object.fromEntries(Object.entries(errors).map(([name, count]) => [nameOf(name), count]))
  const total = countErrors(test)
  return chartCounts(test, { id: `${group}-errors`, title: 'Errors over time', group }, pick, (counted) =>
    counted < total
      ? `Of ${formatPlural(total, 'error')} the time of ${formatCount(counted)} is known`
      : formatPlural(counted, 'error'),
  )
}

export function closeCodesChart(test: TestResult, { id: group }: ChartPlace): Chart | null {
  const naming = { id: `${group}-close-codes`, title: 'Close codes over time', group }
  return chartCounts(
    test,
    naming,
    ({ closeCodes }) => closeCodes,
    (counted) => `${formatPlural(counted, 'connection')} ended by the server or the network`,
  )
}

function chartCounts(
  { intervals }: TestResult,
  naming: Pick<Chart, 'id' | 'title' | 'group'>,
  pick: (interval: Interval) => Counts,
  describe: (counted: number) => string,
): Chart | null {
  const totals = Object.entries(sum(intervals.map(pick))).sort(([, a], [, b]) => b - a)
  if (totals.length === 0) return null
  const named = totals
    .slice(0, totals.length > TONES.length ? TONES.length - 1 : totals.length)
    .map(([name]) => name)
  const names = named.length < totals.length ? [...named, OTHERS] : named
  const gather = (of: readonly Interval[]): number[] => {
    const counts = sum(of.map(pick))
    const each = named.map((name) => counts[name] ?? 0)
    return names.length > named.length ? [...each, total(Object.values(counts)) - total(each)] : each
  }
  const bars = splitTime(intervals)
  const rows = bars.map(({ within }) => gather(within))
  const first = intervals.find((interval) => Object.keys(pick(interval)).length > 0)
  const kinds = names.map((name, index) => `${name} ${formatCount(total(rows.map((row) => row[index]!)))}`)
  return {
    ...naming,
    axis: 'time',
    unit: 'count',
    log: false,
    stacked: true,
    x: bars.map(({ atSec }) => atSec),
    series: names.map((label, index): Series => {
      return { label, tone: TONES[index]!, style: 'bars', values: rows.map((row) => row[index]!) }
    }),
    phases: listPhases(intervals),
    summary: `${describe(total(totals.map(([, count]) => count)))}, the first by ${showMoment(first?.atUs ?? 0)}: ${kinds.join(', ')}.`,
    table: tableOverTime(
      intervals,
      names.map((title, index) => ({ title, show: (period) => formatCount(gather(period)[index]!) })),
    ),
  }
}

interface Bar {
  readonly atSec: number
  readonly within: Interval[]
}

/** Stretches of a second or more, all of one length: bars of intervals would be as thin as the shortest of them. */
function splitTime(intervals: readonly Interval[]): Bar[] {
  const endSec = (intervals.at(-1)?.atUs ?? 0) / 1e6
  const widthSec = Math.max(1, Math.ceil(endSec / MOST_BARS))
  const bars = Array.from({ length: Math.max(1, Math.ceil(endSec / widthSec)) }, (_, index): Bar => {
    return { atSec: roundTo((index + 0.5) * widthSec, 1), within: [] }
  })
  for (const interval of intervals) {
    const index = Math.min(bars.length - 1, Math.floor(middleSec(interval) / widthSec))
    bars[Math.max(0, index)]!.within.push(interval)
  }
  return bars
}

function sum(list: readonly Counts[]): Counts {
  const sums: Record<string, number> = {}
  for (const counts of list)
    for (const [name, count] of Object.entries(counts)) if (count > 0) sums[name] = (sums[name] ?? 0) + count
  return sums
}

function total(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0)
}
