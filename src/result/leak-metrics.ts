/** What a leak test comes to, as figures that a threshold can be held against. */
import { greatestMiscount } from './leak-findings.ts'
import { judgeWhole, type Leak, listLeaks, type Verdict } from './leaks.ts'
import type { Metrics } from './metrics.ts'
import type { Cycle, Metric } from './run-result.ts'

/** Of the way to leave that keeps most; those left in silence are not over, so they do not count. */
export function deriveLeaks(cycles: readonly Cycle[]): Metrics {
  const leaks = listLeaks(cycles).filter(({ leave }) => leave !== 'silent')
  return {
    leak_per_connection: gauge('bytes', findBytes(leaks, cycles)),
    descriptors_per_connection: gauge('count', findCount(leaks, 'descriptors')),
    threads_per_connection: gauge('count', findCount(leaks, 'threads')),
    connections_miscounted: gauge('count', greatestMiscount(cycles)?.by ?? null),
  }
}

/** Null: cannot be told, so that no threshold passes. */
function findBytes(leaks: readonly Leak[], cycles: readonly Cycle[]): number | null {
  const growing = leaks.flatMap(({ memory }) => (memory?.verdict === 'growing' ? [memory.slope] : []))
  if (growing.length > 0) return Math.max(...growing)
  const whole = judgeWhole(cycles)
  return whole === null || whole.verdict === 'unknown' ? null : whole.slope
}

function findCount(leaks: readonly Leak[], what: 'descriptors' | 'threads'): number | null {
  const known = leaks.flatMap((leak) => leak[what] ?? [])
  const of = (verdict: Verdict) => known.flatMap((kept) => (kept.verdict === verdict ? [kept.each] : []))
  if (of('growing').length > 0) return Math.max(...of('growing'))
  return known.length === 0 || of('unknown').length > 0 ? null : 0
}

function gauge(unit: 'bytes' | 'count', value: number | null): Metric {
  return { type: 'gauge', unit, value }
}
