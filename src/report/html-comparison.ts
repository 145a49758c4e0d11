/** A comparison of two sets of runs as a page: what changed, and the runs of both sides drawn over each other. */
import { TOOL } from '../result/tool.ts'
import { FINDING_WORDS, type JudgedComparison, summarizeFinding } from './comparison/words.ts'
import { formatInUnit } from './format.ts'
import { type Chart, renderChart } from './html/chart.ts'
import { countRuns, FINDING_STATES, renderChanges } from './html/comparison.ts'
import { listThresholds } from './html/gate.ts'
import { SIGNS } from './html/headline.ts'
import { html } from './html/markup.ts'
import { type OverlayRun, overlayCharts } from './html/overlay-charts.ts'
import { renderPage } from './html/page.ts'
import { type NamedResult, shortenNames } from './side-by-side.ts'

/** The runs of both sides, whose charts are drawn. */
export interface ComparedRuns {
  readonly base: readonly NamedResult[]
  readonly head: readonly NamedResult[]
}

/** The whole page. Pure; reads uPlot's files the first time. */
export function renderComparisonHtml(
  { comparison, thresholds }: JudgedComparison,
  runs: ComparedRuns,
): string {
  const state = FINDING_STATES[comparison.finding]
  const word = FINDING_WORDS[comparison.finding]
  const sections = chartsByType(runs)
  const body = html`<header class="head">
<p class="tool">${TOOL.name} ${TOOL.version} · comparison</p>
<button type="button" id="theme" aria-pressed="false">Dark</button>
<h1>New against base: ${word}</h1>
<p class="load">${countRuns(comparison)}</p>
</header>
<main>
<section class="verdict ${state}" aria-labelledby="verdict">
<h2 id="verdict"><span class="badge"><span aria-hidden="true">${SIGNS[state]}</span> ${word}</span> <span class="saying">${summarizeFinding(comparison)}</span></h2>
</section>
${listThresholds(
  thresholds.map(({ expression, result, value, unit, note }) => ({
    name: expression,
    result,
    value: formatInUnit(value, unit),
    comment: result === 'no-data' ? `no data: ${note}` : note,
  })),
)}
<section aria-labelledby="changes"><h2 id="changes">Changes</h2>${renderChanges(comparison)}</section>
<p class="noscript">The charts need scripts. What they show stands in words and in a table below each heading.</p>
${sections.map(
  ({
    testType,
    id,
    charts,
  }) => html`<section class="test" aria-labelledby="${id}"><h2 id="${id}">${testType}</h2>
<p class="load">base blue, new orange and dashed</p>
<div class="charts">${charts.map((chart) => renderChart(chart, 3))}</div></section>`,
)}
</main>`
  const charts = sections.flatMap((section) => section.charts)
  return renderPage({ title: `New against base: ${word}`, body, charts })
}

interface Section {
  readonly testType: string
  readonly id: string
  readonly charts: readonly Chart[]
}

function chartsByType({ base, head }: ComparedRuns): Section[] {
  const labels = shortenNames([...base, ...head].map(({ name }) => name))
  const all = [...base, ...head].map(({ result }, index) => ({
    result,
    label: labels[index] ?? '',
    isBase: index < base.length,
  }))
  const types = [...new Set(all.flatMap(({ result }) => result.tests.map(({ testType }) => testType)))]
  return types.map((testType, index) => {
    const id = `type-${index + 1}`
    const same = all.flatMap(({ result, label, isBase }): OverlayRun[] => {
      const test = result.tests.find((one) => one.testType === testType)
      if (test === undefined) return []
      return [{ label, test, ...(isBase ? BASE : HEAD) }]
    })
    return { testType, id, charts: overlayCharts(id, same) }
  })
}

const BASE = { tone: 'blue', style: 'line' } as const
const HEAD = { tone: 'orange', style: 'dashed' } as const
