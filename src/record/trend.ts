/**
 * The hot side of an HDR histogram: counts in the index layout of hdr-histogram-js (lowest 1, highest 60,000,000,
 * 3 digits), recorded without a call into the library: 8 ns against 110. result/histogram.ts makes histograms of them.
 */

/** Slots of that layout; it tracks up to 67,108,863. */
export const SLOTS = 17_408
/** 60 s. What is over it is recorded as this, and counted. */
export const HIGHEST_US = 60_000_000

// Zeroed memory is an empty trend: the least value is kept as HIGHEST_US + 1 − min, the greatest as max + 1.
const SUM = 0
const MIN = 1
const MAX = 2
const CLAMPED = 3
const STATS = 4

export const TREND_BYTES = STATS * 8 + SLOTS * 4

/** Slot of an integer value in [0, 67,108,863]. */
export function slotOf(us: number): number {
  if (us < 2048) return us
  const shift = 21 - Math.clz32(us)
  return ((shift + 1) << 10) + (us >>> shift) - 1024
}

/** One distribution, over memory that another thread may read meanwhile. */
export class Trend {
  readonly counts: Uint32Array
  readonly #stats: Float64Array

  /** `offset`: a multiple of 8; TREND_BYTES from there are this trend's. */
  constructor(memory: ArrayBufferLike, offset: number) {
    this.#stats = new Float64Array(memory, offset, STATS)
    this.counts = new Uint32Array(memory, offset + STATS * 8, SLOTS)
  }

  /** Microseconds; fractions are cut off, negatives (clock rounding) count as 0. */
  record(us: number): void {
    const stats = this.#stats
    let value = HIGHEST_US
    if (us <= HIGHEST_US) value = us > 0 ? us | 0 : 0
    else stats[CLAMPED]!++
    this.counts[slotOf(value)]!++
    stats[SUM]! += value
    if (value >= stats[MAX]!) stats[MAX] = value + 1
    const below = HIGHEST_US + 1 - value
    if (below > stats[MIN]!) stats[MIN] = below
  }

  /** A copy as it stands; null when nothing was recorded. */
  snapshot(): TrendSnapshot | null {
    const stats = this.#stats
    if (stats[MAX] === 0) return null
    return {
      counts: this.counts.slice(),
      sum: stats[SUM]!,
      min: HIGHEST_US + 1 - stats[MIN]!,
      max: stats[MAX]! - 1,
      clamped: stats[CLAMPED]!,
    }
  }
}

/** Cumulative since the start of its phase. `min`, `max`, `sum` are exact, the counts to 3 digits. */
export interface TrendSnapshot {
  readonly counts: Uint32Array
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly clamped: number
}

/** The snapshot of both recorded into one. */
export function mergeTrends(a: TrendSnapshot | null, b: TrendSnapshot | null): TrendSnapshot | null {
  if (a === null || b === null) return a ?? b
  const counts = a.counts.slice()
  for (let slot = 0; slot < SLOTS; slot++) counts[slot]! += b.counts[slot]!
  return {
    counts,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    clamped: a.clamped + b.clamped,
  }
}

/** What was recorded between an earlier snapshot and a later one of the same trend; least and greatest to 3 digits. */
export function trendBetween(
  before: TrendSnapshot | null,
  after: TrendSnapshot | null,
): TrendSnapshot | null {
  if (before === null || after === null) return after
  const counts = after.counts.slice()
  let first = -1
  let last = -1
  for (let slot = slotOf(after.min); slot <= slotOf(after.max); slot++) {
    counts[slot]! -= before.counts[slot]!
    if (counts[slot] === 0) continue
    if (first === -1) first = slot
    last = slot
  }
  if (last === -1) return null
  return {
    counts,
    sum: after.sum - before.sum,
    min: after.min < before.min ? after.min : Math.max(after.min, lowestOf(first)),
    max: after.max > before.max ? after.max : Math.min(after.max, lowestOf(last + 1) - 1),
    clamped: after.clamped - before.clamped,
  }
}

/** Samples of a trend. Walks the slots in use only: the main thread does this once a second beside a busy generator. */
export function countSamples({ counts, min, max }: TrendSnapshot): number {
  let total = 0
  for (let slot = slotOf(min); slot <= slotOf(max); slot++) total += counts[slot]!
  return total
}

/** The value of that rank (1 is the least): the upper end of its slot, never above the greatest. */
export function valueAtRank({ counts, min, max }: TrendSnapshot, rank: number): number {
  let seen = 0
  for (let slot = slotOf(min); slot <= slotOf(max); slot++) {
    seen += counts[slot]!
    if (seen >= rank) return Math.min(max, lowestOf(slot + 1) - 1)
  }
  return max
}

/** Least value that a slot counts: the inverse of slotOf. */
export function lowestOf(slot: number): number {
  if (slot < 2048) return slot
  return ((slot & 1023) + 1024) * 2 ** ((slot >> 10) - 1)
}
