import { describe, expect, it } from 'vitest'
import { TREND_BYTES, Trend } from '../../src/record/trend.ts'
import { findLatencyTrend, type Second } from '../../src/result/latency-trend.ts'

/** Seconds of 1,000 samples each, all at that latency, from clock time 10 s on. */
function makeSeconds(latencies: readonly number[], samples = 1000): Second[] {
  return latencies.map((us, second) => {
    const trend = new Trend(new ArrayBuffer(TREND_BYTES), 0)
    for (let n = 0; n < samples; n++) trend.record(us)
    const fromUs = (10 + second) * 1e6
    return { fromUs, toUs: fromUs + 1e6, trend: trend.snapshot()! }
  })
}

const START = 9_000_000

describe('findLatencyTrend', () => {
  it('finds a rise, its slope, and windows counted from the start of the run', () => {
    const found = findLatencyTrend(makeSeconds(Array.from({ length: 10 }, (_, n) => 1000 + 100 * n)), START)!
    expect(found.finding).toBe('rising')
    expect(found.slopeUsPerSec).toBe(100)
    expect(found.windows[0]).toEqual({ fromUs: 1_000_000, toUs: 2_000_000, count: 1000, p99Us: 1000 })
    expect(found.windows).toHaveLength(10)
  })

  it('finds a fall', () => {
    const found = findLatencyTrend(makeSeconds(Array.from({ length: 10 }, (_, n) => 1900 - 100 * n)), START)!
    expect(found).toMatchObject({ finding: 'falling', slopeUsPerSec: -100 })
  })

  it.each([
    ['the same all the time', Array(20).fill(1000)],
    ['up and down', [1000, 1200, 1000, 1200, 1000, 1200, 1000, 1200, 1000, 1200]],
    ['one outlier', [1000, 1000, 1000, 50_000, 1000, 1000, 1000, 1000, 1000, 1000]],
    ['too few windows for a verdict', [1000, 1100, 1200, 1300, 1400, 1500, 1600]],
  ])('%s is level', (_, latencies) => {
    expect(findLatencyTrend(makeSeconds(latencies), START)?.finding).toBe('level')
  })

  it('is not moved by one outlier', () => {
    const steady = Array(11).fill(1000)
    steady[10] = 60_000
    expect(findLatencyTrend(makeSeconds(steady), START)?.slopeUsPerSec).toBe(0)
  })

  it('joins seconds until a window has a thousand samples, and leaves a rest out', () => {
    const found = findLatencyTrend(makeSeconds(Array(11).fill(1000), 400), START)!
    expect(found.windows.map(({ count }) => count)).toEqual([1200, 1200, 1200])
    expect(found.windows[1]).toMatchObject({ fromUs: 4_000_000, toUs: 7_000_000 })
  })

  it('is null with fewer than three windows', () => {
    expect(findLatencyTrend(makeSeconds([1000, 1000]), START)).toBeNull()
    expect(findLatencyTrend([], START)).toBeNull()
  })

  it('has sixty windows at most', () => {
    const found = findLatencyTrend(makeSeconds(Array.from({ length: 119 }, (_, n) => 1000 + n)), START)!
    expect(found.windows.length).toBeLessThanOrEqual(60)
    expect(found.windows.length).toBeGreaterThan(50)
    expect(found.finding).toBe('rising')
  })
})
