/** Messages a second over time: what was due, sent and received. */
import { isFanOutTest } from '../../plan/plan.ts'
import type { Interval, TestResult } from '../../result/run-result.ts'
import { formatRate } from '../format.ts'
import type { Chart } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import {
  chartOverTime,
  greatest,
  holdOf,
  least,
  listPhases,
  middleSec,
  type OverTime,
  perSecond,
  rateOf,
  showRange,
  tableOverTime,
} from './over-time.ts'

const NOUNS: Readonly<Record<string, string>> = { broadcast: 'Deliveries', push: 'Pushes' }

export function rateChart(test: TestResult, { id, most }: ChartPlace): Chart | null {
  const { intervals } = test
  if (intervals.every(({ sent, received }) => sent === 0 && received === 0)) return null
  const noun = NOUNS[test.testType] ?? 'Messages'
  const isDelivered = isFanOutTest(test.testType)
  const sends = test.plan.groups.some(({ pacing }) => pacing !== 'silent')
  const series: OverTime[] = [
    ...(sends && !isDelivered ? [line('sent', 'orange', 'dashed', (interval) => interval.sent)] : []),
    line('received', 'blue', 'line', (interval) => interval.received),
    ...(isDelivered
      ? [line('due', 'grey', 'dotted', (interval: Interval) => interval.deliveriesExpected)]
      : planned(test)),
  ]
  const rates = holdOf(intervals).map(({ received, durationUs }) => perSecond(received, durationUs))
  return chartOverTime(
    {
      id: `${id}-rate`,
      title: `${noun} per second`,
      unit: 'rate',
      log: false,
      group: id,
      most,
      summary: summarize(
        rates,
        rateOf(holdOf(intervals), ({ received }) => received),
      ),
      table: tableOverTime(intervals, [
        ...(sends ? [{ title: 'sent/s', show: showRate((interval) => interval.sent) }] : []),
        { title: 'received/s', show: showRate((interval) => interval.received) },
        ...(isDelivered
          ? [{ title: 'due/s', show: showRate((interval) => interval.deliveriesExpected) }]
          : []),
        {
          title: 'lost',
          show: (period) => formatRate(period.reduce((sum, { lost }) => sum + lost, 0)),
        },
      ]),
    },
    intervals,
    series,
  )
}

type Pick = (interval: Interval) => number | null

function line(label: string, tone: OverTime['tone'], style: OverTime['style'], count: Pick): OverTime {
  return {
    label,
    tone,
    style,
    area: style === 'line',
    pick: (interval) => perSecond(count(interval), interval.durationUs),
  }
}

function showRate(pick: Pick): (period: readonly Interval[]) => string {
  return (period) => formatRate(rateOf(period, pick))
}

/** What the schedule asks for, where the plan tells: one rate, or one ramp over the hold. */
function planned({ plan, intervals }: TestResult): OverTime[] {
  const open = plan.groups.filter(({ pacing }) => pacing === 'open')
  const hold = listPhases(intervals).find(({ phase }) => phase === 'hold')
  if (open.length === 0 || hold === undefined || plan.cycles > 1) return []
  const rateAt = (sec: number): number =>
    open.reduce((sum, { ratePerSec, endRatePerSec, durationUs }) => {
      const from = ratePerSec ?? 0
      const to = endRatePerSec ?? from
      const share = durationUs === null ? 0 : Math.min(1, ((sec - hold.fromSec) * 1e6) / durationUs)
      return sum + from + (to - from) * share
    }, 0)
  const pick = (interval: Interval): number | null =>
    interval.phase === 'hold' ? Math.round(rateAt(middleSec(interval)) * 10) / 10 : null
  return [{ label: 'due', tone: 'grey', style: 'dotted', pick }]
}

function summarize(rates: readonly (number | null)[], overall: number | null): string {
  if (overall === null) return 'The hold was too short for a rate.'
  const range = showRange(least(rates), greatest(rates), formatRate)
  return `In the hold ${formatRate(overall)} per second were received, second by second ${range}.`
}
