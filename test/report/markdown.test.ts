import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, prose } from '../../src/report/markdown/escape.ts'
import { renderMarkdown } from '../../src/report/markdown/markdown.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { anyText, makeHostileResult } from '../support/hostile-result.ts'
import {
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeSustainedTest,
  makeThroughputTest,
} from '../support/sample-result.ts'

/** Cells of a row as GFM cuts it: at every pipe without a backslash before it, whatever else the cell holds. */
function cutRow(line: string): string[] {
  return line.replace(/^\||\|$/g, '').split(/(?<!\\)\|/)
}

/** Every table: its lines, from the heading on. */
function listTables(markdown: string): string[][] {
  const above = markdown.split('<details>')[0] ?? ''
  return above
    .split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) => block.split('\n'))
}

function headlineOf(result: RunResult): string {
  return /^### (.*)$/m.exec(renderMarkdown(result))?.[1] ?? ''
}

const NOT_VALID = makeResult([
  {
    ...makeThroughputTest(),
    validity: {
      state: 'generator-limited',
      limitedBy: 'generator',
      reasons: [{ code: 'loop', message: 'this machine was the limit', value: 1, limit: 1 }],
    },
  },
])

describe('the headline says first whether the run can be believed, then whether it passed', () => {
  it.each([
    ['a run without a gate', makePassingResult(), '✅ VALID'],
    [
      'a gate that holds',
      { ...makeFailedGate(), exitCode: 0, thresholds: makeFailedGate().thresholds.slice(1) },
      '✅ VALID · 1 threshold passed',
    ],
    ['a failed gate', makeFailedGate(), '❌ VALID · 1 of 2 thresholds failed (exit 99)'],
    ['an interrupted run', makeAbortedResult(), '⚠️ VALID · INTERRUPTED (exit 130)'],
    ['a run without a sample', makeEmptyResult(), '❌ NOT COMPLETED (exit 3)'],
    ['a run that is not valid', NOT_VALID, '⚠️ GENERATOR-LIMITED'],
    ['one that had to be', { ...NOT_VALID, exitCode: 4 }, '❌ GENERATOR-LIMITED (exit 4)'],
  ])('%s', (_, result, expected) => {
    expect(headlineOf(result)).toBe(expected)
  })
})

describe('renderMarkdown', () => {
  it('says why a run is not valid', () => {
    expect(renderMarkdown(NOT_VALID)).toContain('\n- ⚠️ this machine was the limit\n')
  })

  it('gives the answers of a test type, each with its verdict', () => {
    const finding = { code: 'x', value: null, unit: '', low: null, high: null }
    const findings = [
      { ...finding, verdict: 'good' as const, message: 'no leak was seen' },
      { ...finding, verdict: 'bad' as const, message: '2 of 10 came back late' },
      { ...finding, verdict: 'unknown' as const, message: 'too short to tell' },
    ]
    expect(renderMarkdown(makeResult([{ ...makeThroughputTest(), findings }]))).toContain(
      '\n- ✅ no leak was seen\n- ❌ 2 of 10 came back late\n- ❔ too short to tell\n',
    )
  })

  it('shows the failed thresholds first, each with its mark', () => {
    const [rows = []] = listTables(renderMarkdown(makeFailedGate()))
    expect(rows.slice(2)).toEqual([
      '| ❌ | `response_time:p(99)<200ms` | \\> 5 s | among lost messages, since 4.2 s |',
      '| ✅ | `error_ratio<5%` | 2 % |  |',
    ])
  })

  it('names errors with the likely cause', () => {
    expect(renderMarkdown(makeEmptyResult())).toContain(
      '| `refused` | 100 | nothing listens there, or its backlog is full |',
    )
  })

  it('is found again by its first line', () => {
    expect(renderMarkdown(makePassingResult())).toMatch(/^<!-- stress report -->\n/)
  })

  it('stays short above the fold', () => {
    const above = renderMarkdown(makePassingResult()).split('<details>')[0] ?? ''
    expect(above.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
  })

  it('fits a comment of GitHub whatever there is', () => {
    const test = makeSustainedTest()
    const errors = Array.from({ length: 2000 }, (_, index) => ({
      class: `class-${index}`,
      detail: 'x'.repeat(500),
      count: index,
      firstAtUs: null,
    }))
    const row = makeFailedGate().thresholds[0]!
    const closeCodes = Object.fromEntries(errors.map(({ class: name, count }) => [name, count]))
    const result = makeResult(
      Array.from({ length: 5 }, () => ({ ...test, errors, closeCodes })),
      { thresholds: Array.from({ length: 500 }, () => row) },
    )
    const text = renderMarkdown(result)
    expect(text.length).toBeLessThan(65_536)
    expect(text).toContain('and 470 more thresholds')
    expect(text).toContain('and 1,990 more kinds of errors')
  })

  it('keeps the columns of every table with any text anywhere', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tables = listTables(renderMarkdown(makeHostileResult(text)))
        expect(tables.length).toBe(5)
        for (const rows of tables) expect(new Set(rows.map((row) => cutRow(row).length)).size).toBe(1)
      }),
    )
  })

  it('ends its fenced part only where it means to', () => {
    const text = renderMarkdown(makeHostileResult('````` ```'))
    const fence = /^(`+)text$/m.exec(text)?.[1] ?? ''
    expect(fence.length).toBe(6)
    expect(text.split(`\n${fence}\n`)).toHaveLength(2)
  })
})

describe('prose', () => {
  it.each([
    ['a | b', 'a &#124; b'],
    ['a\\', 'a&#92;'],
    ['<b>x</b>', '\\<b>x\\</b>'],
    ['~1 ms to ~2 ms', '\\~1 ms to \\~2 ms'],
    ['see @team', 'see @&#8203;team'],
    ['fixes #12', 'fixes #&#8203;12'],
    [':+1: and :bug:', ':&#8203;+1: and :&#8203;bug:'],
    ['#12', '#&#8203;12'],
    ['http://e.example', 'http&#58;//e.example'],
    ['www.e.example', 'www&#46;e.example'],
    ['[x](y)', '\\[x\\](y)'],
    ['a\nb', 'a&#92;nb'],
    ['# h', '\\# h'],
    ['1. one', '1&#46; one'],
    ['1.5 ms', '1.5 ms'],
    ['', ''],
  ])('%j becomes %j', (text, expected) => {
    expect(prose(text)).toBe(expected)
  })
})

describe('code', () => {
  it.each([
    ['p99<50ms', '`p99<50ms`'],
    ['@team #1', '`@team #1`'],
    ['a|b', '<code>a&#124;b</code>'],
    ['a`b', '<code>a&#96;b</code>'],
    ['<', '`<`'],
    ['', ''],
    ['   ', ''],
  ])('%j becomes %j', (text, expected) => {
    expect(code(text)).toBe(expected)
  })

  it('opens and closes itself, whatever it holds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(code(text)).toMatch(/^(?:|`[^`|\\\n]+`|<code>(?:[\w .,/-]|&#\d+;)+<\/code>)$/)
      }),
    )
  })
})
