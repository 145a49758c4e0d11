/** Several results as one page: their figures in a table, their charts over each other. */
import { TOOL } from '../result/tool.ts'
import { type Chart, renderChart } from './html/chart.ts'
import { html } from './html/markup.ts'
import { lookOf, overlayCharts } from './html/overlay-charts.ts'
import { renderPage } from './html/page.ts'
import { dataTable } from './html/table.ts'
import { footnotesOf, listLoads, type NamedResult, sideBySide } from './side-by-side.ts'

/** The whole page. Pure; reads uPlot's files the first time. */
export function renderHtmlSideBySide(runs: readonly NamedResult[]): string {
  const { columns, rows } = sideBySide(runs)
  const title = `${runs.length} results side by side`
  const sections = chartsByType(runs)
  const body = html`<header class="head">
<p class="tool">${TOOL.name} ${TOOL.version} · load test report</p>
<button type="button" id="theme" aria-pressed="false">Dark</button>
<h1>${title}</h1>
${listLoads(runs).map((load) => html`<p class="load">${load}</p>`)}
</header>
<main>
${dataTable({ columns, rows }, title)}
${footnotesOf(rows).map((note) => html`<p class="note">${note}</p>`)}
<p class="noscript">The charts need scripts. What they show stands in words and in a table below each heading.</p>
${sections.map(
  ({
    testType,
    id,
    charts,
  }) => html`<section class="test" aria-labelledby="${id}"><h2 id="${id}">${testType}</h2>
<div class="charts">${charts.map((chart) => renderChart(chart, 3))}</div></section>`,
)}
</main>`
  return renderPage({ title, body, charts: sections.flatMap(({ charts }) => charts) })
}

interface Section {
  readonly testType: string
  readonly id: string
  readonly charts: readonly Chart[]
}

/** A section for each type of test, in the order in which they come, with the results that have it. */
function chartsByType(runs: readonly NamedResult[]): Section[] {
  const { rows } = sideBySide(runs)
  const labels = rows.flatMap(([label]) => (label === undefined || label === '' ? [] : [label]))
  const types = [...new Set(runs.flatMap(({ result }) => result.tests.map(({ testType }) => testType)))]
  return types.map((testType, index) => {
    const id = `type-${index + 1}`
    const same = runs.flatMap(({ result }, run) => {
      const test = result.tests.find((one) => one.testType === testType)
      return test === undefined ? [] : [{ label: labels[run] ?? '', test, ...lookOf(run) }]
    })
    return { testType, id, charts: overlayCharts(id, same) }
  })
}
