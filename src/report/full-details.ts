/** What only --full shows: percentiles and the load over time as pictures, every distribution, the slowest messages, fairness, the trend over time, the machine. */
import { stripVTControlCharacters } from 'node:util'
import { decodeHistogram, percentileUs } from '../result/histogram.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { flowTable } from './flow-table.ts'
import {
  formatBytes,
  formatCount,
  formatDurationUs,
  formatPercentileUs,
  formatRate,
  formatSpanUs,
} from './format.ts'
import { ladderLines } from './ladder.ts'
import { overTimeLines } from './over-time.ts'
import type { Paint } from './paint.ts'
import { findGauge, findTrend, isOpen, timeoutOf } from './test-figures.ts'
import { flow } from './wrap.ts'

/** The most that fit are shown. */
const PERCENTILES = [
  [50, 75, 90, 95, 99, 99.9, 99.99],
  [50, 90, 95, 99, 99.9, 99.99],
  [50, 90, 99, 99.9],
  [50, 99],
]

/** The details of one test, as blocks of lines. */
export function testDetails(test: TestResult, width: number, paint: Paint): string[][] {
  return [
    test.testType === 'flow' ? flowTable(test, paint, Number.POSITIVE_INFINITY) : [],
    ladderLines(test, width, paint),
    overTimeLines(test, width, paint),
    trends(test, width, paint),
    counts(test, width),
    slowest(test, paint),
    fairness(test),
    overTime(test),
    closeCodes(test),
  ].filter((lines) => lines.length > 0)
}

/** Where it ran. */
export function environmentLine({ environment, tests }: RunResult): string {
  const { node, os, cpuModel, cpus, cpusAllowed, memoryBytes, fdLimit } = environment
  const cores =
    cpusAllowed === null || cpusAllowed === cpus ? `${cpus} cores` : `${cpusAllowed} of ${cpus} cores`
  const limit = fdLimit === null ? '' : `, ${formatCount(fdLimit)} descriptors`
  const most = Math.max(1, ...tests.map(({ plan }) => plan.processes))
  const processes = most === 1 ? '' : `, ${most} generator processes`
  return `node ${node}, ${os}, ${cpuModel}, ${cores}, ${formatBytes(memoryBytes)}${limit}${processes}`
}

/** Every distribution, one a line. */
function trends(test: TestResult, width: number, paint: Paint): string[] {
  const names = Object.entries(test.histograms).flatMap(([name, base64]) => {
    // Without a rate it is the response time once more.
    if (base64 === '' || (name === 'service_time' && !isOpen(test))) return []
    return [name]
  })
  const forms = PERCENTILES.map((percentiles) => trendTable(test, names, percentiles, paint))
  const fits = (lines: readonly string[]) =>
    lines.every((line) => stripVTControlCharacters(line).length <= width)
  return forms.find(fits) ?? forms.at(-1)!
}

function trendTable(
  test: TestResult,
  names: readonly string[],
  percentiles: readonly number[],
  paint: Paint,
): string[] {
  const rows = names.flatMap((name) => {
    const trend = findTrend(test, name)
    if (trend === null) return []
    const histogram = decodeHistogram(test.histograms[name]!)
    if (trend.max !== null) histogram.maxValue = trend.max
    const steps = percentiles.map((percentile) => {
      const { valueUs, mark } = percentileUs(histogram, percentile, trend.lost)
      return formatPercentileUs(valueUs, mark, timeoutOf(test, name))
    })
    return [[name, ...steps, formatDurationUs(trend.max)]]
  })
  if (rows.length === 0) return []
  return alignTable(
    [words(test.testType), ...percentiles.map((p) => numbers(`P${p}`)), numbers('max')],
    rows,
    paint.dim,
  )
}

/** What is counted of deliveries and pushes, under the names that thresholds use. */
function counts(test: TestResult, width: number): string[] {
  if (test.plan.fanOut === null && test.plan.push === null) return []
  const parts = Object.entries(test.metrics).flatMap(([name, metric]) =>
    metric.type === 'counter' && COUNTED.test(name) ? [`${name} ${formatCount(metric.count)}`] : [],
  )
  const amplification = findGauge(test, 'amplification')
  if (amplification !== null) parts.push(`amplification ${formatRate(amplification)}`)
  return flow(parts, width, '   ')
}
const COUNTED =
  /^(?:deliveries_|pushes_|messages_(?:misrouted|duplicated|reordered|control)$|joins_|p[io]ngs_|keep_alives|reconnects)/

function slowest(test: TestResult, paint: Paint): string[] {
  if (test.slowest.length === 0) return []
  const rows = test.slowest.map(({ client, seq, atUs, latencyUs }) => [
    '',
    formatDurationUs(latencyUs),
    formatDurationUs(atUs),
    formatCount(client),
    formatCount(seq),
  ])
  return alignTable(
    [words('slowest'), numbers('took'), numbers('at'), numbers('client'), numbers('message')],
    rows,
    paint.dim,
  )
}

function fairness({ fairness: spread }: TestResult): string[] {
  if (spread === null) return []
  const { repliesMin, repliesP50, repliesMax, p50MinUs, p50MedianUs, p50MaxUs } = spread
  return [
    `replies a connection   least ${formatCount(repliesMin)}   middle ${formatCount(repliesP50)}   most ${formatCount(repliesMax)}`,
    `P50 of a connection    least ${formatDurationUs(p50MinUs)}   middle ${formatDurationUs(p50MedianUs)}   most ${formatDurationUs(p50MaxUs)}`,
  ]
}

function overTime({ latencyTrend }: TestResult): string[] {
  if (latencyTrend === null) return []
  const [first, last] = [latencyTrend.windows.at(0), latencyTrend.windows.at(-1)]
  if (first === undefined || last === undefined) return []
  return [
    `P99 over time is ${latencyTrend.finding}: ${formatDurationUs(first.p99Us)} at ${formatSpanUs(first.fromUs)}, ${formatDurationUs(last.p99Us)} at ${formatSpanUs(last.toUs)}`,
  ]
}

function closeCodes({ closeCodes: codes }: TestResult): string[] {
  const entries = Object.entries(codes)
  return entries.length === 0
    ? []
    : [`close codes   ${entries.map(([code, count]) => `${code}: ${formatCount(count)}`).join('   ')}`]
}
