/** The distributions of a hold, window by window, as they stand in a result: what an HDR log is written of. */
import { countSamples, mergeTrends } from '../record/trend.ts'
import { encodeHistogram } from './histogram.ts'
import type { Second } from './latency-trend.ts'
import type { LatencyWindows } from './run-result.ts'

const MOST_WINDOWS = 60

/** `startUs`: the origin of the times given back. */
export function makeLatencyWindows(
  seconds: readonly Second[],
  startUs: number,
  metric: string,
): LatencyWindows | null {
  if (seconds.length === 0) return null
  const size = Math.ceil(seconds.length / MOST_WINDOWS)
  const windows = Array.from({ length: Math.ceil(seconds.length / size) }, (_, index) => {
    const members = seconds.slice(index * size, (index + 1) * size)
    const trend = members.map((second) => second.trend).reduce((a, b) => mergeTrends(a, b)!)
    return {
      fromUs: Math.round(members[0]!.fromUs - startUs),
      toUs: Math.round(members.at(-1)!.toUs - startUs),
      count: countSamples(trend),
      histogram: encodeHistogram(trend.counts, trend.min, trend.max),
    }
  })
  return { metric, windows }
}
