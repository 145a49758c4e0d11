/** Latency by percentile, each next decade of the axis a nine more; it ends where the samples do. */
import { decodeHistogram, percentilesUs } from '../../result/histogram.ts'
import type { TestResult, TrendMetric } from '../../result/run-result.ts'
import { formatCount } from '../format.ts'
import { findTrend, showPercentile } from '../test-figures.ts'
import type { Chart, Series, Tone } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { ladderRow, STEPS } from './ladder.ts'
import { roundTo } from './over-time.ts'
import { numbers, words } from './table.ts'

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

const LATENCIES: readonly Line[] = [
  { name: 'response_time', label: 'response', tone: 'blue', style: 'line' },
  { name: 'service_time', label: 'service', tone: 'orange', style: 'dashed' },
  { name: 'delivery_time', label: 'delivery', tone: 'navy', style: 'line' },
  { name: 'last_delivery_time', label: 'last delivery', tone: 'pink', style: 'dashed' },
  { name: 'first_push_time', label: 'first push', tone: 'navy', style: 'line' },
  { name: 'ping_time', label: 'ping time', tone: 'blue', style: 'line' },
  { name: 'push_interval', label: 'push interval', tone: 'pink', style: 'line' },
  { name: 'push_jitter', label: 'push jitter', tone: 'amber', style: 'dashed' },
  { name: 'pacer_lag', label: 'pacer lag', tone: 'green', style: 'dotted' },
  { name: 'reconnect_time', label: 'reconnect', tone: 'sky', style: 'dashed' },
  { name: 'connect_time', label: 'connect', tone: 'grey', style: 'dotted' },
]

const CONNECTING: readonly Line[] = [
  { name: 'connect_time', label: 'connect', tone: 'blue', style: 'line' },
  { name: 'connect_tcp', label: 'TCP', tone: 'green', style: 'dashed' },
  { name: 'connect_tls', label: 'TLS', tone: 'pink', style: 'dashed' },
  { name: 'connect_upgrade', label: 'upgrade', tone: 'orange', style: 'dashed' },
  { name: 'connect_lag', label: 'own queue', tone: 'grey', style: 'dotted' },
]

export function latencyPercentiles(test: TestResult, place: ChartPlace): Chart | null {
  // A service time that is the response time would be drawn twice.
  const isTwice = JSON.stringify(test.metrics.service_time) === JSON.stringify(test.metrics.response_time)
  const isStorm = test.testType === 'storm'
  const lines = LATENCIES.filter(
    ({ name }) => !(isTwice && name === 'service_time') && !(isStorm && name === 'connect_time'),
  )
  return percentileChart(test, `${place.id}-percentiles`, 'Latency by percentile', lines)
}

export function connectPercentiles(test: TestResult, place: ChartPlace): Chart | null {
  return percentileChart(test, `${place.id}-connecting`, 'Time to connect by percentile', CONNECTING)
}

function percentileChart(test: TestResult, id: string, title: string, lines: readonly Line[]): Chart | null {
  const known = lines.flatMap((line) => {
    const trend = findTrend(test, line.name)
    const base64 = test.histograms[line.name]
    // Below that there is no more to see than in the table.
    if (trend === null || base64 === undefined || base64 === '' || trend.count < 10) return []
    return [{ ...line, trend, base64 }]
  })
  if (!known.some(({ name }) => name === lines[0]!.name || name !== 'connect_time')) return null
  const total = Math.max(...known.map(({ trend }) => trend.count + trend.lost))
  const x = listSteps(total)
  const series = known.map(({ label, tone, style, trend, base64 }): Series => {
    const histogram = decodeHistogram(base64)
    if (trend.max !== null) histogram.maxValue = trend.max
    const values = percentilesUs(
      histogram,
      x.map((step) => 100 - 100 / step),
      trend.lost,
    )
    return { label, tone, style, values: values.map(({ valueUs }) => valueUs) }
  })
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
    summary: summarize(test, known),
    table: {
      columns: [words(''), ...STEPS.map((step) => numbers(`P${step}`)), numbers('max'), numbers('samples')],
      rows: known.map(({ name, label }) => ladderRow(test, name, label)),
    },
  }
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

function summarize(test: TestResult, known: readonly (Line & { readonly trend: TrendMetric })[]): string {
  const parts = known
    .slice(0, 3)
    .map(
      ({ name, label }) =>
        `${label} P50 ${showPercentile(test, name, 'p50')}, P99 ${showPercentile(test, name, 'p99')}`,
    )
  const lost = Math.max(...known.map(({ trend }) => trend.lost))
  const above = lost === 0 ? '' : ` What was lost or failed ranks above every sample (${formatCount(lost)}).`
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${above}`
}
