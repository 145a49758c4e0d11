/**
 * The distributions as an HdrHistogram log, format 1.3, for the plotters and processors of that family. Lines without a tag
 * are what tools show when asked for nothing else: the headline distribution, window by window. `Tag=test/metric` is a
 * distribution over its whole phase, `Tag=test/metric/windows` the windows of another test. Values are in microseconds.
 */
import { headlineIndex, headlineTrend, kindOf } from '../result/headline.ts'
import { decodeHistogram } from '../result/histogram.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'

interface Line {
  /** Empty: without one. */
  readonly tag: string
  readonly fromUs: number
  readonly lengthUs: number
  readonly maxUs: number
  readonly histogram: string
}

export function renderHlog(result: RunResult): string {
  const lines = result.tests.flatMap((test, index) => listLines(test, index === headlineIndex(result.tests)))
  const startSec = Date.parse(result.startedAt) / 1000
  const head = [
    '#[Histogram log format version 1.3]',
    `#[Logged with ${toTag(result.tool.name)} ${toTag(result.tool.version)}: values in microseconds, Interval_Max in milliseconds]`,
    ...(result.tests.length > 1 ? ['#[Times of a test count from its own start]'] : []),
    ...(Number.isFinite(startSec)
      ? [
          `#[StartTime: ${startSec.toFixed(3)} (seconds since epoch), ${new Date(startSec * 1000).toISOString()}]`,
          `#[BaseTime: ${startSec.toFixed(3)} (seconds since epoch)]`,
        ]
      : []),
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ]
  // In the order of time: readers that want a range of it stop at the first line beyond.
  const sorted = lines.sort((a, b) => a.fromUs - b.fromUs)
  return [...head, ...sorted.map(writeLine)].map((line) => `${line}\n`).join('')
}

function listLines(test: TestResult, isHeadline: boolean): Line[] {
  const windows = windowLines(test, isHeadline)
  const whole = wholeLines(test)
  if (!isHeadline || windows.length > 0) return [...windows, ...whole]
  // A test without windows (a storm) still shows what it is about.
  const headline = whole.find(({ tag }) => tag === tagOf(test, headlineTrend(kindOf(test))))
  return headline === undefined ? whole : [{ ...headline, tag: '' }, ...whole]
}

function windowLines(test: TestResult, isHeadline: boolean): Line[] {
  const { latencyWindows } = test
  if (latencyWindows === null) return []
  const { metric, windows } = latencyWindows
  const tag = isHeadline ? '' : `${tagOf(test, metric)}/windows`
  return windows
    .filter(({ histogram }) => histogram !== '')
    .map(({ fromUs, toUs, histogram }) => {
      const maxUs = decodeHistogram(histogram).maxValue
      return { tag, fromUs, lengthUs: toUs - fromUs, maxUs, histogram }
    })
}

function wholeLines(test: TestResult): Line[] {
  const { connectUs, warmupUs, holdUs } = test.phases
  const holdFromUs = test.latencyWindows?.windows[0]?.fromUs ?? (connectUs ?? 0) + (warmupUs ?? 0)
  return Object.entries(test.histograms)
    .filter(([, histogram]) => histogram !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([metric, histogram]) => {
      const ofConnecting = metric.startsWith('connect') || metric === 'open_at'
      const trend = test.metrics[metric]
      const exact = trend?.type === 'trend' ? trend.max : null
      return {
        tag: tagOf(test, metric),
        fromUs: ofConnecting ? 0 : holdFromUs,
        lengthUs: (ofConnecting ? connectUs : holdUs) ?? 0,
        maxUs: exact ?? decodeHistogram(histogram).maxValue,
        histogram,
      }
    })
}

function tagOf({ testType }: TestResult, metric: string): string {
  return `${toTag(testType)}/${toTag(metric)}`
}

/** Commas, blanks and line breaks would end it early. */
function toTag(text: string): string {
  return text.replace(/[^\w.{}=+-]/g, '_')
}

function writeLine({ tag, fromUs, lengthUs, maxUs, histogram }: Line): string {
  // A saved result may hold anything between the signs that decoders read.
  const base64 = histogram.replace(/[^A-Za-z0-9+/=]/g, '')
  const fields = [seconds(fromUs), seconds(lengthUs), (maxUs / 1e3).toFixed(3), base64]
  return `${tag === '' ? '' : `Tag=${tag},`}${fields.join(',')}`
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(3)
}
