import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitScalingLaw } from '../../src/capacity/scaling-law.ts'

function pointsOf(lambda: number, sigma: number, kappa: number, sizes: readonly number[]) {
  return sizes.map((n) => ({
    concurrency: n,
    perSec: (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1)),
  }))
}

const SIZES = [1, 2, 4, 8, 16, 32, 64]

describe('the universal scalability law', () => {
  it('is found again in points that follow it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 1e5, noNaN: true }),
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        fc.double({ min: 1e-5, max: 0.01, noNaN: true }),
        (lambda, sigma, kappa) => {
          const law = fitScalingLaw(pointsOf(lambda, sigma, kappa, SIZES))!
          expect(law.lambda / lambda).toBeCloseTo(1, 4)
          expect(law.sigma / sigma).toBeCloseTo(1, 3)
          expect(law.kappa / kappa).toBeCloseTo(1, 2)
          expect(law.rSquared).toBeCloseTo(1, 6)
          expect(law.peakConcurrency! / Math.sqrt((1 - sigma) / kappa)).toBeCloseTo(1, 2)
        },
      ),
    )
  })

  it('of a queue with one server is all waiting: σ = 1, no more than λ a second', () => {
    const law = fitScalingLaw(pointsOf(5000, 1, 0, [0.5, 1, 2, 4, 8, 16, 32]))
    // Flat beyond one, so there is no spread that it could explain but the rise before.
    expect(law === null || Math.abs(law.sigma - 1) < 0.01).toBe(true)
  })

  it('without loss is a straight line', () => {
    const law = fitScalingLaw(pointsOf(100, 0, 0, SIZES))!
    expect(law.lambda).toBeCloseTo(100)
    expect([law.sigma, law.kappa]).toEqual([expect.closeTo(0, 9), expect.closeTo(0, 9)])
  })

  it.each([
    ['five points', pointsOf(100, 0.1, 0.001, SIZES.slice(0, 5))],
    ['points of one size', pointsOf(100, 0.1, 0.001, [9, 9, 9, 9, 9, 9, 9])],
    [
      'points without order',
      SIZES.map((n, index) => ({ concurrency: n, perSec: index % 2 === 0 ? 10 : 1000 })),
    ],
    ['nothing', []],
  ])('is not given of %s', (_, points) => {
    expect(fitScalingLaw(points)).toBeNull()
  })
})
