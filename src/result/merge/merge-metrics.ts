/** Metrics of the same test of several results as one. */
import type { Metric, TestResult } from '../run-result.ts'
import { mergeGauge } from './merge-gauges.ts'
import { mergeTrendMetrics, sumOf } from './merge-trends.ts'

export interface MergedMetrics {
  readonly metrics: Record<string, Metric>
  /** What cannot be known of all of them together, though each knows it of itself. */
  readonly unknown: readonly string[]
}

export interface MergeFacts {
  /** All connected to the same server, which each of them saw. */
  readonly sameServer: boolean
  /** Their loads were there at the same time. */
  readonly atOnce: boolean
}

export function mergeMetrics(tests: readonly TestResult[], facts: MergeFacts): MergedMetrics {
  const metrics: Record<string, Metric> = {}
  const unknown: string[] = []
  for (const name of new Set(tests.flatMap(({ metrics }) => Object.keys(metrics)))) {
    const merged = mergeMetric(tests, name, facts)
    if (merged === null) continue
    metrics[name] = merged.metric
    if (!merged.isWhole) unknown.push(name)
  }
  return { metrics, unknown }
}

interface Merged {
  readonly metric: Metric
  readonly isWhole: boolean
}

/** Null: not every result has it. */
function mergeMetric(tests: readonly TestResult[], name: string, facts: MergeFacts): Merged | null {
  const all = tests.map(({ metrics }) => metrics[name])
  const [first] = all
  if (first === undefined || all.some((metric) => metric?.type !== first.type)) return null
  switch (first.type) {
    case 'trend':
      return mergeTrendMetrics(tests, name)
    case 'gauge':
      return mergeGauge(tests, name, facts)
    case 'counter': {
      const counters = all.filter((metric) => metric?.type === 'counter')
      const rates = counters.map(({ rate }) => rate)
      const rate = facts.atOnce ? sumOf(rates) : null
      const count = sumOf(counters.map(({ count }) => count))
      return { metric: { ...first, count, rate }, isWhole: rate !== null || rates.includes(null) }
    }
    case 'ratio': {
      const ratios = all.filter((metric) => metric?.type === 'ratio')
      const numerator = ratios.reduce((sum, ratio) => sum + ratio.numerator, 0)
      const denominator = ratios.reduce((sum, ratio) => sum + ratio.denominator, 0)
      // One that is null over something is not known.
      const isKnown = denominator > 0 && ratios.every((one) => one.value !== null || one.denominator === 0)
      const value = isKnown ? numerator / denominator : null
      return { metric: { type: 'ratio', value, numerator, denominator }, isWhole: true }
    }
  }
}
