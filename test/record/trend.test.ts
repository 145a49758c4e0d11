import fc from 'fast-check'
import { Int32Histogram } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import {
  HIGHEST_US,
  lowestOf,
  mergeTrends,
  SLOTS,
  slotOf,
  TREND_BYTES,
  Trend,
  trendBetween,
} from '../../src/record/trend.ts'

const library = new Int32Histogram(1, HIGHEST_US, 3)
const newTrend = () => new Trend(new ArrayBuffer(TREND_BYTES), 0)

function record(values: readonly number[], into = newTrend()) {
  for (const value of values) into.record(value)
  return into.snapshot()
}

/** Small, large, at the edges of octaves, and beyond what is tracked. */
const valueArb = fc.oneof(
  fc.nat(5000),
  fc.nat(HIGHEST_US),
  fc.tuple(fc.nat(26), fc.integer({ min: -2, max: 2 })).map(([power, by]) => Math.max(0, 2 ** power + by)),
  fc.integer({ min: HIGHEST_US - 2, max: 2 ** 40 }),
)
const valuesArb = fc.array(valueArb, { maxLength: 60 })

describe('the layout', () => {
  it("has the library's length", () => {
    expect(library.countsArrayLength).toBe(SLOTS)
  })

  it('puts every power of two, and what is by it, where the library does', () => {
    for (let power = 0; power <= 26; power++) {
      for (let by = -2; by <= 2; by++) {
        const value = Math.min(2 ** 26 - 1, Math.max(0, 2 ** power + by))
        expect(slotOf(value), String(value)).toBe(library.countsArrayIndex(value))
      }
    }
  })

  it('and every other value', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 26 - 1), (value) => {
        expect(slotOf(value)).toBe(library.countsArrayIndex(value))
      }),
      { numRuns: 5000 },
    )
  })

  it('lowestOf is the least value of a slot, and the slot before ends below it', () => {
    for (let slot = 0; slot < SLOTS; slot++) {
      expect(slotOf(lowestOf(slot))).toBe(slot)
      if (slot > 0) expect(slotOf(lowestOf(slot) - 1)).toBe(slot - 1)
      expect(lowestOf(slot)).toBe(library.valueFromIndex(slot))
    }
  })
})

describe('a trend', () => {
  it('is null while empty', () => {
    expect(newTrend().snapshot()).toBeNull()
  })

  it('keeps count, sum, least and greatest exactly', () => {
    fc.assert(
      fc.property(fc.array(valueArb, { minLength: 1, maxLength: 60 }), (values) => {
        const clamped = values.map((value) => Math.min(value, HIGHEST_US))
        const snapshot = record(values)!
        expect(snapshot.sum).toBe(clamped.reduce((sum, value) => sum + value, 0))
        expect(snapshot.min).toBe(Math.min(...clamped))
        expect(snapshot.max).toBe(Math.max(...clamped))
        expect(snapshot.clamped).toBe(values.filter((value) => value > HIGHEST_US).length)
        expect(snapshot.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length)
        for (const value of clamped) expect(snapshot.counts[slotOf(value)]).toBeGreaterThan(0)
      }),
      { numRuns: 50 },
    )
  })

  it('cuts fractions off and takes negatives for 0', () => {
    const snapshot = record([-3, -0.5, 0.9, 2.7])!
    expect([...snapshot.counts.subarray(0, 4)]).toEqual([3, 0, 1, 0])
    expect([snapshot.min, snapshot.max, snapshot.sum]).toEqual([0, 2, 2])
  })

  it('lies between its neighbours in memory without touching them', () => {
    const memory = new ArrayBuffer(3 * TREND_BYTES)
    const [before, middle, after] = [0, 1, 2].map((index) => new Trend(memory, index * TREND_BYTES))
    record([0, HIGHEST_US, 2 ** 40], middle)
    expect(before!.snapshot()).toBeNull()
    expect(after!.snapshot()).toBeNull()
  })

  it('a snapshot does not change afterwards', () => {
    const trend = newTrend()
    const early = record([5], trend)!
    trend.record(5)
    expect(early.counts[5]).toBe(1)
  })
})

describe('mergeTrends', () => {
  it('is what one trend would hold that had recorded both, in either order', () => {
    fc.assert(
      fc.property(valuesArb, valuesArb, (a, b) => {
        const merged = mergeTrends(record(a), record(b))
        expect(merged).toEqual(record([...a, ...b]))
        expect(merged).toEqual(mergeTrends(record(b), record(a)))
      }),
      { numRuns: 30 },
    )
  })

  it('leaves its arguments alone', () => {
    const [a, b] = [record([1])!, record([1, 2])!]
    mergeTrends(a, b)
    expect([a, b]).toEqual([record([1]), record([1, 2])])
  })
})

describe('trendBetween', () => {
  it('is what was recorded since, with least and greatest to the width of a slot', () => {
    fc.assert(
      fc.property(valuesArb, valuesArb, (early, late) => {
        const trend = newTrend()
        const before = record(early, trend)
        const between = trendBetween(before, record(late, trend))
        const alone = record(late)
        if (alone === null) {
          // Nothing before either: there is no difference between nothing and nothing.
          expect(between === null || early.length === 0).toBe(true)
          return
        }
        expect(between!.counts).toEqual(alone.counts)
        expect(between!.sum).toBe(alone.sum)
        expect(between!.clamped).toBe(alone.clamped)
        expect(slotOf(between!.min)).toBe(slotOf(alone.min))
        expect(slotOf(between!.max)).toBe(slotOf(alone.max))
      }),
      { numRuns: 30 },
    )
  })

  it('never goes beyond what was seen', () => {
    const trend = newTrend()
    const before = record([3001, 9_000_001], trend)
    const between = trendBetween(before, record([3001, 9_000_001], trend))!
    expect([between.min, between.max]).toEqual([3001, 9_000_001])
  })
})
