/** How much one set of values lies above another, with the method that fits their number. */
import { mean, median } from 'simple-statistics'
import { meanDifferenceInterval } from './mean-difference.ts'
import { type Interval, rankSumInterval } from './rank-sum.ts'

export interface Change extends Interval {
  readonly method: 'ranks' | 'means'
}

/**
 * From so many runs on each side ranks alone are enough for 99 %. They are right for any distribution, and wild runs, of
 * which a busy machine has some, move them little; below this only the assumption that logarithms of runs spread like a
 * bell gives an interval at all.
 */
const FEWEST_RANKED = 6

/** Of values whose order and differences matter (logarithms, for a ratio). Null: no spread is known. */
export function estimateChange(
  base: readonly number[],
  head: readonly number[],
  level: number,
  methods: 'any' | 'means' = 'any',
): Change | null {
  if (methods === 'any' && Math.min(base.length, head.length) >= FEWEST_RANKED) {
    const ranked = rankSumInterval(base, head, level)
    if (ranked !== null) return { ...ranked, method: 'ranks' }
  }
  const compared = meanDifferenceInterval(base, head, level)
  return compared === null ? null : { ...compared, method: 'means' }
}

/** What such an estimate is the difference of, for values above 0 on a ratio's scale. */
export function middleOf(
  values: readonly number[],
  method: Change['method'],
  scale: 'ratio' | 'difference',
): number {
  if (method === 'ranks') return median([...values])
  return scale === 'ratio' ? Math.exp(mean(values.map(Math.log))) : mean([...values])
}
