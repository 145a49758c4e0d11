/**
 * The cold side of HDR histograms: counts to percentiles, trend metrics and base64. One variant (Int32) in the whole
 * process: a second one makes every call of the library megamorphic and 6 to 10 times slower.
 */
import { createRequire } from 'node:module'
import { deflateSync, inflateSync } from 'node:zlib'
import type { Int32Histogram } from 'hdr-histogram-js'
import {
  countSamples,
  HIGHEST_US,
  lowestOf,
  slotOf,
  type TrendSnapshot,
  valueAtRank as valueAtTrendRank,
} from '../record/trend.ts'
import { readCounts } from './read-counts.ts'
import type { PercentileMark, TrendMetric } from './run-result.ts'

// By file, not by the package's index: that loads its WebAssembly variant too, 7 MB in every run. By require, since
// loaders disagree on what the default export of such a file is.
const load = createRequire(import.meta.url)
const { encodeIntoCompressedBase64 } = load('hdr-histogram-js/dist/encoding.js') as Pick<
  typeof import('hdr-histogram-js'),
  'encodeIntoCompressedBase64'
>
const { default: Histogram } = load('hdr-histogram-js/dist/Int32Histogram.js') as {
  default: typeof Int32Histogram
}

/** The lowest must stay 1: with a greater one the library's maximum is wrong and grows with every `add`. */
const LOWEST_US = 1
const DIGITS = 3
/** Below this many samples beyond a percentile it is marked `few`. */
const ENOUGH_BEYOND = 10

export interface Percentile {
  readonly valueUs: number | null
  readonly mark: PercentileMark
}

/** An empty histogram of the one shape used everywhere: 1 µs to 60 s, 3 digits. */
export function createHistogram(): Int32Histogram {
  return new Histogram(LOWEST_US, HIGHEST_US, DIGITS)
}

/**
 * Puts counts into a histogram of the library, with the exact least and greatest value.
 * @throws RangeError when `counts` is not of the library's layout
 */
export function toHistogram(counts: Uint32Array, minUs: number, maxUs: number): Int32Histogram {
  const histogram = createHistogram()
  if (counts.length !== histogram.countsArrayLength) {
    throw new RangeError(`${counts.length} counts instead of ${histogram.countsArrayLength}`)
  }
  histogram._counts.set(counts)
  histogram.establishInternalTackingValues()
  if (histogram.totalCount > 0) {
    histogram.maxValue = Math.min(maxUs, HIGHEST_US)
    if (minUs > 0) histogram.minNonZeroValue = minUs
  }
  return histogram
}

/** Base64 of the HDR V2 format, compressed: what every HdrHistogram library reads. The exact min and max are not in it. */
export function encodeHistogram(counts: Uint32Array, minUs: number, maxUs: number): string {
  const ofLibrary = Buffer.from(encodeIntoCompressedBase64(toHistogram(counts, minUs, maxUs)), 'base64')
  const content = inflateSync(ofLibrary.subarray(PREFIX_BYTES))
  // The library writes 1 and the integer 1; the other implementations, which use both fields, write and expect this.
  content.writeInt32BE(0, OFFSET_AT)
  content.writeDoubleBE(1, RATIO_AT)
  const packed = deflateSync(content)
  const prefix = Buffer.from(ofLibrary.subarray(0, PREFIX_BYTES))
  prefix.writeInt32BE(packed.length, 4)
  return Buffer.concat([prefix, packed]).toString('base64')
}

/** Of the compressed form: cookie and length. */
const PREFIX_BYTES = 8
/** Of the V2 header: normalizing index offset (int32) and integer to double conversion ratio (float64). */
const OFFSET_AT = 8
const RATIO_AT = 32

/**
 * Reads base64 of the HDR V2 format. Its maximum is the upper end of a bucket: keep the exact one beside it.
 * @throws RangeError when the text is not one of ours (other range, other digits, damaged)
 */
export function decodeHistogram(base64: string): Int32Histogram {
  const histogram = createHistogram()
  histogram._counts.set(readCounts(base64))
  histogram.establishInternalTackingValues()
  return histogram
}

/** Samples a percentile needs so that at least one lies beyond it: 100 for P99, 1,000 for P99.9. */
export function samplesNeeded(percentile: number): number {
  return Math.ceil((100 / (100 - percentile)) * (1 - 1e-9))
}

/**
 * The value at rank ⌈p/100 × (count + lost)⌉, the lost ranking above every sample: null when no sample lies beyond it
 * (`none`) or when the rank falls among the lost (`timeout`); `few` with under ten samples beyond. 0 < percentile < 100.
 */
