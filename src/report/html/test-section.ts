/** A test of the run: its distributions, its charts, and what else was counted. */
import { headlineTrend, kindOf } from '../../result/headline.ts'
import type { TestResult } from '../../result/run-result.ts'
import { numbers, words } from '../align-table.ts'
import { formatCount, formatDurationUs, formatPercent } from '../format.ts'
import { describeClients, describeLoad, describePayload, findTrend, isOpen } from '../test-figures.ts'
import { TEST_COLUMNS, tallyLines, testCells, trendsOf } from '../tests-table.ts'
import { type Chart, renderChart } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { connectionsChart, openShareChart } from './connect-charts.ts'
import { closeCodesChart, errorsChart } from './failure-charts.ts'
import { ladderRow, STEPS } from './ladder.ts'
import { latencyChart } from './latency-chart.ts'
import { html, type Markup } from './markup.ts'
import { connectPercentiles, latencyPercentiles } from './percentile-chart.ts'
import { renderPlan } from './plan-details.ts'
import { rateChart } from './rate-chart.ts'
import { reachChart } from './reach-chart.ts'
import { cpuChart, memoryChart } from './resource-charts.ts'
import { renderSteps, stepLatencyChart, stepRateChart } from './steps.ts'
import { dataTable } from './table.ts'

type MakeChart = (test: TestResult, place: ChartPlace) => Chart | null

/** In the order of their places; where a test is about connecting, that comes first. */
const CHARTS: readonly MakeChart[] = [
  stepLatencyChart,
  stepRateChart,
  rateChart,
  latencyChart,
  latencyPercentiles,
  reachChart,
  errorsChart,
  closeCodesChart,
  memoryChart,
  cpuChart,
  connectionsChart,
  openShareChart,
  connectPercentiles,
]
const CONNECT_CHARTS: readonly MakeChart[] = [
  stepLatencyChart,
  stepRateChart,
  openShareChart,
  connectPercentiles,
  errorsChart,
  connectionsChart,
  closeCodesChart,
  memoryChart,
  cpuChart,
  latencyPercentiles,
]

export function chartsOf(test: TestResult, place: ChartPlace): Chart[] {
  const makers = headlineTrend(kindOf(test)) === 'connect_time' ? CONNECT_CHARTS : CHARTS
  return makers.flatMap((make) => make(test, place) ?? [])
}

export function renderTest(test: TestResult, id: string, charts: readonly Chart[]): Markup {
  const payload = describePayload(test.plan)
  const load = `${describeClients(test.plan)}${payload === null ? '' : ` × ${payload}`}, ${describeLoad(test)}`
  return html`<section class="test" aria-labelledby="${id}"><h2 id="${id}">${test.testType}</h2>
<p class="load">${load}</p>
${renderSteps(test)}
${renderLadder(test)}
${explainTimes(test)}
${tallyLines(test, Number.POSITIVE_INFINITY).map((line) => html`<p class="tally">${line}</p>`)}
<p class="noscript">The charts need scripts. What they show stands in words and in a table below each heading.</p>
<div class="charts">${charts.map((chart) => renderChart(chart, 3))}</div>
${renderMore(test)}
${renderPlan(test)}
</section>`
}

/** Distributions one below the other, percentiles across. */
function renderLadder(test: TestResult): Markup | null {
  const about = trendsOf(test)
  const connect = about.some(([name]) => name === 'connect_time')
    ? []
    : [['connect_time', 'time to connect'] as const]
  const rows = [...about, ...connect]
    .filter(([name]) => findTrend(test, name) !== null)
    .map(([name, title]) => ladderRow(test, name, title.trim()))
  if (rows.length === 0) return null
  const columns = [words(''), ...STEPS.map((step) => numbers(`P${step}`)), numbers('max'), numbers('samples')]
  return dataTable({ columns, rows }, `Percentiles of ${test.testType}`)
}

/** Only where the two differ. */
function explainTimes(test: TestResult): Markup | null {
  if (!isOpen(test) || findTrend(test, 'pacer_lag') === null) return null
  return html`<p class="note">Response time counts from when a message was due, service time from when it was sent; pacer lag is what lies between: the lateness of this tool.</p>`
}

function renderMore(test: TestResult): Markup {
  return html`${renderSlowest(test)}${renderFairness(test)}${renderCounts(test)}`
}

function renderSlowest({ slowest, testType }: TestResult): Markup | null {
  if (slowest.length === 0) return null
  const columns = [numbers('took'), numbers('at'), numbers('client'), numbers('message')]
  const rows = slowest.map(({ latencyUs, atUs, client, seq }) => [
    formatDurationUs(latencyUs),
    formatDurationUs(atUs),
    formatCount(client),
    formatCount(seq),
  ])
  return html`<details><summary>Slowest messages</summary>${dataTable({ columns, rows }, `Slowest messages of ${testType}`)}</details>`
}

function renderFairness({ fairness, testType }: TestResult): Markup | null {
  if (fairness === null) return null
  const { repliesMin, repliesP50, repliesMax, p50MinUs, p50MedianUs, p50MaxUs } = fairness
  const columns = [words('of a connection'), numbers('least'), numbers('middle'), numbers('most')]
  const rows = [
    ['replies', ...[repliesMin, repliesP50, repliesMax].map(formatCount)],
    ['P50', ...[p50MinUs, p50MedianUs, p50MaxUs].map(formatDurationUs)],
  ]
  return html`<details><summary>Fairness between connections</summary>${dataTable({ columns, rows }, `Fairness of ${testType}`)}</details>`
}

/** Every counter and ratio that is of the whole, under the names that thresholds use. */
function renderCounts({ metrics, testType }: TestResult): Markup {
  const rows = Object.entries(metrics).flatMap(([name, metric]) => {
    if (name.includes('{')) return []
    if (metric.type === 'counter') return [[html`<code>${name}</code>`, formatCount(metric.count)]]
    if (metric.type === 'ratio')
      return [[html`<code>${name}</code>`, formatPercent(metric.value === null ? null : metric.value * 100)]]
    return []
  })
  return html`<details><summary>All counts</summary>${dataTable({ columns: [words('metric'), numbers('value')], rows }, `Counts of ${testType}`)}</details>`
}

/** The tests side by side, each with a link to its section. */
export function renderOverview(tests: readonly TestResult[], idOf: (index: number) => string): Markup {
  const rows = tests.map((test, index) => {
    const [name, ...cells] = testCells(test)
    return [html`<a href="#${idOf(index)}">${name!}</a>`, ...cells]
  })
  return html`<section aria-labelledby="tests"><h2 id="tests">Tests</h2>${dataTable({ columns: TEST_COLUMNS, rows }, 'Tests')}</section>`
}
