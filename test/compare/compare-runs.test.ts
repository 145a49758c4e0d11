import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../src/compare/compare-runs.ts'
import { DEFAULT_MARGIN } from '../../src/compare/default-margin.ts'
import type { Comparison, FigureChange } from '../../src/result/comparison-schema.ts'
import { comparison as schema } from '../../src/result/comparison-schema.ts'
import { type Figures, makeSets, spreadOut } from './sets.ts'

const OPTIONS = { margin: DEFAULT_MARGIN, figures: [] }

function compare(
  base: readonly Figures[],
  head: readonly Figures[],
  order: 'in turn' | 'apart' = 'in turn',
): Comparison {
  return compareRuns(...makeSets(base, head, order), OPTIONS)
}

function find({ tests }: Comparison, metric: string, aggregation: string): FigureChange {
  return tests[0]!.figures.find((one) => one.metric === metric && one.aggregation === aggregation)!
}

const rateOf = (result: Comparison): FigureChange => find(result, 'messages_received', 'rate')
const p50Of = (result: Comparison): FigureChange => find(result, 'response_time', 'p(50)')
const p99Of = (result: Comparison): FigureChange => find(result, 'response_time', 'p(99)')
const errorsOf = (result: Comparison): FigureChange => find(result, 'error_ratio', 'value')
const rates = (factors: readonly number[], rate: number): Figures[] =>
  factors.map((factor) => ({ rate: factor * rate }))

describe('a comparison', () => {
  it('has the headline figures of the test at 99 % or more, and is what the schema says', () => {
    const result = compare([{}, {}, {}], [{}, {}, {}])
    expect(result.tests[0]!.figures.map(({ metric, aggregation }) => `${metric}:${aggregation}`)).toEqual([
      'messages_received:rate',
      'response_time:p(50)',
      'response_time:p(99)',
      'error_ratio:value',
      'server_rss:value',
    ])
    expect(result.level).toBeCloseTo(0.996, 9)
    expect(schema.parse(result)).toEqual(result)
  })

  it('finds a loss of a tenth in ten runs a side that differ by 3 %', () => {
    const result = compare(rates(spreadOut(0.03), 100_000), rates(spreadOut(0.03), 90_000))
    expect(rateOf(result)).toMatchObject({ finding: 'worse', method: 'ranks', scale: 'ratio', reason: '' })
    expect(rateOf(result).change).toBeCloseTo(-0.1, 2)
    expect(result.finding).toBe('worse')
  })

  it('finds sets alike when the whole interval lies within the margin', () => {
    const result = compare(rates(spreadOut(0.02), 100_000), rates(spreadOut(0.02), 101_000))
    expect(rateOf(result).finding).toBe('same')
    expect(result.finding).toBe('same')
  })

  it('cannot tell where the runs differ more than the sides, and says how many runs would do', () => {
    const result = compare(rates(spreadOut(0.4), 100_000), rates(spreadOut(0.4), 105_000))
    expect(rateOf(result)).toMatchObject({ finding: 'cannot-tell', reason: 'the runs differ too much' })
    expect(rateOf(result).runsNeeded).toBeGreaterThan(10)
  })

  it('knows of each figure which way is better', () => {
    const result = compare(
      spreadOut(0.01).map((factor) => ({ rate: 100_000 * factor, p50: Math.round(10_000 * factor) })),
      spreadOut(0.01).map((factor) => ({ rate: 120_000 * factor, p50: Math.round(8_000 * factor) })),
    )
    expect([rateOf(result).finding, p50Of(result).finding]).toEqual(['better', 'better'])
  })

  it('takes means of logarithms with few runs', () => {
    const result = compare(rates([0.99, 1, 1.01], 100_000), rates([0.99, 1, 1.01], 80_000))
    expect(rateOf(result)).toMatchObject({ method: 'means', finding: 'worse' })
  })
})

describe('sets that were not made in turn', () => {
  it('have to differ by more than the margin, as drift may be all there is', () => {
    const [base, head] = [rates(spreadOut(0.01), 100_000), rates(spreadOut(0.01), 94_500)]
    expect(rateOf(compare(base, head)).finding).toBe('worse')
    const apart = compare(base, head, 'apart')
    expect(rateOf(apart).finding).toBe('cannot-tell')
    expect(rateOf(apart).reason).toContain('not made in turn')
    expect(apart).toMatchObject({ order: 'apart', notes: [{ code: 'apart' }] })
    expect(rateOf(compare(base, rates(spreadOut(0.01), 90_000), 'apart')).finding).toBe('worse')
  })
})

describe('one run', () => {
  it('a side cannot tell', () => {
    const result = compare([{ rate: 100_000 }], [{ rate: 50_000 }])
    expect(rateOf(result)).toMatchObject({ finding: 'cannot-tell', method: 'none', low: null, high: null })
    expect(rateOf(result).change).toBeCloseTo(-0.5, 9)
    expect(errorsOf(result).finding).toBe('same')
  })

  it('against a set has the spread of the set', () => {
    const base = rates(spreadOut(0.02), 100_000)
    expect(rateOf(compare(base, [{ rate: 97_000 }])).finding).toBe('cannot-tell')
    expect(rateOf(compare(base, [{ rate: 75_000 }])).finding).toBe('worse')
  })
})

