/** How those who had lost their connection came back: when so many of them were, and how many tried at once. */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { unitOf } from '../record/series.ts'
import { lowestOf, slotOf, type TrendSnapshot, valueAtRank } from '../record/trend.ts'
import type { Metric } from './run-result.ts'

const SHARES = [50, 90, 99, 100] as const

/** Of the whole, and of each group. A share that never came back is null. */
export function deriveRecovery({ counters, trends }: RecorderSnapshot): Record<string, Metric> {
  const { reconnects_due: due, reconnects: back } = counters
  const backAt = (percent: number): number | null => {
    const rank = Math.ceil((percent / 100) * due)
    if (rank === 0 || rank > back || trends.back_at === null) return null
    return valueAtRank(trends.back_at, rank) * unitOf('back_at')
  }
  return {
    ...Object.fromEntries(
      SHARES.map((percent) => [
        `recovered_${percent}`,
        { type: 'gauge', unit: 'us', value: backAt(percent) },
      ]),
    ),
    reconnect_peak: { type: 'gauge', unit: 'count', value: findPeak(trends.reconnect_at) },
    return_ratio: { type: 'ratio', value: due > 0 ? back / due : null, numerator: back, denominator: due },
  }
}

/** Attempts a second in the tenth of a second that had most. */
function findPeak(trend: TrendSnapshot | null): number | null {
  if (trend === null) return null
  let peak = 0
  for (let slot = slotOf(trend.min); slot <= slotOf(trend.max); slot++) {
    const tenths = lowestOf(slot + 1) - lowestOf(slot)
    peak = Math.max(peak, (10 * trend.counts[slot]!) / tenths)
  }
  return peak
}
