/** Trends that are recorded in a coarser unit than µs, because their times may be longer than a trend can hold. */
import { HIGHEST_US, lowestOf, SLOTS, slotOf, type TrendSnapshot } from '../record/trend.ts'

/** The same distribution in µs, to 3 digits; null when one of its times is over the highest that a trend holds (60 s). */
export function toMicroseconds(trend: TrendSnapshot | null, unitUs: number): TrendSnapshot | null {
  if (trend === null || unitUs === 1) return trend
  const [minUs, maxUs] = [trend.min * unitUs, trend.max * unitUs]
  if (trend.clamped > 0 || maxUs > HIGHEST_US) return null
  const counts = new Uint32Array(SLOTS)
  for (let slot = slotOf(trend.min); slot <= slotOf(trend.max); slot++) {
    const us = Math.min(maxUs, Math.max(minUs, lowestOf(slot) * unitUs))
    counts[slotOf(us)]! += trend.counts[slot]!
  }
  return { counts, sum: trend.sum * unitUs, min: minUs, max: maxUs, clamped: 0 }
}
