import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { decodeFromCompressedBase64, Int32Histogram } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import {
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  percentileUs,
  samplesNeeded,
  toHistogram,
  toTrendMetric,
} from '../../src/result/histogram.ts'
import { makeTrend } from '../support/sample-result.ts'

const microseconds = fc.integer({ min: 0, max: 60_000_000 })

function histogramOf(values: readonly number[]): Int32Histogram {
  const trend = makeTrend(values)
  return trend === null ? createHistogram() : toHistogram(trend.counts, trend.min, trend.max)
}

/** 1, 2, 3, … µs: under 2,048 every value has a bucket of its own, so percentiles are exact. */
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('percentileUs', () => {
  it.each([
    { count: 100, percentile: 50, lost: 0, valueUs: 50, mark: 'ok' },
    { count: 1000, percentile: 99, lost: 0, valueUs: 990, mark: 'ok' },
    { count: 999, percentile: 99, lost: 0, valueUs: 990, mark: 'few' },
    { count: 100, percentile: 99, lost: 0, valueUs: 99, mark: 'few' },
    { count: 99, percentile: 99, lost: 0, valueUs: null, mark: 'none' },
    { count: 1000, percentile: 99.9, lost: 0, valueUs: 999, mark: 'few' },
    { count: 999, percentile: 99.9, lost: 0, valueUs: null, mark: 'none' },
    { count: 2, percentile: 50, lost: 0, valueUs: 1, mark: 'few' },
    { count: 1, percentile: 50, lost: 0, valueUs: null, mark: 'none' },
    { count: 0, percentile: 50, lost: 0, valueUs: null, mark: 'none' },
    // The lost rank above every sample: they move a percentile up, and swallow it at last.
    { count: 1000, percentile: 99, lost: 5, valueUs: 995, mark: 'ok' },
    { count: 1000, percentile: 99, lost: 11, valueUs: null, mark: 'timeout' },
    { count: 980, percentile: 99, lost: 20, valueUs: null, mark: 'timeout' },
    { count: 980, percentile: 95, lost: 20, valueUs: 950, mark: 'ok' },
    { count: 0, percentile: 50, lost: 100, valueUs: null, mark: 'timeout' },
  ])(
    'p$percentile of $count samples and $lost lost is $valueUs, $mark',
    ({ count, percentile, lost, ...expected }) => {
      expect(percentileUs(histogramOf(upTo(count)), percentile, lost)).toEqual(expected)
    },
  )

  it('is what the library says, where nothing is lost and enough is known', () => {
    fc.assert(
      fc.property(fc.array(microseconds, { minLength: 100, maxLength: 300 }), (values) => {
        const ours = histogramOf(values)
        const library = createHistogram()
        for (const value of values) library.recordValue(value)
        for (const percentile of [50, 90, 95, 99]) {
          const expected = Math.min(library.getValueAtPercentile(percentile), Math.max(...values))
          expect(percentileUs(ours, percentile, 0).valueUs).toBe(expected)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('never lies above the greatest value, though a bucket is wider', () => {
    const values = Array.from({ length: 100 }, () => 1_234_567)
    expect(percentileUs(histogramOf(values), 50, 0).valueUs).toBe(1_234_567)
  })
})

describe('samplesNeeded', () => {
  it.each([
    [50, 2],
    [90, 10],
    [95, 20],
    [99, 100],
    [99.9, 1000],
    [99.99, 10_000],
    [99.999, 100_000],
  ])('p(%d) needs %d samples, and with exactly that many it has a value', (percentile, needed) => {
    expect(samplesNeeded(percentile)).toBe(needed)
    const histogram = createHistogram()
    histogram.recordValueWithCount(7, needed)
    expect(percentileUs(histogram, percentile, 0)).toEqual({ valueUs: 7, mark: 'few' })
    histogram.reset()
    histogram.recordValueWithCount(7, needed - 1)
    expect(percentileUs(histogram, percentile, 0).mark).toBe('none')
  })
})

describe('encodeHistogram and decodeHistogram', () => {
  it('give back every count', () => {
    fc.assert(
      fc.property(fc.array(microseconds, { minLength: 1, maxLength: 200 }), (values) => {
        const trend = makeTrend(values)!
        const decoded = decodeHistogram(encodeHistogram(trend.counts, trend.min, trend.max))
        expect(decoded).toBeInstanceOf(Int32Histogram)
        expect([...(decoded._counts as Uint32Array)]).toEqual([...trend.counts])
        expect(decoded.totalCount).toBe(values.length)
        const text = encodeHistogram(trend.counts, trend.min, trend.max)
        expect(decodeFromCompressedBase64(text).toString()).toBe(decoded.toString())
      }),
      { numRuns: 15 },
    )
  })

  it('write the header of the format as other implementations do: no offset, and a ratio of 1.0', () => {
    const { counts, min, max } = makeTrend([1, 2, 2, 50])!
    const bytes = Buffer.from(encodeHistogram(counts, min, max), 'base64')
    expect([bytes.readUInt32BE(0), bytes.readInt32BE(4)]).toEqual([0x1c849314, bytes.length - 8])
    const content = inflateSync(bytes.subarray(8))
    expect({
      cookie: content.readUInt32BE(0),
      payloadLength: content.readInt32BE(4),
      normalizingIndexOffset: content.readInt32BE(8),
      digits: content.readInt32BE(12),
      lowest: content.readBigInt64BE(16),
      highest: content.readBigInt64BE(24),
      ratio: content.readDoubleBE(32),
      // ZigZag: one 0, one 1, one 2, 47 times 0, one 1.
      counts: [...content.subarray(40)],
    }).toEqual({
      cookie: 0x1c849313,
      payloadLength: content.length - 40,
      normalizingIndexOffset: 0,
      digits: 3,
      lowest: 1n,
      highest: 60_000_000n,
      ratio: 1,
      counts: [0, 2, 4, 93, 2],
    })
  })

  it('take an empty histogram', () => {
    const { _counts } = createHistogram()
    expect(decodeHistogram(encodeHistogram(_counts as Uint32Array, 0, 0)).totalCount).toBe(0)
  })

  it('refuse counts of another layout and text that is no histogram', () => {
    expect(() => encodeHistogram(new Uint32Array(3), 0, 0)).toThrow('3 counts instead of 17408')
    expect(() => decodeHistogram('bm90IGEgaGlzdG9ncmFt')).toThrow()
  })
})

describe('toTrendMetric', () => {
  it('has the exact least, greatest and mean, which the buckets have not', () => {
    const metric = toTrendMetric(makeTrend([1_234_567, 7_654_321, 30_000_001]), 0)
    expect(metric).toMatchObject({ count: 3, min: 1_234_567, max: 30_000_001, mean: 12_962_963, clamped: 0 })
  })

  it('has the deviation and the percentiles that the library has', () => {
    fc.assert(
      fc.property(fc.array(microseconds, { minLength: 1, maxLength: 300 }), (values) => {
        const { count, stddev, p50, p90 } = toTrendMetric(makeTrend(values), 0)
        const histogram = histogramOf(values)
        expect(count).toBe(histogram.totalCount)
        // One more or less where a half is rounded.
        expect(Math.abs(stddev! - histogram.stdDeviation)).toBeLessThanOrEqual(0.501)
        expect(p50).toBe(percentileUs(histogram, 50, 0).valueUs)
        expect(p90).toBe(percentileUs(histogram, 90, 0).valueUs)
      }),
    )
  })

  it('is all null, never 0, without a sample', () => {
    const metric = toTrendMetric(null, 0)
    expect(metric).toMatchObject({
      count: 0,
      min: null,
      mean: null,
      stddev: null,
      p50: null,
      p999: null,
      max: null,
    })
    expect(metric.marks).toEqual({ p50: 'none', p90: 'none', p95: 'none', p99: 'none', p999: 'none' })
  })

  it('says of a run that lost everything that its percentiles are beyond the timeout', () => {
    expect(toTrendMetric(null, 1000)).toMatchObject({
      count: 0,
      lost: 1000,
      p50: null,
      marks: { p50: 'timeout', p99: 'timeout' },
    })
  })
})
