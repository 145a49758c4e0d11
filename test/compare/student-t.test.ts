import { expect, it } from 'vitest'
import { tProbability, tQuantile } from '../../src/compare/student-t.ts'

/** Tables of the t distribution, as in any book. */
it.each([
  [0.995, 1, 63.657],
  [0.995, 2, 9.925],
  [0.995, 3, 5.841],
  [0.995, 4, 4.604],
  [0.995, 9, 3.25],
  [0.995, 18, 2.878],
  [0.995, 120, 2.617],
  [0.975, 10, 2.228],
  [0.9995, 5, 6.869],
  [0.95, 30, 1.697],
])('%s is reached with %s degrees of freedom at %s', (probability, freedom, t) => {
  expect(tQuantile(probability, freedom)).toBeCloseTo(t, 3)
})

/** Closed forms: 1/2 + arctan(t)/π with one degree of freedom, 1/2 + t/(2·√(2 + t²)) with two. */
it.each([0, 0.3, 1, 2.5, 40])('has its exact value at %s', (t) => {
  expect(tProbability(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12)
  expect(tProbability(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12)
  expect(tProbability(-t, 2)).toBeCloseTo(1 - tProbability(t, 2), 12)
})

it('takes degrees of freedom that are no whole number, and comes to the normal distribution', () => {
  const between = tQuantile(0.995, 9.5)
  expect(between).toBeLessThan(tQuantile(0.995, 9))
  expect(between).toBeGreaterThan(tQuantile(0.995, 10))
  expect(tQuantile(0.995, 1e6)).toBeCloseTo(2.5758, 3)
})
