import { describe, expect, it } from 'vitest'
import { mergeTrends } from '../../src/record/trend.ts'
import { decodeHistogram } from '../../src/result/histogram.ts'
import { makeLatencyWindows } from '../../src/result/latency-windows.ts'
import { makeTrend } from '../support/sample-result.ts'

const SECOND = 1_000_000

function makeSeconds(count: number) {
  return Array.from({ length: count }, (_, n) => ({
    fromUs: 7 + n * SECOND,
    toUs: 7 + (n + 1) * SECOND,
    trend: makeTrend([100 + n, 2000 + n])!,
  }))
}

describe('the windows of a hold', () => {
  it('are none when nothing was recorded', () => {
    expect(makeLatencyWindows([], 0, 'response_time')).toBeNull()
  })

  it.each([
    [1, 1],
    [60, 60],
    [61, 31],
    [119, 60],
  ])('of %i seconds are %i, without a gap, with every sample', (seconds, windows) => {
    const all = makeSeconds(seconds)
    const made = makeLatencyWindows(all, 7, 'response_time')!
    expect(made.metric).toBe('response_time')
    expect(made.windows).toHaveLength(windows)
    expect([made.windows[0]!.fromUs, made.windows.at(-1)!.toUs]).toEqual([0, seconds * SECOND])
    for (const [n, window] of made.windows.slice(1).entries())
      expect(window.fromUs).toBe(made.windows[n]!.toUs)
    const sum = makeTrend([])
    const counts = all.reduce((merged, { trend }) => mergeTrends(merged, trend), sum)!.counts
    const found = made.windows.map(({ histogram }) => decodeHistogram(histogram))
    expect(found.map((one, n) => one.totalCount === made.windows[n]!.count)).not.toContain(false)
    for (const [slot, count] of counts.entries())
      expect(found.reduce((total, one) => total + one.getCountAtIndex(slot), 0)).toBe(count)
  })
})