describe('values that are none, nothing or coarse', () => {
  it('no errors on both sides are the same, and errors are differences', () => {
    const none = compare([{}, {}, {}], [{}, {}, {}])
    expect(errorsOf(none)).toMatchObject({
      base: 0,
      head: 0,
      change: 0,
      finding: 'same',
      scale: 'difference',
    })
    const some = compare([{}, {}, {}], [{ errors: 0.02 }, { errors: 0.021 }, { errors: 0.02 }])
    expect(errorsOf(some)).toMatchObject({ finding: 'worse' })
    expect(errorsOf(some).change).toBeCloseTo(0.0203, 4)
  })

  it('a percentile among lost messages in every new run is worse, and in some cannot be told', () => {
    const ten = Array<Figures>(10).fill({ p99: 2000 })
    const lost = Array<Figures>(10).fill({ p99: null })
    expect(p99Of(compare(ten, lost))).toMatchObject({ finding: 'worse', change: null, head: null, low: null })
    expect(p99Of(compare(lost, ten))).toMatchObject({ finding: 'better', base: null })
    const mixed = p99Of(compare(ten, [...lost.slice(1), { p99: 1 }]))
    expect(mixed).toMatchObject({ finding: 'cannot-tell', reason: '9 of 20 runs have no value (> timeout)' })
    // Three and three are apart by chance in one of ten cases.
    expect(p99Of(compare(ten.slice(7), lost.slice(7))).finding).toBe('cannot-tell')
  })

  it('one microsecond more is one step of the recorder, not a sure 3 %', () => {
    const step = p50Of(
      compare([{ p50: 33 }, { p50: 33 }, { p50: 33 }], [{ p50: 34 }, { p50: 34 }, { p50: 34 }]),
    )
    expect(step.change).toBeCloseTo(1 / 33, 5)
    expect(step.low).toBeCloseTo(Math.exp(Math.log(34 / 33) - 0.5 / 33.5) - 1, 3)
    expect(step.finding).toBe('same')
    const coarse = p50Of(compare([{ p50: 5 }, { p50: 5 }, { p50: 5 }], [{ p50: 5 }, { p50: 5 }, { p50: 5 }]))
    expect(coarse.finding).toBe('cannot-tell')
  })

  it('leaves out the memory of a server that nobody saw', () => {
    const result = compare([{ rss: null }, { rss: null }], [{ rss: null }, { rss: null }])
    expect(result.tests[0]!.figures.map(({ metric }) => metric)).not.toContain('server_rss')
    const half = compare([{ rss: null }, { rss: 1e6 }], [{ rss: null }, { rss: 1e6 }])
    expect(find(half, 'server_rss', 'value').finding).toBe('cannot-tell')
  })
})

describe('whatever the runs', () => {
  const factors = fc.array(fc.integer({ min: 900, max: 1100 }), { minLength: 3, maxLength: 11 })

  it('swapping the sides turns the ratio round, and better into worse', () => {
    const turned = { better: 'worse', worse: 'better', same: 'same', 'cannot-tell': 'cannot-tell' }
    fc.assert(
      fc.property(factors, factors, (base, head) => {
        const there = rateOf(compare(rates(base, 100), rates(head, 100), 'apart'))
        const back = rateOf(compare(rates(head, 100), rates(base, 100), 'apart'))
        expect((1 + there.change!) * (1 + back.change!)).toBeCloseTo(1, 9)
        expect((1 + there.low!) * (1 + back.high!)).toBeCloseTo(1, 6)
        expect(back.finding).toBe(turned[there.finding])
      }),
      { numRuns: 40 },
    )
  })

  it('scaling one side scales the change, and the order of the files does not matter', () => {
    fc.assert(
      fc.property(factors, factors, fc.integer({ min: 2, max: 5 }), (base, head, scale) => {
        const [one, other] = makeSets(rates(base, 100), rates(head, 100))
        const plain = rateOf(compareRuns(one, other, OPTIONS))
        const scaled = rateOf(compare(rates(base, 100), rates(head, 100 * scale)))
        expect(1 + scaled.change!).toBeCloseTo((1 + plain.change!) * scale, 9)
        expect(1 + scaled.low!).toBeCloseTo((1 + plain.low!) * scale, 9)
        expect(compareRuns([...one].reverse(), [...other].reverse(), OPTIONS)).toEqual(
          compareRuns(one, other, OPTIONS),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('more figures make wider intervals, so that all together are wrong at most once in fifty times', () => {
    const [base, head] = makeSets(rates(spreadOut(0.1), 100), rates(spreadOut(0.1), 100))
    const aggregation = { kind: 'percentile', percentile: 90 } as const
    const figure = {
      metric: 'response_time',
      group: null,
      step: null,
      aggregation,
      unit: 'us',
      better: 'lower',
    } as const
    const figures = [90, 95, 99.9, 75, 25].map((percentile) => ({
      test: null,
      figure: { ...figure, aggregation: { ...aggregation, percentile } },
    }))
    const more = compareRuns(base, head, { ...OPTIONS, figures })
    expect(more.level).toBeCloseTo(1 - 0.02 / 10, 9)
    expect(rateOf(more).high).toBeGreaterThan(rateOf(compareRuns(base, head, OPTIONS)).high!)
  })
})
