/** Did P99 move over the hold? Windows of enough samples, Theil-Sen slope, Kendall's tau test. */
import { countSamples, mergeTrends, type TrendSnapshot } from '../record/trend.ts'
import { trendPercentileUs } from './histogram.ts'
import type { TestResult } from './run-result.ts'

/** A window's P99 has ten samples beyond it. */
const WINDOW_SAMPLES = 1000
/** More windows say no more, and the pairs grow with their square. */
const MAX_WINDOWS = 60
/** Two-sided 5 % of the normal distribution. */
const Z_LIMIT = 1.96

export interface Second {
  readonly fromUs: number
  readonly toUs: number
  readonly trend: TrendSnapshot
}

/** `startUs`: the origin of the times given back. Null with fewer than three full windows. */
export function findLatencyTrend(seconds: readonly Second[], startUs: number): TestResult['latencyTrend'] {
  const windows = cutWindows(seconds, startUs)
  if (windows.length < 3) return null
  const slopes: number[] = []
  let score = 0
  for (const [i, early] of windows.entries()) {
    for (const late of windows.slice(i + 1)) {
      const seconds = (late.toUs + late.fromUs - early.toUs - early.fromUs) / 2e6
      slopes.push((late.p99Us - early.p99Us) / seconds)
      score += Math.sign(late.p99Us - early.p99Us)
    }
  }
  slopes.sort((a, b) => a - b)
  const slope = (slopes[(slopes.length - 1) >> 1]! + slopes[slopes.length >> 1]!) / 2
  return { windows, slopeUsPerSec: Math.round(slope * 1000) / 1000, finding: testTau(score, windows.length) }
}

/** Mann-Kendall with continuity correction; under eight windows the normal approximation is too rough to call anything. */
function testTau(score: number, n: number): 'rising' | 'falling' | 'level' {
  if (n < 8 || score === 0) return 'level'
  const z = (score - Math.sign(score)) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  return z > Z_LIMIT ? 'rising' : z < -Z_LIMIT ? 'falling' : 'level'
}

function cutWindows(seconds: readonly Second[], startUs: number) {
  const total = seconds.reduce((sum, { trend }) => sum + countSamples(trend), 0)
  const wanted = Math.max(WINDOW_SAMPLES, Math.ceil(total / MAX_WINDOWS))
  const windows: { fromUs: number; toUs: number; count: number; p99Us: number }[] = []
  let fromUs: number | null = null
  let merged: TrendSnapshot | null = null
  for (const { fromUs: from, toUs, trend } of seconds) {
    fromUs ??= from
    merged = mergeTrends(merged, trend)
    const count = countSamples(merged!)
    if (count < wanted) continue
    const p99 = trendPercentileUs(merged, 99, 0)
    if (p99.valueUs !== null) {
      windows.push({
        fromUs: Math.round(fromUs - startUs),
        toUs: Math.round(toUs - startUs),
        count,
        p99Us: p99.valueUs,
      })
    }
    fromUs = null
    merged = null
  }
  return windows
}
