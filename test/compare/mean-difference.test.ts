import { expect, it } from 'vitest'
import { meanDifferenceInterval } from '../../src/compare/mean-difference.ts'
import { tQuantile } from '../../src/compare/student-t.ts'

/** B. L. Welch's test on the first example of its article in Wikipedia: t = 2.46, ν = 25.0, p = 0.021. */
it('is right for a published example', () => {
  const first = [27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4]
  const second = [27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]
  const interval = meanDifferenceInterval(first, second, 0.99)!
  const t = (interval.estimate / (interval.high - interval.estimate)) * tQuantile(0.995, 25)
  expect(t).toBeCloseTo(2.46, 2)
  const touching = meanDifferenceInterval(first, second, 1 - 0.021)!
  expect(Math.abs(touching.low)).toBeLessThan(0.02)
})

/** Means 2 and 6, variances 1 and 4, both of three: √(1/3 + 4/3) and 25/(1 + 16)·2 = 2.941 degrees of freedom. */
it('is Welch by hand', () => {
  const { estimate, low, high } = meanDifferenceInterval([1, 2, 3], [4, 6, 8], 0.99)!
  const reach = Math.sqrt(5 / 3) * tQuantile(0.995, 50 / 17)
  expect([estimate, low, high]).toEqual([4, expect.closeTo(4 - reach, 9), expect.closeTo(4 + reach, 9)])
})

/** Variance 1 of three, √(1·(1/3 + 1)), two degrees of freedom: t = 9.925. */
it('takes one run to be spread as the set on the other side is', () => {
  const one = meanDifferenceInterval([1, 2, 3], [10], 0.99)!
  expect(one.high - one.estimate).toBeCloseTo(9.925 * Math.sqrt(4 / 3), 2)
  expect(meanDifferenceInterval([10], [1, 2, 3], 0.99)!.estimate).toBe(-8)
})

it('knows no interval of one run a side', () => {
  expect(meanDifferenceInterval([1], [2], 0.99)).toBeNull()
})

it('is a point where nothing is spread', () => {
  expect(meanDifferenceInterval([0, 0, 0], [0, 0], 0.99)).toEqual({ estimate: 0, low: 0, high: 0 })
})
