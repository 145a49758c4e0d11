/** Do the intervals hold what they promise? Simulated, with the same numbers every time. */
import { describe, expect, it } from 'vitest'
import { estimateChange } from '../../src/compare/estimate-change.ts'
import { createNormal, createRandom } from './random.ts'

const TRIALS = 4000

/** Share of the intervals that contain the true change, of runs whose logarithm is what `spread` gives. */
function cover(runs: number, spread: () => number, change: number): number {
  let covered = 0
  for (let trial = 0; trial < TRIALS; trial++) {
    const base = Array.from({ length: runs }, spread)
    const head = Array.from({ length: runs }, () => spread() + change)
    const { low, high } = estimateChange(base, head, 0.99)!
    if (low <= change && change <= high) covered++
  }
  return covered / TRIALS
}

describe('a 99 % interval contains the true change in 99 of 100 sets', () => {
  it.each([2, 3, 5, 6, 10])('of %s runs a side that spread like a bell', (runs) => {
    const normal = createNormal(runs)
    const share = cover(runs, () => 0.05 * normal(), Math.log(1.1))
    expect(share).toBeGreaterThan(0.985)
    // Two or three runs a side give more than was promised: Welch's degrees of freedom are cautious there.
    expect(share).toBeLessThan(runs < 5 ? 1 : 0.998)
  })

  /** One run in ten is disturbed and a good deal slower, on both sides. */
  it.each([3, 5, 6, 10])('of %s runs a side of which some are wild', (runs) => {
    const [normal, random] = [createNormal(runs), createRandom(runs + 100)]
    const spread = () => 0.05 * normal() + (random() < 0.1 ? 0.8 * random() : 0)
    expect(cover(runs, spread, Math.log(1.1))).toBeGreaterThan(0.985)
  })

  it('narrower with more runs', () => {
    const normal = createNormal(9)
    const width = (runs: number): number => {
      const make = () => Array.from({ length: runs }, normal)
      const widths = Array.from({ length: 200 }, () => estimateChange(make(), make(), 0.99)!)
      return widths.reduce((sum, { low, high }) => sum + high - low, 0) / widths.length
    }
    const [three, five, ten, twenty] = [3, 5, 10, 20].map(width) as [number, number, number, number]
    expect(three).toBeGreaterThan(five)
    expect(five).toBeGreaterThan(ten)
    expect(ten).toBeGreaterThan(twenty)
  })
})

/** Log of a run on a machine whose speed wanders: half of the spread of its runs is shared with those shortly before. */
function wander(seed: number): () => number {
  const normal = createNormal(seed)
  let drift = 0
  return () => {
    drift = 0.9 * drift + Math.sqrt(0.19) * normal()
    return 0.05 * (0.6 * normal() + 1.2 * drift)
  }
}

/** Share of pairs of equal sets of ten whose interval misses no change. */
function alarm(order: 'in turn' | 'apart'): number {
  const run = wander(3)
  let alarms = 0
  for (let trial = 0; trial < TRIALS / 4; trial++) {
    const runs = Array.from({ length: 20 }, run)
    const isBase = (at: number): boolean => (order === 'apart' ? at < 10 : at % 4 === 0 || at % 4 === 3)
    const base = runs.filter((_, at) => isBase(at))
    const head = runs.filter((_, at) => !isBase(at))
    const { low, high } = estimateChange(base, head, 0.99)!
    if (low > 0 || high < 0) alarms++
  }
  return alarms / (TRIALS / 4)
}

describe('on a machine that gets slower and faster', () => {
  it('sets that were made in turn are called different no more often than promised', () => {
    expect(alarm('in turn')).toBeLessThanOrEqual(0.01)
  })

  it('sets that were not are called different far more often: so they have to differ by more than the margin', () => {
    expect(alarm('apart')).toBeGreaterThan(0.2)
  })
})
