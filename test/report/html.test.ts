import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { makeHourResult } from '../support/hour-result.ts'
import { makeFailedGate, makePassingResult } from '../support/sample-result.ts'
import { chartsOf, markupOf, PAGES, replaceTexts, tagsOf } from './html-pages.ts'

/** A thousand bytes: what is loaded over a slow line within a second or two. */
const MOST_BYTES = 300_000

function headingsOf(page: string): string[] {
  return Array.from(markupOf(page).matchAll(/<h([1-6])[^>]*>(.*?)<\/h\1>/gs), ([, level, text]) =>
    `${'  '.repeat(Number(level) - 1)}${text!.replace(/<[^>]*>/g, '')}`.trimEnd(),
  )
}

describe.each(Object.entries(PAGES))('the page of %s', (_name, make) => {
  const page = renderHtml(make())

  it('loads nothing', () => {
    const markup = markupOf(page)
    const targets = Array.from(
      markup.matchAll(/\b(?:src|href|action|srcset|data|poster)="([^"]*)"/g),
      ([, to]) => to!,
    )
    expect(targets.filter((to) => !to.startsWith('#') && to !== 'data:,')).toEqual([])
    expect(page).not.toMatch(/@import|url\(|<(?:img|iframe|object|embed|base)\b/)
    expect(page).toMatch(
      /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;sha256-/,
    )
  })

  it('has no style or handler in an attribute, which its policy would refuse', () => {
    expect(markupOf(page)).not.toMatch(/<[^>]*\s(?:style|on[a-z]+)=/i)
  })

  it('has one h1, headings in order, and ids that are unique', () => {
    const levels = Array.from(markupOf(page).matchAll(/<h([1-6])/g), ([, level]) => Number(level))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    for (const [index, level] of levels.entries()) {
      if (index > 0) expect(level).toBeLessThanOrEqual(levels[index - 1]! + 1)
    }
    const ids = Array.from(markupOf(page).matchAll(/\sid="([^"]*)"/g), ([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('gives each chart words and a table', () => {
    const figures = markupOf(page).match(/<figure.*?<\/figure>/gs) ?? []
    expect(figures).toHaveLength(chartsOf(page).length)
    for (const figure of figures) {
      expect(figure).toMatch(/<p class="summary"[^>]*>[^<]{10,}<\/p>/)
      expect(figure).toMatch(/<details class="data">.*<tbody>\s*<tr>/s)
    }
  })

  it('has series as long as their x, which rises', () => {
    for (const { x, series } of chartsOf(page)) {
      for (const { values } of series) expect(values).toHaveLength(x.length)
      for (const [index, at] of x.entries()) if (index > 0) expect(at).toBeGreaterThan(x[index - 1]!)
    }
  })
})

describe('texts', () => {
  const results: readonly RunResult[] = [
    makeFailedGate(),
    makePassingResult(),
    PAGES['a failed gate on reach']!(),
  ]

  function render(result: RunResult, text: string): string {
    return renderHtml(replaceTexts(result, text) as RunResult)
  }

  const plain = results.map((result) => tagsOf(render(result, 'x')))
  const HOSTILE = [
    '<script>alert(1)</script>',
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<!--',
    '-->',
    ']]>',
    '</title></style></details>',
    '&lt;b&gt;',
    '\u2028\u2029\u202e\u0000\u001b[31m',
    '$& $1 $$',
    '__proto__',
  ]

  it.each(HOSTILE)('%j changes nothing of the page but its texts', (text) => {
    for (const [index, result] of results.entries())
      expect(tagsOf(render(result, text))).toEqual(plain[index])
  })

  it('any text changes nothing else', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom(...HOSTILE, '<', '>', '"', "'", '&', '=', ' '), { maxLength: 6 })
        .map((all) => all.join('')),
    )
    fc.assert(
      fc.property(texts, fc.nat(results.length - 1), (text, index) => {
        const page = render(results[index]!, text)
        expect(tagsOf(page)).toEqual(plain[index])
        expect(() => chartsOf(page)).not.toThrow()
      }),
      { numRuns: 40 },
    )
  })

  it('reach the reader as they are', () => {
    const page = render(makeFailedGate(), '<b>&"\'')
    expect(page).toContain('&#60;b&#62;&#38;&#34;&#39;')
    expect(chartsOf(page)).toEqual(chartsOf(page))
  })

  it('that turn the direction of reading or hide are made visible', () => {
    expect(render(makeFailedGate(), 'a\u202eb\u0007')).toContain('a\\u202eb\\x07')
  })
})

