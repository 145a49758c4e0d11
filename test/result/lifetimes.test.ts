import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCommonLifetime } from '../../src/result/lifetimes.ts'
import { toMicroseconds } from '../../src/result/long-trend.ts'
import { makeTrend } from '../support/sample-result.ts'

/** From lifetimes in milliseconds, as they are recorded. */
const find = (...ms: number[]) => findCommonLifetime(makeTrend(ms), 1000)

describe('the lifetime that most have', () => {
  it('is none without any', () => {
    expect(find()).toBe(null)
  })

  it.each([
    ['one timeout, fired late', [60_001, 60_040, 60_300], { lowUs: 60_001_000, count: 3, total: 3 }],
    ['beside some that ended early', [200, 60_001, 60_040, 1700], { lowUs: 60_001_000, count: 2, total: 4 }],
    ['far over a minute', [3_600_005, 3_600_009], { lowUs: 3_600_005_000, count: 2, total: 2 }],
    ['ends a second apart are two', [10_000, 12_000, 12_400], { lowUs: 12_000_000, count: 2, total: 3 }],
  ])('%s', (_, ms, expected) => {
    const found = find(...ms)
    expect(found).toMatchObject({ count: expected.count, total: expected.total })
    // To three digits, and never early.
    expect(Math.abs(found!.lowUs - expected.lowUs) / expected.lowUs).toBeLessThan(0.001)
    expect(found!.highUs).toBeGreaterThanOrEqual(found!.lowUs)
  })
})

describe('a trend of long times', () => {
  it('has a histogram in µs as long as a histogram can hold it', () => {
    const trend = makeTrend([5, 1200, 59_999])
    expect(toMicroseconds(trend, 1000)).toMatchObject({ sum: 61_204_000, min: 5000, max: 59_999_000 })
    expect(toMicroseconds(makeTrend([5, 60_001]), 1000)).toBe(null)
    expect(toMicroseconds(trend, 1)).toBe(trend)
  })

  it('loses and gains none', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60_000), { minLength: 1, maxLength: 50 }), (ms) => {
        const { counts } = toMicroseconds(makeTrend(ms), 1000)!
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ms.length)
      }),
    )
  })
})
