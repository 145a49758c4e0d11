/** The steps of a capacity test: what each load gave, as a table and as charts over the load. */
import type { Step, TestResult } from '../../result/run-result.ts'
import { numbers, words } from '../align-table.ts'
import { formatCount, formatDurationUs, formatPercent, formatRate, formatRatio } from '../format.ts'
import { LOADS } from '../step-lines.ts'
import type { Chart, Series } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { html, type Markup } from './markup.ts'
import { dataTable } from './table.ts'

const OUTCOMES = {
  met: html`<span class="sign good">✓ holds</span>`,
  missed: html`<span class="sign bad">✗ misses</span>`,
  limited: html`<span class="sign warn">? load not made</span>`,
} as const

/** In the order in which they were run; null where the test has none. */
export function renderSteps({ plan, steps, testType }: TestResult): Markup | null {
  if (plan.search === null || steps.length === 0) return null
  const columns = [
    numbers(LOADS[plan.search.of]),
    words('objectives'),
    numbers('msg/s'),
    numbers('P50'),
    numbers('P99'),
    numbers('errors'),
    numbers('server CPU'),
    words('because'),
  ]
  const rows = steps.map((step) => [
    formatCount(step.load),
    OUTCOMES[step.outcome],
    formatRate(step.messagesPerSecond),
    formatDurationUs(step.p50Us),
    formatDurationUs(step.p99Us),
    formatRatio(step.errorRatio),
    formatPercent(step.serverCpuPercent),
    // What helps stands with the reasons of the run.
    step.because.map((reason) => reason.split(': ')[0]).join(', '),
  ])
  return dataTable({ columns, rows }, `Steps of ${testType}`)
}

export function stepLatencyChart(test: TestResult, { id }: ChartPlace): Chart | null {
  return stepChart(test, `${id}-step-latency`, 'Latency by load', 'us', [
    { label: 'P99', tone: 'blue', style: 'line', pick: ({ p99Us }) => p99Us },
    { label: 'P50', tone: 'sky', style: 'line', pick: ({ p50Us }) => p50Us },
  ])
}

export function stepRateChart(test: TestResult, { id }: ChartPlace): Chart | null {
  const asked =
    test.plan.search?.of === 'rate'
      ? [{ label: 'asked for', tone: 'grey', style: 'dotted', pick: ({ load }: Step) => load } as const]
      : []
  return stepChart(test, `${id}-step-rate`, 'Answered per second by load', 'rate', [
    ...asked,
    { label: 'answered', tone: 'blue', style: 'line', pick: ({ messagesPerSecond }) => messagesPerSecond },
  ])
}

type StepSeries = Omit<Series, 'values'> & { readonly pick: (step: Step) => number | null }

function stepChart(
  { plan, steps, metrics }: TestResult,
  id: string,
  title: string,
  unit: 'us' | 'rate',
  lines: readonly StepSeries[],
): Chart | null {
  if (plan.search === null) return null
  const last = new Map(steps.map((step) => [step.load, step]))
  const rising = [...last.values()].sort((a, b) => a.load - b.load)
  const series = lines
    .map(({ pick, ...line }): Series => ({ ...line, values: rising.map(pick) }))
    .filter(({ values }) => values.some((value) => value !== null))
  if (rising.length < 2 || series.length === 0) return null
  const answer = metrics.capacity?.type === 'gauge' ? metrics.capacity.value : null
  const noun = LOADS[plan.search.of]
  const format = unit === 'us' ? formatDurationUs : formatRate
  return {
    id,
    title,
    axis: 'load',
    unit,
    log: unit === 'us',
    stacked: false,
    group: id,
    x: rising.map(({ load }) => load),
    series,
    phases: [],
    summary: `${formatCount(rising.length)} loads from ${formatCount(rising[0]!.load)} to ${formatCount(rising.at(-1)!.load)} ${noun}${answer === null ? '' : `; the greatest that holds is ${formatCount(answer)}`}. Of a load that was run again, its last step.`,
    table: {
      columns: [numbers(noun), ...series.map(({ label }) => numbers(label))],
      rows: rising.map(({ load }, index) => [
        formatCount(load),
        ...series.map(({ values }) => format(values[index]!)),
      ]),
    },
  }
}
