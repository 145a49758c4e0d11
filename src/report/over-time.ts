/** A test's load phase over time: rate and latency, interval by interval. */
import { intervalTrend } from '../result/headline.ts'
import type { Interval, TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatCount, formatDurationUs, formatRate, formatSpanUs } from './format.ts'
import type { Paint } from './paint.ts'
import { sparkline } from './sparkline.ts'

/** Parts of a second that a phase begins and ends with say little. */
const LEAST_US = 500_000
const MOST = 50

interface Stretch {
  readonly durationUs: number
  readonly received: number
  readonly errors: number
  readonly p50Us: number | null
  readonly p99Us: number | null
  readonly maxUs: number | null
}

/** Sparklines with the least and the greatest value of what they show. Empty with fewer than three intervals. */
export function overTimeLines(test: TestResult, width: number, paint: Paint): string[] {
  const intervals = test.intervals.filter(
    ({ phase, durationUs }) => phase === 'hold' && durationUs >= LEAST_US,
  )
  if (intervals.length < 3) return []
  const stretches = joinIntervals(intervals, Math.max(10, Math.min(MOST, width - 42)))
  const longest = Math.max(...stretches.map(({ durationUs }) => durationUs))
  const noun = NOUNS[intervalTrend(test.testType)] ?? 'msg/s'
  const rates = stretches.map(({ received, durationUs }) => (received * 1e6) / durationUs)
  const rows = [
    row(noun, rates, formatRate),
    row(
      'P50',
      stretches.map(({ p50Us }) => p50Us),
      formatDurationUs,
    ),
    row(
      'P99',
      stretches.map(({ p99Us }) => p99Us),
      formatDurationUs,
    ),
    row(
      'max',
      stretches.map(({ maxUs }) => maxUs),
      formatDurationUs,
    ),
    ...(stretches.some(({ errors }) => errors > 0)
      ? [
          row(
            'errors',
            stretches.map(({ errors }) => errors),
            formatCount,
          ),
        ]
      : []),
  ].filter((cells) => cells.length > 0)
  const each = formatSpanUs(Math.max(1, Math.round(longest / 1e6)) * 1e6)
  const columns = [
    words(test.testType),
    words(`over time, ${each} each`),
    numbers('least'),
    numbers('greatest'),
  ]
  return alignTable(columns, rows, paint.dim)
}

/** What a test's intervals count, where it is not messages. */
const NOUNS: Readonly<Record<string, string>> = { push_interval: 'pushes/s', ping_time: 'pongs/s' }

function row(
  name: string,
  values: readonly (number | null)[],
  format: (value: number | null) => string,
): string[] {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return []
  return [name, sparkline(values), format(Math.min(...known)), format(Math.max(...known))]
}

/** Neighbours together, so that there are no more than `most`: sums, of P50 the middle one, else the greatest. */
function joinIntervals(intervals: readonly Interval[], most: number): Stretch[] {
  const size = Math.ceil(intervals.length / most)
  return Array.from({ length: Math.ceil(intervals.length / size) }, (_, index) => {
    const part = intervals.slice(index * size, (index + 1) * size)
    const sum = (pick: (one: Interval) => number): number => part.reduce((total, one) => total + pick(one), 0)
    return {
      durationUs: sum((one) => one.durationUs),
      received: sum((one) => one.received),
      errors: sum((one) => Object.values(one.errors).reduce((total, count) => total + count, 0)),
      p50Us: middle(part.map((one) => one.p50Us)),
      p99Us: greatest(part.map((one) => one.p99Us)),
      maxUs: greatest(part.map((one) => one.maxUs)),
    }
  })
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function middle(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? null
}
