/** A distribution in few bytes, to be kept for thousands of intervals and merged: 64 buckets an octave, so within 1.6 %. */
import { lowestOf, slotOf, type TrendSnapshot } from '../record/trend.ts'

const BITS = 6

/** Only buckets with samples, ascending. */
export interface CoarseTrend {
  readonly buckets: Uint16Array
  readonly counts: Float64Array
}

export function coarsen({ counts, min, max }: TrendSnapshot): CoarseTrend {
  const buckets: number[] = []
  const sums: number[] = []
  for (let slot = slotOf(min); slot <= slotOf(max); slot++) {
    const count = counts[slot]!
    if (count === 0) continue
    const bucket = bucketOf(lowestOf(slot))
    if (buckets.at(-1) === bucket) sums[sums.length - 1]! += count
    else {
      buckets.push(bucket)
      sums.push(count)
    }
  }
  return { buckets: Uint16Array.from(buckets), counts: Float64Array.from(sums) }
}

export function mergeCoarse(a: CoarseTrend | null, b: CoarseTrend | null): CoarseTrend | null {
  if (a === null || b === null) return a ?? b
  const buckets = [...new Set([...a.buckets, ...b.buckets])].sort((one, other) => one - other)
  const sums = new Float64Array(buckets.length)
  const places = new Map(buckets.map((bucket, place) => [bucket, place]))
  for (const { buckets: own, counts } of [a, b]) {
    for (const [index, bucket] of own.entries()) sums[places.get(bucket)!]! += counts[index]!
  }
  return { buckets: Uint16Array.from(buckets), counts: sums }
}

export function countCoarse(trend: CoarseTrend): number {
  return trend.counts.reduce((sum, count) => sum + count, 0)
}

/** The upper end of the bucket at rank ⌈p/100 × count⌉, never above `maxUs`; null when no sample lies beyond it. */
export function coarsePercentileUs(trend: CoarseTrend, percentile: number, maxUs: number): number | null {
  const total = countCoarse(trend)
  const rank = Math.max(1, Math.ceil((percentile / 100) * total - 1e-6))
  if (total - rank < 1) return null
  let seen = 0
  const place = trend.counts.findIndex((count) => {
    seen += count
    return seen >= rank
  })
  return Math.min(maxUs, lowestOfBucket(trend.buckets[place]! + 1) - 1)
}

/** The layout of record/trend.ts with fewer digits: linear below 128, then 64 buckets an octave. */
function bucketOf(us: number): number {
  const shift = Math.max(0, 31 - BITS - Math.clz32(us))
  return (shift << BITS) + (us >>> shift)
}

/** Least value of a bucket: the inverse of bucketOf. */
function lowestOfBucket(bucket: number): number {
  const shift = Math.max(0, (bucket >> BITS) - 1)
  return (bucket - (shift << BITS)) * 2 ** shift
}
