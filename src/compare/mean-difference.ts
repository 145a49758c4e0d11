/** How much the mean of one set of values lies above another's (Student, Welch). Right for values spread like a bell. */
import { mean, sampleVariance } from 'simple-statistics'
import type { Interval } from './rank-sum.ts'
import { tQuantile } from './student-t.ts'

/** Null: without a spread on either side (one value each) there is no interval. */
export function meanDifferenceInterval(
  base: readonly number[],
  head: readonly number[],
  level: number,
): Interval | null {
  const estimate = mean([...head]) - mean([...base])
  const error = base.length < 2 || head.length < 2 ? pooledError(base, head) : welchError(base, head)
  if (error === null) return null
  // Without any spread the freedom is 0/0, and the interval a point.
  const reach = error.standard === 0 ? 0 : error.standard * tQuantile((1 + level) / 2, error.freedom)
  return { estimate, low: estimate - reach, high: estimate + reach }
}

interface StandardError {
  readonly standard: number
  readonly freedom: number
}

/** Each side has its own spread. */
function welchError(base: readonly number[], head: readonly number[]): StandardError {
  const [a, b] = [sampleVariance([...base]) / base.length, sampleVariance([...head]) / head.length]
  const freedom = (a + b) ** 2 / (a ** 2 / (base.length - 1) + b ** 2 / (head.length - 1))
  return { standard: Math.sqrt(a + b), freedom }
}

/** One value against a set: it is taken to be spread as the set is. */
function pooledError(base: readonly number[], head: readonly number[]): StandardError | null {
  const many = base.length < 2 ? head : base
  if (many.length < 2) return null
  const variance = sampleVariance([...many])
  return {
    standard: Math.sqrt(variance * (1 / base.length + 1 / head.length)),
    freedom: many.length - 1,
  }
}
