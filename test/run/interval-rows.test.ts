import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Phase } from '../../src/plan/plan.ts'
import { TREND_BYTES, Trend } from '../../src/record/trend.ts'
import type { Interval } from '../../src/result/run-result.ts'
import { coarsen, coarsePercentileUs, countCoarse, mergeCoarse } from '../../src/run/coarse-trend.ts'
import { type IntervalRow, IntervalRows } from '../../src/run/interval-rows.ts'

const SECOND = 1_000_000
const HOUR = 3600

function trendOf(values: readonly number[]) {
  const trend = new Trend(new ArrayBuffer(TREND_BYTES), 0)
  for (const value of values) trend.record(value)
  return trend.snapshot()!
}

/** A second, or so, that ends at `atUs`. */
function makeRow(
  atUs: number,
  change: Partial<Interval> = {},
  latencies: readonly number[] = [],
): IntervalRow {
  const interval: Interval = {
    atUs,
    durationUs: SECOND,
    phase: 'hold',
    connectionsOpen: 10,
    connectionsFailed: 0,
    sent: 100,
    received: 99,
    lost: 1,
    deliveriesExpected: null,
    errors: {},
    closeCodes: {},
    p50Us: null,
    p99Us: null,
    p999Us: null,
    serviceP50Us: null,
    serviceP99Us: null,
    serviceP999Us: null,
    maxUs: latencies.length === 0 ? null : Math.max(...latencies),
    pacerLagP99Us: null,
    loopBusy: 0.5,
    generatorRssBytes: 1000,
    generatorCpuPercent: 50,
    serverRssBytes: null,
    serverCpuPercent: null,
    ...change,
  }
  const latency = latencies.length === 0 ? null : coarsen(trendOf(latencies))
  return { interval, threadPercent: null, coreWait: null, latency, service: null, lag: null }
}

function collect(count: number, make: (index: number) => IntervalRow) {
  const rows = new IntervalRows()
  for (let index = 0; index < count; index++) rows.add(make(index))
  return rows.rows
}

const sum = (rows: readonly IntervalRow[], pick: (interval: Interval) => number) =>
  rows.reduce((total, { interval }) => total + pick(interval), 0)

