import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalCount, rankSumInterval, rankSumProbabilities } from '../../src/compare/rank-sum.ts'

describe('the distribution of the rank sum', () => {
  it('of two and two values is 1, 1, 2, 1, 1 of 6', () => {
    expect([...rankSumProbabilities(2, 2)].map((p) => p * 6)).toEqual(
      [1, 1, 2, 1, 1].map((n) => expect.closeTo(n, 12)),
    )
  })

  it('counts what listing every order counts', () => {
    const counts = new Map<number, number>()
    for (let bits = 0; bits < 2 ** 9; bits++) {
      const order = Array.from({ length: 9 }, (_, at) => (bits >> at) & 1)
      if (order.filter((one) => one === 1).length !== 4) continue
      const u = order.reduce(
        (sum, one, at) => sum + (one === 1 ? order.slice(0, at).filter((x) => x === 0).length : 0),
        0,
      )
      counts.set(u, (counts.get(u) ?? 0) + 1)
    }
    for (const [u, p] of rankSumProbabilities(4, 5).entries())
      expect(p * 126).toBeCloseTo(counts.get(u) ?? 0, 9)
  })

  it.each([
    [1, 7],
    [8, 8],
    [40, 12],
  ])('is one in all and the same from both ends (%s, %s)', (m, n) => {
    const probabilities = [...rankSumProbabilities(m, n)]
    expect(probabilities.length).toBe(m * n + 1)
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
    expect(probabilities[1]).toBeCloseTo(probabilities.at(-2)!, 12)
  })
})

/** Critical values of Mann and Whitney's U, two-sided 1 %, as in any book; the count is one more, as U begins at 0. */
describe('the critical count at 99 %', () => {
  it.each([
    [5, 5, 0],
    [6, 6, 2],
    [7, 7, 4],
    [8, 8, 7],
    [9, 9, 11],
    [10, 10, 16],
    [8, 10, 11],
    [5, 10, 4],
    [15, 15, 51],
    [20, 20, 105],
  ])('%s and %s runs', (m, n, critical) => {
    expect(criticalCount(m, n, 0.99)).toBe(critical + 1)
  })

  it.each([
    [3, 3],
    [4, 4],
    [3, 5],
  ])('%s and %s runs can never give it', (m, n) => {
    expect(criticalCount(m, n, 0.99)).toBe(0)
    expect(rankSumInterval(Array(m).fill(1), Array(n).fill(2), 0.99)).toBeNull()
  })

  it('goes on evenly where the normal distribution takes over', () => {
    const exact = criticalCount(50, 50, 0.99)
    const near = criticalCount(50, 51, 0.99)
    expect(near - exact).toBeGreaterThan(10)
    expect(near - exact).toBeLessThan(35)
  })
})

describe('the interval', () => {
  /** Differences 1 2 3 3 4 5 6 7 8; P(U = 0) = 1/20, so at 90 % the ends are the first and the last. */
  it('by hand', () => {
    expect(rankSumInterval([1, 2, 3], [4, 6, 9], 0.9)).toEqual({ estimate: 4, low: 1, high: 8 })
  })

  it('is moved little by one wild run', () => {
    const base = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
    const calm = rankSumInterval(base, base, 0.99)!
    const wild = rankSumInterval(base, [...base.slice(1), 5000], 0.99)!
    expect(wild.high).toBeLessThanOrEqual(calm.high + 2)
  })

  it('swaps its ends with the sides, and moves with the values', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 12 })
    fc.assert(
      fc.property(values, values, fc.integer({ min: -50, max: 50 }), (base, head, shift) => {
        const { estimate, low, high } = rankSumInterval(base, head, 0.99)!
        expect(low <= estimate && estimate <= high).toBe(true)
        const swapped = rankSumInterval(head, base, 0.99)!
        expect([swapped.low + high, swapped.estimate + estimate, swapped.high + low]).toEqual([0, 0, 0])
        const moved = rankSumInterval(
          base,
          head.map((value) => value + shift),
          0.99,
        )!
        expect(moved).toEqual({ estimate: estimate + shift, low: low + shift, high: high + shift })
      }),
    )
  })
})
