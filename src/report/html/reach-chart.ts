/** Deliveries that were received of those that were due, second by second and so far. */
import { intervalTrend } from '../../result/headline.ts'
import type { Interval, TestResult } from '../../result/run-result.ts'
import { formatRatio } from '../format.ts'
import { reachLines } from '../reach-line.ts'
import type { Chart } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { chartOverTime, least, roundTo, tableOverTime } from './over-time.ts'

/** Where the axis begins when all is well: a thousandth must not look like a fall to nothing. */
const FLOOR_PERCENT = 90

export function reachChart(test: TestResult, { id, most }: ChartPlace): Chart | null {
  // Of other tests the intervals count replies.
  if (test.plan.fanOut === null || intervalTrend(test.testType) !== 'delivery_time') return null
  const reach = sumUp(test.intervals)
  const lowest = least([...reach.values()].map(({ now }) => now))
  return chartOverTime(
    {
      id: `${id}-reach`,
      title: 'Reach: deliveries received ÷ due',
      unit: 'percent',
      log: false,
      floor: FLOOR_PERCENT,
      group: id,
      most,
      summary: `${reachLines(test, Number.POSITIVE_INFINITY).join('; ').replaceAll(/ {2,}/g, ', ')}. The lowest of one second is ${formatRatio(lowest === null ? null : lowest / 100)}; a delivery that comes in the next second counts there.`,
      table: tableOverTime(test.intervals, [
        {
          title: 'due',
          show: (period) => String(sumOf(period, ({ deliveriesExpected }) => deliveriesExpected)),
        },
        { title: 'received', show: (period) => String(sumOf(period, ({ received }) => received)) },
        {
          title: 'reach',
          show: (period) => {
            const due = sumOf(period, ({ deliveriesExpected }) => deliveriesExpected)
            return formatRatio(due === 0 ? null : sumOf(period, ({ received }) => received) / due)
          },
        },
      ]),
    },
    test.intervals,
    [
      {
        label: 'so far',
        tone: 'blue',
        style: 'line',
        pick: (interval) => reach.get(interval)?.soFar ?? null,
      },
      {
        label: 'of this second',
        tone: 'sky',
        style: 'dotted',
        pick: (interval) => reach.get(interval)?.now ?? null,
      },
    ],
  )
}

interface Reach {
  /** Per cent. */
  readonly now: number | null
  readonly soFar: number | null
}

function sumUp(intervals: readonly Interval[]): Map<Interval, Reach> {
  let due = 0
  let received = 0
  const sums = new Map<Interval, Reach>()
  for (const interval of intervals) {
    // What is under way when the load ends comes in the drain.
    const expected = interval.deliveriesExpected ?? 0
    due += expected
    received += interval.received
    sums.set(interval, {
      now:
        interval.phase === 'hold' && expected > 0 ? roundTo((interval.received / expected) * 100, 2) : null,
      soFar:
        due > 0 && (interval.phase === 'hold' || interval.phase === 'drain')
          ? roundTo((received / due) * 100, 2)
          : null,
    })
  }
  return sums
}

function sumOf(intervals: readonly Interval[], pick: (interval: Interval) => number | null): number {
  return intervals.reduce((sum, interval) => sum + (pick(interval) ?? 0), 0)
}