describe('intervals of a long test', () => {
  it('of an hour are kept as they are', () => {
    const rows = collect(HOUR, (index) => makeRow((index + 1) * SECOND))
    expect(rows).toHaveLength(HOUR)
    expect(rows.every(({ interval }) => interval.durationUs === SECOND)).toBe(true)
  })

  it('of an hour and a second are pairs', () => {
    const rows = collect(HOUR + 1, (index) =>
      makeRow((index + 1) * SECOND, {
        connectionsOpen: index,
        connectionsFailed: 2 * index,
        loopBusy: index % 2 === 0 ? 0.2 : 0.4,
        serverCpuPercent: index % 2 === 0 ? null : 70,
        serverRssBytes: index,
        errors: index === 0 ? { refused: 2 } : { refused: 1, 'no-reply': 3 },
        closeCodes: index === 1 ? { 1006: 4 } : {},
        deliveriesExpected: index,
        maxUs: index === 1 ? 77 : 5,
      }),
    )
    expect(rows).toHaveLength(1801)
    expect(rows[0]!.interval).toMatchObject({
      atUs: 2 * SECOND,
      durationUs: 2 * SECOND,
      sent: 200,
      received: 198,
      lost: 2,
      connectionsOpen: 1,
      connectionsFailed: 2,
      serverCpuPercent: 70,
      serverRssBytes: 1,
      generatorRssBytes: 1000,
      maxUs: 77,
      errors: { refused: 3, 'no-reply': 3 },
      closeCodes: { 1006: 4 },
      deliveriesExpected: 1,
    })
    expect(rows[0]!.interval.loopBusy).toBeCloseTo(0.3)
  })

  it.each([2 * HOUR + 1, 10 * HOUR, 86_400])(
    'of %d seconds lose nothing, and are about equally long',
    (count) => {
      // Each comes up to a thousandth late.
      const rows = collect(count, (index) =>
        makeRow((index + 1) * SECOND, { durationUs: SECOND + (index % 1000) }),
      )
      expect(rows.length).toBeLessThanOrEqual(HOUR)
      expect(rows.length).toBeGreaterThan(HOUR / 2)
      expect(sum(rows, ({ sent }) => sent)).toBe(100 * count)
      expect(sum(rows, ({ received }) => received)).toBe(99 * count)
      expect(sum(rows, ({ durationUs }) => durationUs)).toBe(
        Array.from({ length: count }, (_, index) => SECOND + (index % 1000)).reduce((a, b) => a + b),
      )
      expect(rows.at(-1)!.interval.atUs).toBe(count * SECOND)
      const lengths = rows.slice(0, -1).map(({ interval }) => interval.durationUs)
      expect(Math.max(...lengths) / Math.min(...lengths)).toBeLessThan(1.1)
    },
  )

  it('of 30 days are as few', () => {
    const rows = collect((30 * 86_400) / 10, (index) =>
      makeRow((index + 1) * 10 * SECOND, { durationUs: 10 * SECOND }),
    )
    expect(rows.length).toBeLessThanOrEqual(HOUR)
    expect(sum(rows, ({ durationUs }) => durationUs)).toBe(30 * 86_400 * SECOND)
  })

  it('keep their phases apart', () => {
    const phaseOf = (index: number): Phase => (index < 3 ? 'connect' : index < 10 ? 'warmup' : 'hold')
    const rows = collect(3 * HOUR, (index) => makeRow((index + 1) * SECOND, { phase: phaseOf(index) }))
    const timeIn = (phase: Phase) =>
      sum(rows, (interval) => (interval.phase === phase ? interval.durationUs : 0)) / SECOND
    expect([timeIn('connect'), timeIn('warmup'), timeIn('hold')]).toEqual([3, 7, 3 * HOUR - 10])
  })

  it('of a hundred thousand short cycles are not more either', () => {
    const phases: Phase[] = ['connect', 'hold', 'drain']
    const rows = collect(300_000, (index) =>
      makeRow((index + 1) * 200_000, { phase: phases[index % 3]!, durationUs: 200_000 }),
    )
    expect(rows.length).toBeLessThanOrEqual(HOUR)
    expect(sum(rows, ({ sent }) => sent)).toBe(30_000_000)
  })

  it('have the percentiles of all samples that they stand for', () => {
    const fast = Array.from({ length: 600 }, () => 1000)
    const slow = Array.from({ length: 600 }, (_, n) => (n < 30 ? 50_000 : 2000))
    const rows = collect(HOUR + 1, (index) =>
      makeRow((index + 1) * SECOND, {}, index % 2 === 0 ? fast : slow),
    )
    const { p50Us, p99Us, maxUs } = rows[0]!.interval
    // Rank 600 of 1,200 is the last of the fast ones, rank 1,188 one of the 30 slow ones.
    expect(p50Us! / 1000).toBeGreaterThanOrEqual(1)
    expect(p50Us! / 1000).toBeLessThan(1.016)
    expect([p99Us, maxUs]).toEqual([50_000, 50_000])
    // A second alone, at the end, has too few for a P99, and keeps what it came with.
    expect(rows.at(-1)!.interval.p99Us).toBeNull()
  })
})

describe('a coarse trend', () => {
  const values = fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 2, maxLength: 300 })

  it('has every sample, and percentiles within 1.6 % of the true ones, merged or not', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: 1, max: 99 }), (early, late, percentile) => {
        const all = [...early, ...late].sort((a, b) => a - b)
        const merged = mergeCoarse(coarsen(trendOf(early)), coarsen(trendOf(late)))!
        expect(merged).toEqual(coarsen(trendOf(all)))
        expect(countCoarse(merged)).toBe(all.length)
        const rank = Math.ceil((percentile / 100) * all.length - 1e-6)
        const found = coarsePercentileUs(merged, percentile, all.at(-1)!)
        if (rank === all.length) expect(found).toBeNull()
        else {
          // To three digits below, as HDR has it, and up to a 64th above.
          expect(found).toBeGreaterThanOrEqual(Math.floor(all[rank - 1]! * 0.999))
          expect(found).toBeLessThanOrEqual(all[rank - 1]! * (1 + 1 / 64) + 1)
        }
      }),
    )
  })

  it('of nothing is nothing', () => {
    const one = coarsen(trendOf([5]))
    expect([mergeCoarse(null, null), mergeCoarse(one, null), mergeCoarse(null, one)]).toEqual([
      null,
      one,
      one,
    ])
    expect(coarsePercentileUs(one, 50, 5)).toBeNull()
  })
})
