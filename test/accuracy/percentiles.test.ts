/** Every published percentile against the nearest rank of the raw list, over whatever can be measured. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeRecorders } from '../../src/record/recorder.ts'
import { decodeHistogram } from '../../src/result/histogram.ts'
import { deriveFrom, snapshotOf } from '../result/measure.ts'
import { makePlan } from '../thresholds/make-plan.ts'
import { expectTrend } from './nearest-rank.ts'

const HIGHEST_US = 60_000_000

/** As many of 10 µs as of 10 s: the exponent is what varies. */
const spread = fc
  .double({ min: 0, max: Math.log(HIGHEST_US + 1), noNaN: true })
  .map((exponent) => Math.floor(Math.exp(exponent) - 1))
const even = fc.integer({ min: 0, max: HIGHEST_US })
/** Ends of buckets, where a slot is the easiest to miss. */
const edge = fc
  .tuple(fc.integer({ min: 0, max: 25 }), fc.integer({ min: -1, max: 1 }))
  .map(([power, by]) => Math.min(HIGHEST_US, Math.max(0, 2 ** power + by)))
const latencies = fc.oneof(spread, even, edge)
/** A few values often, so that ranks fall between plateaus. */
const plateaus = fc
  .array(fc.tuple(latencies, fc.integer({ min: 1, max: 400 })), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.flatMap(([us, times]) => Array<number>(times).fill(us)))
const lists = fc.oneof(fc.array(latencies, { maxLength: 1500 }), plateaus)

describe('a published percentile', () => {
  it('is the nearest rank of what was measured, and at most 0.1 % over it', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 40 }), (list, lost) => {
        const plan = makePlan('sustained')
        const { metrics } = deriveFrom(plan, [
          { response_time: list, service_time: list, messages_lost: lost },
        ])
        expectTrend(metrics.response_time, list, lost)
        expectTrend(metrics.service_time, list, lost)
      }),
      { numRuns: 150 },
    )
  })

  it('is the same when several shards have measured it', () => {
    fc.assert(
      fc.property(lists, lists, lists, (a, b, c) => {
        const parts = [a, b, c].map((list) => ({ response_time: list }))
        const { metrics } = deriveFrom(makePlan('sustained'), [], {
          groups: [mergeRecorders(parts.map(snapshotOf))],
        })
        expectTrend(metrics.response_time, [...a, ...b, ...c])
      }),
      { numRuns: 40 },
    )
  })

  it('can be read again from the histogram in the result', () => {
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 500 }), (list) => {
        const { histograms } = deriveFrom(makePlan('sustained'), [{ response_time: list }])
        const histogram = decodeHistogram(histograms.response_time!)
        const sorted = list.toSorted((x, y) => x - y)
        expect(histogram.totalCount).toBe(list.length)
        for (const percentile of [50, 90, 99]) {
          const wanted = sorted[Math.ceil((percentile * list.length) / 100) - 1]!
          expect(histogram.getValueAtPercentile(percentile)).toBeGreaterThanOrEqual(wanted)
          expect(histogram.getValueAtPercentile(percentile)).toBeLessThanOrEqual(wanted * 1.001)
        }
      }),
      { numRuns: 40 },
    )
  })
})
