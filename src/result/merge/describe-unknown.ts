/** What is null in a merged test although each of its parts knows it, in words. */
import type { Interval, TestResult } from '../run-result.ts'

/** `unknown`: names of metrics. Empty: nothing. */
export function describeUnknown(
  tests: readonly TestResult[],
  merged: TestResult,
  unknown: readonly string[],
): string {
  const typeOf = (name: string): string => merged.metrics[name]?.type ?? ''
  const trends = unknown.filter((name) => typeOf(name) === 'trend')
  const gauges = unknown.filter((name) => typeOf(name) === 'gauge')
  const others = gauges.filter((name) => !name.startsWith('server_'))
  const hasIntervals = (key: keyof Interval): boolean =>
    tests.some(({ intervals }) => intervals.some((interval) => interval[key] !== null))
  const isLost = (key: keyof Interval): boolean =>
    hasIntervals(key) &&
    !merged.intervals.some((interval) => interval.phase === 'hold' && interval[key] !== null)
  const parts = [
    unknown.some((name) => typeOf(name) === 'counter') &&
      'rates, since their loads were not there at the same time',
    gauges.length > others.length && 'memory and CPU of their servers, which are several',
    trends.length > 0 && `percentiles of ${trends.join(', ')}`,
    ...others,
    isLost('p50Us') && 'latency by the second',
    (hasIntervals('serviceP50Us') || hasIntervals('pacerLagP99Us')) &&
      'service time and pacer lag by the second',
    tests.some(({ fairness }) => fairness !== null) && 'fairness',
    tests.some(({ findings }) => findings.length > 0) && 'findings',
  ]
  return parts.filter((part) => part !== false).join('; ')
}
