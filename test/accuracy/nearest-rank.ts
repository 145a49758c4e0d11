/** Percentiles by their definition, of raw lists: what the published figures are held against. */
import { expect } from 'vitest'
import type { Metric, PercentileMark, TrendMetric } from '../../src/result/run-result.ts'

/** In thousandths, so that ranks are counted in whole numbers. */
const PERCENTILES = { p50: 500, p90: 900, p95: 950, p99: 990, p999: 999 } as const

interface Ranked {
  readonly valueUs: number | null
  readonly mark: PercentileMark
}

/** The ⌈p × total⌉-th of the sorted values and of `lost` ones above them. */
export function rank(sorted: readonly number[], lost: number, thousandths: number): Ranked {
  const total = sorted.length + lost
  const place = Math.max(1, Math.ceil((thousandths * total) / 1000))
  if (total - place < 1) return { valueUs: null, mark: 'none' }
  const valueUs = sorted[place - 1]
  if (valueUs === undefined) return { valueUs: null, mark: 'timeout' }
  return { valueUs, mark: total - place < 10 ? 'few' : 'ok' }
}

/** Count, extremes and mean exactly; percentiles never under the raw list's, and over it by 0.1 % at most. */
export function expectTrend(metric: Metric | undefined, latencies: readonly number[], lost = 0): void {
  const trend = asTrend(metric)
  const sorted = latencies.toSorted((a, b) => a - b)
  const sum = sorted.reduce((total, one) => total + one, 0)
  expect(trend).toMatchObject({
    count: sorted.length,
    lost,
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
    mean: sorted.length === 0 ? null : Math.round(sum / sorted.length),
  })
  for (const [name, thousandths] of Object.entries(PERCENTILES)) {
    const key = name as keyof typeof PERCENTILES
    const { valueUs, mark } = rank(sorted, lost, thousandths)
    expect(trend.marks[key], name).toBe(mark)
    if (valueUs === null) {
      expect(trend[key], name).toBeNull()
      continue
    }
    expect(trend[key], name).toBeGreaterThanOrEqual(valueUs)
    expect(trend[key], name).toBeLessThanOrEqual(valueUs * 1.001)
  }
}

function asTrend(metric: Metric | undefined): TrendMetric {
  if (metric?.type !== 'trend') throw new Error('not a trend')
  return metric
}
