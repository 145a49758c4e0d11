/** How long connections lasted that the server ended: is there one length that most of them have, as a timeout makes it? */
import { lowestOf, slotOf, type TrendSnapshot } from '../record/trend.ts'

/** Ends of one timeout lie this close together. */
const WINDOW_US = 1_000_000

export interface CommonLifetime {
  /** Of those that have it: the shortest (a timeout fires late, never early) and the longest. */
  readonly lowUs: number
  readonly highUs: number
  readonly count: number
  readonly total: number
}

/** The second in which most lifetimes lie; null without any. `unitUs`: what the trend's values stand for. */
export function findCommonLifetime(trend: TrendSnapshot | null, unitUs: number): CommonLifetime | null {
  if (trend === null) return null
  const bins: { low: number; high: number; count: number }[] = []
  for (let slot = slotOf(trend.min); slot <= slotOf(trend.max); slot++) {
    const count = trend.counts[slot]!
    if (count === 0) continue
    const low = Math.max(trend.min, lowestOf(slot))
    bins.push({ low: low * unitUs, high: Math.min(trend.max, lowestOf(slot + 1) - 1) * unitUs, count })
  }
  const total = bins.reduce((sum, { count }) => sum + count, 0)
  let best: CommonLifetime | null = null
  let from = 0
  let inWindow = 0
  for (const { low, high, count } of bins) {
    inWindow += count
    while (low - bins[from]!.low > WINDOW_US) inWindow -= bins[from++]!.count
    if (best === null || inWindow > best.count)
      best = { lowUs: bins[from]!.low, highUs: high, count: inWindow, total }
  }
  return best
}
