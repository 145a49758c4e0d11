import { describe, expect, it } from 'vitest'
import { renderHtmlSideBySide } from '../../src/report/html-together.ts'
import { makeAudienceResult, makeBroadcastTest } from '../result/sample-audience.ts'
import { makeHourResult } from '../support/hour-result.ts'
import {
  makeEmptyResult,
  makePassingResult,
  makeResult,
  makeThroughputTest,
} from '../support/sample-result.ts'
import { chartsOf, markupOf, tagsOf } from './html-pages.ts'

describe('several results as one page', () => {
  it('has the table of the terminal, and a section for each type of test', () => {
    const page = renderHtmlSideBySide([
      { name: 'runs/a.json', result: makePassingResult() },
      { name: 'runs/b.json', result: makeResult([makeThroughputTest()]) },
    ])
    expect(page).toContain('<h1>2 results side by side</h1>')
    expect(
      markupOf(page)
        .match(/<th scope="row">[^<]*<\/th>/g)
        ?.slice(0, 4),
    ).toEqual([
      '<th scope="row">a.json</th>',
      '<th scope="row"></th>',
      '<th scope="row"></th>',
      '<th scope="row">b.json</th>',
    ])
    const sections = Array.from(markupOf(page).matchAll(/<h2 id="type-\d">([^<]*)/g), ([, name]) => name)
    expect(sections).toEqual(['throughput', 'storm', 'sustained'])
    const labels = chartsOf(page).map(({ id, series }) => [id, series.map(({ label }) => label).join()])
    expect(labels).toContainEqual(['type-1-rate', 'a.json,b.json'])
    expect(labels).toContainEqual(['type-3-rate', 'a.json'])
  })

  it('compares tests of the same length on one axis, from the start of the hold', () => {
    const page = renderHtmlSideBySide([
      { name: 'a', result: makeResult([makeThroughputTest()]) },
      { name: 'b', result: makeHourResult() },
    ])
    const rate = chartsOf(page).find(({ id }) => id === 'type-1-rate')!
    expect(rate.x).toEqual([0.5, 1.5, 2.5, 3.5, 4.5])
    expect(rate.series[0]!.values).toEqual([38_400, 38_400, 38_400, 38_400, 38_400])
    const hour = chartsOf(page).find(({ id }) => id === 'type-2-rate')!
    expect(hour.x.length).toBeLessThanOrEqual(300)
    expect(Buffer.byteLength(page)).toBeLessThan(300_000)
  })

  it('of which some have nothing to draw', () => {
    const page = renderHtmlSideBySide([
      { name: 'a', result: makeEmptyResult() },
      { name: 'b', result: makeResult([]) },
      { name: 'c', result: makeAudienceResult(makeBroadcastTest()) },
    ])
    expect(markupOf(page)).not.toMatch(/\bNaN\b|\bundefined\b|Infinity|>null</)
  })

  it('takes the names of files as they are', () => {
    const render = (name: string): string =>
      renderHtmlSideBySide([
        { name, result: makePassingResult() },
        { name: 'b', result: makePassingResult() },
      ])
    expect(tagsOf(render('</script><img src=x onerror=alert(1)>"'))).toEqual(tagsOf(render('a')))
  })
})