export function percentileUs(histogram: Int32Histogram, percentile: number, lostAbove: number): Percentile {
  const { totalCount } = histogram
  return percentileOf(totalCount, percentile, lostAbove, (rank) => valueAtRank(histogram, rank))
}

/** Several rising percentiles at once, in one pass over the counts. 0 is the least value. */
export function percentilesUs(
  histogram: Int32Histogram,
  percentiles: readonly number[],
  lostAbove: number,
): Percentile[] {
  let index = -1
  let seen = 0
  const valueAt = (rank: number): number => {
    while (seen < rank && index < histogram.countsArrayLength - 1) seen += histogram.getCountAtIndex(++index)
    return upperEnd(histogram, index)
  }
  return percentiles.map((percentile) => percentileOf(histogram.totalCount, percentile, lostAbove, valueAt))
}

/** The same of a recorder's snapshot, without the library: cheap enough for a figure a second beside the generator. */
export function trendPercentileUs(
  trend: TrendSnapshot | null,
  percentile: number,
  lostAbove: number,
): Percentile {
  const count = trend === null ? 0 : countSamples(trend)
  return percentileOf(count, percentile, lostAbove, (rank) => valueAtTrendRank(trend!, rank))
}

function percentileOf(
  count: number,
  percentile: number,
  lostAbove: number,
  valueAt: (rank: number) => number,
): Percentile {
  const total = count + lostAbove
  // The least excess of floating point (99.9 % of 1,000 is 999.0000000000001) must not skip a rank.
  const rank = Math.max(1, Math.ceil((percentile / 100) * total - 1e-6))
  const beyond = total - rank
  if (beyond < 1) return { valueUs: null, mark: 'none' }
  if (rank > count) return { valueUs: null, mark: 'timeout' }
  return { valueUs: valueAt(rank), mark: beyond < ENOUGH_BEYOND ? 'few' : 'ok' }
}

/**
 * The trend as it stands in a result; null: nothing was recorded. `lost`: messages without a reply, above every sample.
 * `unitUs`: what the trend's values stand for.
 */
export function toTrendMetric(trend: TrendSnapshot | null, lost: number, unitUs = 1): TrendMetric {
  const count = trend === null ? 0 : countSamples(trend)
  const known = trend === null || count === 0 ? null : trend
  const toUs = (value: number | null): number | null => (value === null ? null : value * unitUs)
  const at = (percentile: number): Percentile => {
    const { valueUs, mark } = trendPercentileUs(trend, percentile, lost)
    return { valueUs: toUs(valueUs), mark }
  }
  const [p50, p90, p95, p99, p999] = [at(50), at(90), at(95), at(99), at(99.9)]
  return {
    type: 'trend',
    unit: 'us',
    count,
    lost,
    clamped: trend?.clamped ?? 0,
    min: toUs(known?.min ?? null),
    // The library's own mean comes from the middles of the buckets; the sum is exact.
    mean: known === null ? null : Math.round((known.sum / count) * unitUs),
    stddev: known === null ? null : Math.round(deviationOf(known) * unitUs),
    p50: p50.valueUs,
    p90: p90.valueUs,
    p95: p95.valueUs,
    p99: p99.valueUs,
    p999: p999.valueUs,
    max: toUs(known?.max ?? null),
    marks: { p50: p50.mark, p90: p90.mark, p95: p95.mark, p99: p99.mark, p999: p999.mark },
  }
}

/** Of the middles of the buckets: what the library has too, whose iterators take several times as long. */
function deviationOf({ counts, min, max }: TrendSnapshot): number {
  const last = slotOf(max)
  let count = 0
  let sum = 0
  for (let slot = slotOf(min); slot <= last; slot++) {
    count += counts[slot]!
    sum += counts[slot]! * middleOf(slot)
  }
  const mean = sum / count
  let squares = 0
  for (let slot = slotOf(min); slot <= last; slot++) squares += counts[slot]! * (middleOf(slot) - mean) ** 2
  return Math.sqrt(squares / count)
}

function middleOf(slot: number): number {
  const low = lowestOf(slot)
  return low + Math.floor((lowestOf(slot + 1) - low) / 2)
}

/** The upper end of the bucket that holds the rank, as the library does it, but never above the greatest value. */
function valueAtRank(histogram: Int32Histogram, rank: number): number {
  let seen = 0
  for (let index = 0; index < histogram.countsArrayLength; index++) {
    seen += histogram.getCountAtIndex(index)
    if (seen >= rank) return upperEnd(histogram, index)
  }
  return histogram.maxValue
}

function upperEnd(histogram: Int32Histogram, index: number): number {
  return Math.min(histogram.highestEquivalentValue(histogram.valueFromIndex(index)), histogram.maxValue)
}
