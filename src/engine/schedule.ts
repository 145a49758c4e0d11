import type { Stage } from '../plan/plan.ts'

/**
 * When messages are due: pure arithmetic, no clock. With N(t) the integral of the rate over the stages, message n is
 * due at the t where N(t) = n, so nothing drifts and shards of one schedule interleave exactly.
 */
export interface Schedule {
  /** µs after the schedule's start; `n` may be a fraction (Poisson arrivals). Infinity when the rate ends at 0. */
  dueUs(n: number): number
  /** Messages due before `us`: rate × time, rounded up, as the first is due at the start. */
  countBefore(us: number): number
}

/** What rounding may add to an integral of `count` messages: 2,000/min for a minute are 2,000, and not one more. */
function roundingOf(count: number): number {
  return 1e-6 + count * 2 ** -51
}

interface Piece {
  /** Where it begins: messages and seconds. */
  readonly fromCount: number
  readonly fromSec: number
  readonly ratePerSec: number
  /** Change of the rate, per s². */
  readonly slope: number
}

export function createSchedule(stages: readonly Stage[]): Schedule {
  return new StagedSchedule(stages)
}

class StagedSchedule implements Schedule {
  readonly #pieces: readonly Piece[]

  constructor(stages: readonly Stage[]) {
    const pieces: Piece[] = []
    let count = 0
    let sec = 0
    for (const { fromPerSec, toPerSec, durationUs } of stages) {
      const length = durationUs / 1e6
      if (length > 0) {
        const slope = (toPerSec - fromPerSec) / length
        pieces.push({ fromCount: count, fromSec: sec, ratePerSec: fromPerSec, slope })
      }
      count += ((fromPerSec + toPerSec) / 2) * length
      sec += length
    }
    const last = stages[stages.length - 1]
    pieces.push({ fromCount: count, fromSec: sec, ratePerSec: last?.toPerSec ?? 0, slope: 0 })
    this.#pieces = pieces
  }

  dueUs(n: number): number {
    const pieces = this.#pieces
    let index = pieces.length - 1
    while (index > 0 && n < pieces[index]!.fromCount) index--
    const { fromCount, fromSec, ratePerSec, slope } = pieces[index]!
    const left = n - fromCount
    if (left === 0) return fromSec * 1e6
    if (slope === 0)
      return ratePerSec > 0 ? fromSec * 1e6 + (left * 1e6) / ratePerSec : Number.POSITIVE_INFINITY
    // Root of rate·t + slope/2·t² = left, in the form that does not cancel.
    const root = Math.sqrt(Math.max(0, ratePerSec * ratePerSec + 2 * slope * left))
    return (fromSec + (2 * left) / (ratePerSec + root)) * 1e6
  }

  countBefore(us: number): number {
    if (us <= 0) return 0
    const pieces = this.#pieces
    const at = us / 1e6
    let index = pieces.length - 1
    while (index > 0 && at < pieces[index]!.fromSec) index--
    const { fromCount, fromSec, ratePerSec, slope } = pieces[index]!
    const time = at - fromSec
    const count = fromCount + ratePerSec * time + (slope / 2) * time * time
    return Math.max(0, Math.ceil(count - roundingOf(count)))
  }
}

/** Uniform numbers in (0, 1) from a seed: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4294967296
  }
}
