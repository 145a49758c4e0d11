/** Latency by percentile, each next decade of the axis a nine more; it ends where the samples do. */
import { headlineTrend, kindOf } from '../../result/headline.ts'
import { decodeHistogram, percentilesUs } from '../../result/histogram.ts'
import type { TestResult } from '../../result/run-result.ts'
import { numbers, words } from '../align-table.ts'
import { formatCount } from '../format.ts'
import { findTrend, showPercentile } from '../test-figures.ts'
import { trendsOf } from '../tests-table.ts'
import type { Chart, Series, Tone } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { ladderRow, STEPS } from './ladder.ts'
import { roundTo } from './over-time.ts'

/** Points of a decade of the axis. */
const PER_DECADE = 24
/** Where the greatest is more than so many times the least, a linear axis would show the tail alone. */
const MOST_FOR_LINEAR = 25

interface Line {
  readonly name: string
  readonly label: string
  readonly tone: Tone
  readonly style: Series['style']
}

/** What is seen of a distribution in every chart; others take the next colour that is free. */
const LOOKS: Readonly<Record<string, readonly [Tone, Series['style']]>> = {
  response_time: ['blue', 'line'],
  ping_time: ['blue', 'line'],
  flow_time: ['blue', 'line'],
  service_time: ['orange', 'dashed'],
  delivery_time: ['navy', 'line'],
  last_delivery_time: ['pink', 'dashed'],
  pacer_lag: ['green', 'dotted'],
  connect_time: ['grey', 'dotted'],
  connect_lag: ['grey', 'dotted'],
}
const FREE: readonly Tone[] = ['navy', 'pink', 'amber', 'sky', 'orange', 'green']

/** The distributions that the test is about, and how it connected. */
export function latencyPercentiles(test: TestResult, { id }: ChartPlace): Chart | null {
  // A service time that is the response time would be drawn twice.
  const isTwice = JSON.stringify(test.metrics.service_time) === JSON.stringify(test.metrics.response_time)
  const trends = trendsOf(test).filter(
    ([name]) => !name.startsWith('connect_') && !(isTwice && name === 'service_time'),
  )
  const lines = trends.map(([name, title], index): Line => {
    const [tone, style] = LOOKS[name] ?? [FREE[index % FREE.length]!, 'line']
    return { name, label: title.trim(), tone, style }
  })
  if (!lines.some(({ name }) => isDrawn(test, name))) return null
  const connect: Line = { name: 'connect_time', label: 'time to connect', tone: 'grey', style: 'dotted' }
  const all = isAboutConnecting(test) ? lines : [...lines, connect]
  return percentileChart(`${id}-percentiles`, 'Latency by percentile', placeLines(test, all))
}

const CONNECTING: readonly Line[] = [
  { name: 'connect_time', label: 'connect', tone: 'blue', style: 'line' },
  { name: 'connect_tcp', label: 'TCP', tone: 'green', style: 'dashed' },
  { name: 'connect_tls', label: 'TLS', tone: 'pink', style: 'dashed' },
  { name: 'connect_upgrade', label: 'upgrade', tone: 'orange', style: 'dashed' },
  { name: 'connect_lag', label: 'own queue', tone: 'grey', style: 'dotted' },
]

/** Where a test is about connecting: its parts. */
export function connectPercentiles(test: TestResult, { id }: ChartPlace): Chart | null {
  if (!isAboutConnecting(test)) return null
  return percentileChart(`${id}-connecting`, 'Time to connect by percentile', placeLines(test, CONNECTING))
}

function isAboutConnecting(test: TestResult): boolean {
  return headlineTrend(kindOf(test)) === 'connect_time'
}

/** A distribution of a test, as a line of a chart. */
export interface PercentileLine extends Line {
  readonly test: TestResult
}

function placeLines(test: TestResult, lines: readonly Line[]): PercentileLine[] {
  return lines.map((line) => ({ ...line, test }))
}

/** Below ten samples there is no more to see than in the table. */
function isDrawn(test: TestResult, name: string): boolean {
  return (findTrend(test, name)?.count ?? 0) >= 10 && (test.histograms[name] ?? '') !== ''
}

/** Null: none of the lines has samples enough. */
export function percentileChart(id: string, title: string, lines: readonly PercentileLine[]): Chart | null {
  const known = lines.filter(({ test, name }) => isDrawn(test, name))
  if (known.length === 0) return null
  const counts = known.map(({ test, name }) => findTrend(test, name)!).map(({ count, lost }) => count + lost)
  const x = listSteps(Math.max(...counts))
  const series = known.map((line) => drawLine(line, x))
  const values = series.flatMap((one) => one.values).filter((value) => value !== null)
  return {
    id,
    title,
    axis: 'percentile',
    unit: 'us',
    log: Math.max(...values) / Math.max(1, Math.min(...values)) > MOST_FOR_LINEAR,
    stacked: false,
    group: id,
    x,
    series,
    phases: [],
    summary: summarize(known),
    table: {
      columns: [words(''), ...STEPS.map((step) => numbers(`P${step}`)), numbers('max'), numbers('samples')],
      rows: known.map(({ test, name, label }) => ladderRow(test, name, label)),
    },
  }
}

function drawLine({ test, name, label, tone, style }: PercentileLine, x: readonly number[]): Series {
  const trend = findTrend(test, name)
  const histogram = decodeHistogram(test.histograms[name]!)
  if (trend !== null && trend.max !== null) histogram.maxValue = trend.max
  const percentiles = x.map((step) => 100 - 100 / step)
  const values = percentilesUs(histogram, percentiles, trend?.lost ?? 0).map(({ valueUs }) => valueUs)
  return { label, tone, style, values }
}

/** 1 ÷ (1 − p) from P0 on, as far as a sample lies beyond. The percentiles that have a name are among them. */
function listSteps(total: number): number[] {
  const steps = new Set([1, 2])
  for (let index = 0; ; index++) {
    const step = 10 ** (index / PER_DECADE)
    if (step > total) break
    steps.add(roundTo(step, index >= 2 * PER_DECADE ? 0 : 2))
  }
  return [...steps].sort((a, b) => a - b)
}

function summarize(lines: readonly PercentileLine[]): string {
  const parts = lines.slice(0, 3).map(({ test, name, label }) => {
    return `${label} P50 ${showPercentile(test, name, 'p50')}, P99 ${showPercentile(test, name, 'p99')}`
  })
  const lost = Math.max(...lines.map(({ test, name }) => findTrend(test, name)!.lost))
  const above = lost === 0 ? '' : ` What was lost or failed ranks above every sample (${formatCount(lost)}).`
  return `${parts.join('; ')}.${above}`
}
