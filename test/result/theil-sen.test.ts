import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitGrowth } from '../../src/result/theil-sen.ts'

const line = (n: number, slope: number, noise: (index: number) => number = () => 0) =>
  Array.from({ length: n }, (_, index) => ({ x: index * 100, y: 1e6 + slope * index * 100 + noise(index) }))

describe('growth', () => {
  it('of a straight line is its slope, without doubt', () => {
    expect(fitGrowth(line(20, 40))).toEqual({ slope: 40, low: 40, high: 40, span: 1900 })
  })

  it('is not moved by a fifth of wild points', () => {
    const growth = fitGrowth(line(20, 40, (index) => (index % 5 === 2 ? 5e7 : 0)))!
    expect(growth.slope).toBeCloseTo(40, 6)
  })

  it('has no end to its interval where too few points could give one', () => {
    expect(fitGrowth(line(4, 40))).toMatchObject({ slope: 40, low: -Infinity, high: Infinity })
  })

  it('is not known of points that say nothing', () => {
    expect(fitGrowth([])).toBe(null)
    expect(fitGrowth([1, 2, 3].map((y) => ({ x: 5, y })))).toBe(null)
  })

  // Sen's interval, by its coverage: of 99 %, and each case is independent.
  it('covers the truth', () => {
    let missed = 0
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { minLength: 12, maxLength: 25 }),
        (noise) => {
          const { slope, low, high } = fitGrowth(line(noise.length, 40, (index) => noise[index]!))!
          expect([low <= slope, slope <= high]).toEqual([true, true])
          if (40 < low || 40 > high) missed++
        },
      ),
      { numRuns: 200, seed: 1 },
    )
    expect(missed).toBeLessThan(30)
  })
})
