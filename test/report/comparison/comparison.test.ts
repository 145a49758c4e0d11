import { describe, expect, it } from 'vitest'
import { compareSides, type Judged } from '../../../src/compare/compare-sides.ts'
import { renderComparisonMarkdown } from '../../../src/report/comparison/markdown.ts'
import { renderComparison } from '../../../src/report/comparison/table.ts'
import { nameChange, showChange, showInterval } from '../../../src/report/comparison/words.ts'
import type { RunResult } from '../../../src/result/run-result.ts'
import { type Figures, makeSets, spreadOut } from '../../compare/sets.ts'
import { makePassingResult } from '../../support/sample-result.ts'

const rates = (rate: number, spread = 0.02): Figures[] =>
  spreadOut(spread).map((factor) => ({ rate: rate * factor }))
const sets = makeSets(rates(100_000), rates(85_000))
const TERMINAL = { width: 80, color: false, quiet: false }

function judge(...thresholds: string[]): Judged {
  return compareSides(...sets, { margin: 0.05, figures: [], thresholds })
}

describe('the table', () => {
  it('of ten runs a side', () => {
    expect(renderComparison(judge('messages_received:rate>-5%'), TERMINAL)).toMatchInlineSnapshot(`
      "base   10 runs  2026-01-01 12:00 to 12:19  base-1 … base-10
      new    10 runs  2026-01-01 12:01 to 12:18  head-1 … head-10
      made in turn

      WORSE   messages/s -15 %

      figure            base     new    change  99.6 % interval  finding
      messages/s     100,000  85,000     -15 %  -16.7 … -13.3 %  worse
      response P50    900 µs  900 µs       0 %  -0.06 … +0.06 %  same
      response P99    2.0 ms  2.0 ms       0 %  -0.02 … +0.03 %  same
      errors             0 %     0 %  0 points     0 … 0 points  same
      server memory    85 MB   85 MB       0 %          0 … 0 %  same

      ✗  messages_received:rate>-5%  -15 %
      intervals are over runs (99.6 %, for 5 figures: all together miss at most once
      in 50 times); changes within ±5 % count as none (--margin)
      "
    `)
  })

  it('says in one line what is different', () => {
    expect(renderComparison(judge('p99<+10%'), { ...TERMINAL, quiet: true })).toMatchInlineSnapshot(`
      "WORSE   messages/s -15 % (-16.7 … -13.3 %)   0 of 1 thresholds failed   10 + 10 runs
      "
    `)
  })

  it('names all that cannot be told once, with the runs it would take', () => {
    const noisy = makeSets(rates(100_000, 0.4), rates(105_000, 0.4))
    const text = renderComparison(
      compareSides(...noisy, { margin: 0.05, figures: [], thresholds: [] }),
      TERMINAL,
    )
    expect(text).toMatch(/^CANNOT TELL {3}1 of 5 figures cannot be told from no change$/m)
    expect(text).toMatch(
      /^cannot tell messages\/s \(about \d+ runs a side would do\): the runs differ too\s+much$/m,
    )
  })

  it('of several tests has each under its name, in 80 columns', () => {
    const at = (minute: number, scale: number): RunResult => {
      const result = makePassingResult()
      const time = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, minute, seconds)).toISOString()
      const tests = result.tests.map((test) => ({
        ...test,
        metrics: {
          ...test.metrics,
          server_rss: { type: 'gauge', unit: 'bytes', value: 1_234_000_000 * scale } as const,
        },
      }))
      return { ...result, tests, startedAt: time(0), finishedAt: time(30) }
    }
    const side = (minutes: number[], scales: number[]) =>
      minutes.map((minute, index) => ({ name: `run-${minute}`, result: at(minute, scales[index]!) }))
    const judged = compareSides(side([0, 3, 4], [1, 1.4, 0.7]), side([1, 2, 5], [1.2, 0.6, 1]), {
      margin: 0.05,
      figures: [],
      thresholds: [],
    })
    const lines = renderComparison(judged, TERMINAL).trimEnd().split('\n')
    expect(lines.filter((line) => /^(?:throughput|storm|sustained)$/.test(line))).toHaveLength(3)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
  })
})

it('as Markdown shows names and nothing else', () => {
  const { comparison, thresholds } = judge('p99<+10%')
  const hostile = { ...comparison, notes: [{ code: 'x', message: '@all | <b>#1</b>' }] }
  const text = renderComparisonMarkdown({ comparison: hostile, thresholds })
  expect(text).toContain('| messages/s | 100,000 | 85,000 |')
  expect(text).not.toMatch(/(?<!\\)<b>/)
  expect(text).not.toContain('@all')
})

describe('words', () => {
  it.each([
    ['messages_received', 'rate', 'messages/s'],
    ['response_time', 'p(99)', 'response P99'],
    ['last_delivery_time', 'p(99.9)', 'last delivery P99.9'],
    ['response_time{group=slow}', 'p(50)', 'response{group=slow} P50'],
    ['server_cpu_mean', 'value', 'server CPU'],
    ['messages_lost', 'count', 'messages_lost:count'],
  ])('%s:%s is %s', (metric, aggregation, name) => {
    expect(nameChange({ metric, aggregation })).toBe(name)
  })

  it.each([
    [0.123, 'ratio', 'us', '+12.3 %'],
    [-0.004, 'ratio', 'us', '-0.4 %'],
    [0, 'ratio', 'us', '0 %'],
    [1.5, 'ratio', 'us', '+150 %'],
    [99, 'ratio', 'us', '>+1000 %'],
    [0.02, 'difference', 'ratio', '+2 points'],
    [-1500, 'difference', 'us', '-1.5 ms'],
    [0, 'difference', 'count', '0'],
    [null, 'ratio', 'us', '–'],
  ] as const)('a change of %s (%s, %s) is %s', (value, scale, unit, text) => {
    expect(showChange(value, { scale, unit })).toBe(text)
  })

  it('an interval has its unit once', () => {
    const [figure] = judge().comparison.tests[0]!.figures
    expect(showInterval({ ...figure!, low: -0.031, high: 0.02 })).toBe('-3.1 … +2 %')
    expect(showInterval({ ...figure!, low: null, high: null })).toBe('–')
  })
})
