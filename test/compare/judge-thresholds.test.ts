import { describe, expect, it } from 'vitest'
import { judgeThresholds } from '../../src/compare/judge-thresholds.ts'
import { type Figures, makeSets, spreadOut } from './sets.ts'

function judge(expression: string, base: readonly Figures[], head: readonly Figures[]) {
  const rules = { level: 0.99, margin: 0.05, order: 'alternating' } as const
  const [row] = judgeThresholds(...makeSets(base, head), [expression], rules)
  return row!
}
const p99s = (us: number, spread = 0.02): Figures[] =>
  spreadOut(spread).map((factor) => ({ p99: Math.round(us * factor) }))
const rates = (rate: number, spread = 0.02): Figures[] =>
  spreadOut(spread).map((factor) => ({ rate: rate * factor }))

describe('a limit on the change', () => {
  it.each<[string, Figures[], Figures[], string]>([
    ['p99<+10%', p99s(2000), p99s(2000), 'pass'],
    ['p99<+10%', p99s(2000), p99s(2100), 'pass'],
    ['p99<+10%', p99s(2000), p99s(2300), 'fail'],
    ['p99<+10%', p99s(2000), p99s(1000), 'pass'],
    ['response_time:p(99)<+200us', p99s(2000), p99s(2100), 'pass'],
    ['response_time:p(99)<+200us', p99s(2000), p99s(2300), 'fail'],
    ['messages_received:rate>-5%', rates(100_000), rates(98_000), 'pass'],
    ['messages_received:rate>-5%', rates(100_000), rates(90_000), 'fail'],
    // What is demanded has to be shown.
    ['p99<-10%', p99s(2000), p99s(2000), 'fail'],
    ['p99<-10%', p99s(2000), p99s(1700), 'pass'],
    ['error_ratio<+0.5%', [{}, {}, {}], [{}, {}, {}], 'pass'],
    ['error_ratio<+0.5%', [{}, {}, {}], [{ errors: 0.02 }, { errors: 0.02 }, { errors: 0.0201 }], 'fail'],
    ['error_ratio<=+0', [{}, {}, {}], [{}, {}, {}], 'pass'],
    // A fixed limit is held against the middle of the new runs.
    ['p99<2500us', p99s(1000), p99s(2000), 'pass'],
    ['p99<1500us', p99s(1000), p99s(2000), 'fail'],
  ])('%s', (expression, base, head, result) => {
    expect(judge(expression, base, head)).toMatchObject({ expression, result, test: 'throughput' })
  })

  it('says by how much it changed', () => {
    const row = judge('p99<+10%', p99s(2000), p99s(2300))
    expect(row).toMatchObject({
      metric: 'response_time',
      aggregation: 'p(99)',
      limit: 0.1,
      unit: 'change',
      note: '',
    })
    expect(row.value).toBeCloseTo(0.15, 2)
    expect(judge('p99<+1ms', p99s(2000), p99s(2300))).toMatchObject({ unit: 'change in us', limit: 1000 })
  })

  it('passes over what may be noise', () => {
    const row = judge('p99<+10%', p99s(2000, 0.15), p99s(2250, 0.15))
    expect(row).toMatchObject({ result: 'pass', note: 'within the noise of the runs' })
    expect(row.value).toBeGreaterThan(0.1)
  })

  it('has no data where the noise could hide twice the limit, and says how many runs would do', () => {
    const row = judge('p99<+5%', p99s(2000, 0.4), p99s(2000, 0.4))
    expect(row.result).toBe('no-data')
    expect(row.note).toMatch(/^too noisy for this limit: about \d+ runs a side$/)
  })

  it.each<[string, Figures[], Figures[], string, RegExp]>([
    ['one run a side', [{ p99: 2000 }], [{ p99: 2000 }], 'no-data', /one run a side has no spread/],
    [
      'new runs among lost messages',
      p99s(2000),
      [...p99s(2000).slice(1), { p99: null }],
      'fail',
      /> timeout/,
    ],
    [
      'base runs among lost messages',
      [...p99s(2000).slice(1), { p99: null }],
      p99s(2000),
      'no-data',
      /the baseline: > timeout/,
    ],
  ])('fails with %s', (_, base, head, result, note) => {
    const row = judge('p99<+10%', base, head)
    expect(row.result).toBe(result)
    expect(row.note).toMatch(note)
  })

  it('has no data for a share of nothing, but of nothing on both sides', () => {
    const failed = 'connections_failed:count<+10%'
    expect(judge(failed, [{}, {}, {}], [{}, {}, {}])).toMatchObject({ result: 'pass', value: 0 })
  })

  it('of a test that did not run has no data', () => {
    expect(judge('storm/p99<+10%', [{}, {}], [{}, {}])).toMatchObject({ result: 'no-data', test: 'storm' })
  })
})
