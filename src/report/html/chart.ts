/** A chart: what is drawn, and the markup around it. How it is drawn stands in chart-script.ts. */
import type { Interval } from '../../result/run-result.ts'
import { embedJson, html, type Markup } from './markup.ts'
import { type DataTable, dataTable } from './table.ts'

/** Of the style's colours; each stands out against the others for every kind of sight, in light and dark. */
export type Tone = 'blue' | 'sky' | 'navy' | 'orange' | 'amber' | 'green' | 'pink' | 'grey'

export interface Series {
  readonly label: string
  readonly tone: Tone
  /** `step`: a value holds until the next. `bars` stand on each other in a stacked chart. */
  readonly style: 'line' | 'dashed' | 'dotted' | 'step' | 'bars'
  /** With the space below it filled, lightly. */
  readonly area?: boolean
  readonly values: readonly (number | null)[]
}

export interface Phase {
  readonly fromSec: number
  readonly toSec: number
  readonly phase: Interval['phase']
}

export interface Chart {
  /** Unique in the page. */
  readonly id: string
  readonly title: string
  /** `time`: seconds of the test; `elapsed`: ms; `percentile`: 1 ÷ (1 − p), 1 and more; `load`: a count above 0. */
  readonly axis: 'time' | 'elapsed' | 'percentile' | 'load'
  readonly unit: 'us' | 'rate' | 'count' | 'bytes' | 'percent'
  /** The values' axis, not that of x. */
  readonly log: boolean
  readonly stacked: boolean
  /** Where the values' axis begins when no value is lower; 0 unless given. */
  readonly floor?: number
  /** Where it ends at least. */
  readonly ceiling?: number
  /** Charts over time of one group are zoomed and read together. */
  readonly group: string
  readonly x: readonly number[]
  readonly series: readonly Series[]
  readonly phases: readonly Phase[]
  /** What there is to see, in words. */
  readonly summary: string
  readonly table: DataTable
}

/** Under a heading of that level. Without scripts its words and its table remain. */
export function renderChart(chart: Chart, level: 3 | 4): Markup {
  const { id, title, summary, series, log } = chart
  const heading = level === 3 ? html`<h3>${title}</h3>` : html`<h4>${title}</h4>`
  return html`<figure class="chart" id="${id}">
<figcaption>${heading}<p class="summary" id="${id}-text">${summary}</p></figcaption>
<div class="drawing">
<div class="reading"><ul class="legend">${series.map(renderKey)}${log ? html`<li class="scale">log scale</li>` : null}</ul><button type="button" class="reset" hidden>Show all</button></div>
<div class="plot" tabindex="0" role="application" aria-roledescription="chart" aria-label="${title}: arrow keys read values, plus and minus zoom, 0 shows all" aria-describedby="${id}-text"></div>
</div>
<details class="data"><summary>Table<span class="hidden">: ${title}</span></summary>${dataTable(chart.table, title)}</details>
</figure>`
}

function renderKey({ label, tone, style }: Series): Markup {
  const sign =
    style === 'bars'
      ? html`<rect x="3" y="1" width="12" height="8" rx="1.5" class="fill-${tone}"/>`
      : html`<line x1="0" y1="5" x2="18" y2="5" class="stroke-${tone} ${style}"/>`
  return html`<li><button type="button" aria-pressed="true"><svg width="18" height="10" aria-hidden="true">${sign}</svg>${label}</button></li>`
}

/** What the script draws, as an element of the page. */
export function embedCharts(charts: readonly Chart[]): Markup {
  return html`<script type="application/json" id="chart-data">${embedJson(charts.map(pack))}</script>`
}

/** Without the words, and with phases in short. */
function pack(chart: Chart): object {
  const { id, axis, unit, log, stacked, floor, ceiling, group, x, series } = chart
  const phases = chart.phases.map(({ fromSec, toSec, phase }) => [fromSec, toSec, phase])
  return { id, axis, unit, log, stacked, floor, ceiling, group, x, series, phases }
}
