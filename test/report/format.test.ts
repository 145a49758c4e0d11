import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDurationUs,
  formatInUnit,
  formatPercent,
  formatPercentileUs,
  formatPlural,
  formatRate,
  formatRatio,
  formatSpanUs,
  formatTimes,
} from '../../src/report/format.ts'

type Case = [value: number | null, text: string]

function table(name: string, format: (value: number | null) => string, cases: readonly Case[]): void {
  describe(name, () => {
    it.each(cases)('prints %s as "%s"', (value, text) => {
      expect(format(value)).toBe(text)
    })
  })
}

table('formatDurationUs', formatDurationUs, [
  [null, '–'],
  [0, '0 µs'],
  [36, '36 µs'],
  [999, '999 µs'],
  [1_000, '1.0 ms'],
  [4_149, '4.1 ms'],
  [99_949, '99.9 ms'],
  [99_950, '100 ms'],
  [165_400, '165 ms'],
  [999_499, '999 ms'],
  [999_500, '1.00 s'],
  [1_204_000, '1.20 s'],
  [9_994_999, '9.99 s'],
  [9_995_000, '10.0 s'],
  [59_949_999, '59.9 s'],
  [59_950_000, '1 min'],
  [125_000_000, '2 min 5 s'],
  [3_600_000_000, '1 h'],
])

table('formatSpanUs', formatSpanUs, [
  [null, '–'],
  [500, '500 µs'],
  [250_000, '250 ms'],
  [1_500_000, '1.5 s'],
  [5_000_000, '5 s'],
  [90_000_000, '1 min 30 s'],
  [7_200_000_000, '2 h'],
  [3_661_000_000, '1 h 1 min 1 s'],
])

table('formatCount', formatCount, [
  [null, '–'],
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [38_400, '38,400'],
  [1_234_567, '1,234,567'],
])

table('formatRate', formatRate, [
  [null, '–'],
  [0, '0'],
  [0.333, '0.33'],
  [12.54, '12.5'],
  [100, '100'],
  [99.96, '100'],
  [38_400.4, '38,400'],
])

table('formatBytes', formatBytes, [
  [null, '–'],
  [0, '0 B'],
  [32, '32 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [5_400, '5.4 kB'],
  [90_000, '90 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [57_300_000, '57 MB'],
  [1_240_000_000, '1.2 GB'],
  [-4_000_000, '-4.0 MB'],
])

table('formatPercent', formatPercent, [
  [null, '–'],
  [0, '0 %'],
  [0.004, '<0.01 %'],
  [0.04, '0.04 %'],
  [2.54, '2.5 %'],
  [61.4, '61 %'],
  [99.75, '100 %'],
  [100, '100 %'],
  [180.2, '180 %'],
])

table('formatRatio', formatRatio, [
  [null, '–'],
  [0.02, '2 %'],
  [0.994, '99.4 %'],
  [0.995, '99.5 %'],
  [0.99996, '99.99 %'],
  [1, '100 %'],
])

table('formatTimes', formatTimes, [
  [null, ''],
  [0.452, '0.45×'],
  [9.99, '9.99×'],
  [12.3, '12×'],
])

describe('formatPercentileUs', () => {
  it.each([
    [4_100, 'ok', 5_000_000, '4.1 ms'],
    [9_800, 'few', 5_000_000, '~9.8 ms'],
    [null, 'none', 5_000_000, '–'],
    [null, 'timeout', 5_000_000, '> 5 s'],
    [null, 'timeout', null, '> timeout'],
  ] as const)('prints %s marked %s as "%4$s"', (us, mark, timeoutUs, text) => {
    expect(formatPercentileUs(us, mark, timeoutUs)).toBe(text)
  })
})

describe('formatInUnit', () => {
  it.each([
    [4_100, 'us', '4.1 ms'],
    [57_000_000, 'bytes', '57 MB'],
    [0.02, 'ratio', '2 %'],
    [61, 'percent', '61 %'],
    [38_400, 'count', '38,400'],
    [12.5, 'per second', '12.5'],
    [null, 'us', '–'],
  ])('prints %s %s as "%s"', (value, unit, text) => {
    expect(formatInUnit(value, unit)).toBe(text)
  })
})

describe('every measured time', () => {
  it('prints in at most nine characters, with two digits or more from 1 ms on, and no less than a smaller one', () => {
    const toUs = (text: string): number => {
      const factors: Record<string, number> = { µs: 1, ms: 1e3, s: 1e6, min: 6e7 }
      return [...text.matchAll(/([\d.]+) (µs|ms|s|min)/g)].reduce(
        (sum, [, n, unit]) => sum + Number(n) * factors[unit!]!,
        0,
      )
    }
    const time = fc.integer({ min: 0, max: 60_000_000 })
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        expect(formatDurationUs(low).length).toBeLessThanOrEqual(9)
        expect(toUs(formatDurationUs(low))).toBeLessThanOrEqual(toUs(formatDurationUs(high)))
        expect(Math.abs(toUs(formatDurationUs(high)) - high)).toBeLessThanOrEqual(Math.max(0.5, high * 0.051))
      }),
    )
  })
})

describe('formatPlural', () => {
  it.each([
    [0, '0 errors'],
    [1, '1 error'],
    [2_000, '2,000 errors'],
  ])('prints %d as "%s"', (count, text) => {
    expect(formatPlural(count, 'error')).toBe(text)
  })
})
