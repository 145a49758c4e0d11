import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.ts'
import { renderComparisonHtml } from '../../src/report/html-comparison.ts'
import { makePassingResult, makeResult, makeThroughputTest } from '../support/sample-result.ts'
import { chartsOf, makeComparison, markupOf, replaceTexts, tagsOf } from './html-pages.ts'

const RUNS = {
  base: [{ name: 'runs/base.json', result: makeResult([makeThroughputTest()]) }],
  head: [{ name: 'runs/new.json', result: makePassingResult() }],
}

describe('a comparison as a page', () => {
  const page = renderComparisonHtml(makeComparison(), RUNS)

  it('says first what was found, then the gate and every figure', () => {
    expect(markupOf(page)).toContain('<h1>New against base: worse</h1>')
    expect(markupOf(page)).toMatch(/✗ fails<\/span> <code>p99&#60;\+10%<\/code>/)
    const findings = Array.from(
      markupOf(page).matchAll(/<span class="sign \w+">(. [a-z ]+)<\/span><\/td>/g),
      ([, text]) => text,
    )
    expect(findings).toEqual(['✗ worse', '✓ better', '= same', '? cannot tell', '? cannot tell'])
  })

  it('draws the interval of each change that is known, within the picture', () => {
    const pictures = markupOf(page).match(/<svg class="forest".*?<\/svg>/g)!
    expect(pictures).toHaveLength(4)
    const places = pictures.flatMap((picture) =>
      Array.from(picture.matchAll(/\b(?:x1|x2|cx)="([^"]*)"/g), ([, at]) => Number(at)),
    )
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...places)).toBeLessThanOrEqual(160)
  })

  it('draws the runs of both sides over each other', () => {
    const rate = chartsOf(page).find(({ id }) => id === 'type-1-rate')!
    expect(rate.series.map(({ label }) => label)).toEqual(['base.json', 'new.json'])
  })

  it('takes every text as it is', () => {
    const hostile = '</script><img src=x onerror=alert(1)>"'
    const render = (text: string): string => {
      const judged = replaceTexts(makeComparison(), text) as ReturnType<typeof makeComparison>
      const named = (runs: typeof RUNS.base) => runs.map(({ result }) => ({ name: text, result }))
      return renderComparisonHtml(judged, { base: named(RUNS.base), head: named(RUNS.head) })
    }
    expect(tagsOf(render(hostile))).toEqual(tagsOf(render('x')))
  })

  it('stands in the page of a run that has a baseline', () => {
    const { comparison } = makeComparison()
    const own = renderHtml(makeResult([makeThroughputTest()], { comparison }))
    expect(own).toContain('Against the baseline: worse')
    expect(own).toContain('class="forest"')
  })
})