describe('what was not measured', () => {
  it('leaves a page that says what happened', () => {
    const page = renderHtml(PAGES['a run without a sample']!())
    expect(page).toContain('NOT COMPLETED')
    expect(page).toContain('nothing listens there, or its backlog is full')
  })

  it.each(Object.entries(PAGES))('leaves no trace of a calculation: %s', (_name, make) => {
    expect(markupOf(renderHtml(make()))).not.toMatch(/\bNaN\b|\bundefined\b|Infinity|>null<|\[object/)
  })
})

describe('an hour', () => {
  const result = makeHourResult()
  const page = renderHtml(result)

  it('is under 300 KB', () => {
    expect(result.tests[0]!.intervals).toHaveLength(3600)
    expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES)
  })

  it('keeps every peak in what is drawn', () => {
    const latency = chartsOf(page).find(({ id }) => id === 'test-1-latency')!
    const drawn = latency.series.find(({ label }) => label === 'max')!.values
    const stalls = result.tests[0]!.intervals.flatMap(({ maxUs }) =>
      maxUs !== null && maxUs > 1e6 ? [maxUs] : [],
    )
    expect(stalls).toHaveLength(6)
    expect(drawn).toEqual(expect.arrayContaining(stalls))
    expect(drawn.length).toBeLessThanOrEqual(600)
  })

  it('loses no error in its bars', () => {
    const errors = chartsOf(page).find(({ id }) => id === 'test-1-errors')!
    const sums = errors.series.map(({ label, values }) => [
      label,
      values.reduce<number>((a, b) => a + (b ?? 0), 0),
    ])
    expect(sums).toEqual([
      ['no-reply', 150],
      ['close-code', 40],
    ])
  })
})

describe('the steps of a capacity test', () => {
  const page = renderHtml(PAGES['a capacity test']!())

  it('stand in the order in which they were run, with what each came to', () => {
    const rows = Array.from(
      markupOf(page).matchAll(
        /<th scope="row" class="number">([\d,]+)<\/th><td><span class="sign \w+">(.) /g,
      ),
      ([, load, sign]) => `${load} ${sign}`,
    )
    expect(rows.join('; ')).toBe(
      '1,000 ✓; 2,000 ✓; 4,000 ✓; 8,000 ✓; 16,000 ✗; 12,000 ✓; 14,000 ✓; 15,000 ✗; 14,000 ✓; 15,500 ?',
    )
  })

  it('are drawn over the load', () => {
    const chart = chartsOf(page).find(({ id }) => id === 'test-1-step-latency')!
    expect(chart.x).toEqual([1_000, 2_000, 4_000, 8_000, 12_000, 14_000, 15_000, 15_500, 16_000])
    expect(chart.series[0]!.values.at(-2)).toBeNull()
  })
})

describe('the outline', () => {
  it('of all tests', () => {
    expect(headingsOf(renderHtml(makePassingResult())).join('\n')).toMatchInlineSnapshot(`
      "demo echo server
        ✓ VALID The measurement is valid. The server was the limit (CPU 99 %).
        Tests
        throughput
          Messages per second
          Response time over time
          Latency by percentile
          Memory (resident)
          CPU, and how busy the generator is
        storm
          Time to connect by percentile
          Latency by percentile
        sustained
          Messages per second
          Response time over time
          Latency by percentile
          Memory (resident)
          CPU, and how busy the generator is
        Memory and CPU
        Published figures
        Environment"
    `)
  })

  it('of a failed gate', () => {
    expect(headingsOf(renderHtml(makeFailedGate())).join('\n')).toMatchInlineSnapshot(`
      "ws://api.example.com/ws
        ✗ FAIL 1 of 2 thresholds failed. The measurement is valid. Neither the server nor this machine was at its limit.
        Thresholds
        sustained
          Messages per second
          Response time over time
          Latency by percentile
          Memory (resident)
          CPU, and how busy the generator is
        Errors
        Memory and CPU
        Environment"
    `)
  })

  it('of a broadcast test that loses deliveries', () => {
    expect(headingsOf(renderHtml(PAGES['a failed gate on reach']!())).join('\n')).toMatchInlineSnapshot(`
      "demo rooms server
        ✗ FAIL 2 of 2 thresholds failed. The measurement is valid. Neither the server nor this machine was at its limit.
        Thresholds
        broadcast
          Deliveries per second
          Delivery time over time
          Latency by percentile
          Memory (resident)
          CPU, and how busy the generator is
        Errors
        Memory and CPU
        Published figures
        Environment"
    `)
  })
})
