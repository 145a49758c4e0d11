/** The same test of several results, drawn over each other. */
import { headlineTrend, intervalTrend, kindOf } from '../../result/headline.ts'
import type { Interval, TestResult } from '../../result/run-result.ts'
import { numbers, words } from '../align-table.ts'
import { formatBytes, formatDurationUs, formatRate } from '../format.ts'
import { findGauge, showPercentile, showRate } from '../test-figures.ts'
import type { Chart, Series, Tone } from './chart.ts'
import { greatest, holdOf, least, rateOf, roundTo } from './over-time.ts'
import { percentileChart } from './percentile-chart.ts'

/** A test of one of the results, and how it looks. */
export interface OverlayRun {
  readonly label: string
  readonly test: TestResult
  readonly tone: Tone
  readonly style: Series['style']
}

const TONES: readonly Tone[] = ['blue', 'orange', 'green', 'pink', 'navy', 'amber', 'sky', 'grey']
const STYLES: readonly Series['style'][] = ['line', 'dashed', 'dotted']

/** One colour each, and when they run out another kind of line. */
export function lookOf(index: number): Pick<OverlayRun, 'tone' | 'style'> {
  return {
    tone: TONES[index % TONES.length]!,
    style: STYLES[Math.floor(index / TONES.length) % STYLES.length]!,
  }
}

const MOST_POINTS = 300

/** Of tests of one type; what none of them has is left out. `id` is unique in the page. */
export function overlayCharts(id: string, runs: readonly OverlayRun[]): Chart[] {
  const [first] = runs
  if (first === undefined) return []
  const trend = headlineTrend(kindOf(first.test))
  const over = intervalTrend(first.test.testType)
  return [
    percentileChart(
      `${id}-percentiles`,
      `${capitalize(trend)} by percentile`,
      runs.map(({ label, test, tone, style }) => ({ label, test, tone, style, name: trend })),
    ),
    overlay(id, runs, {
      name: 'rate',
      title: 'Received per second',
      unit: 'rate',
      pick: (within) => rateOf(within, ({ received }) => received),
      headline: (test) => `${showRate(test)} per second`,
    }),
    overlay(id, runs, {
      name: 'p50',
      title: `P50 of ${over.replaceAll('_', ' ')} over time`,
      unit: 'us',
      pick: (within) => greatest(within.map(({ p50Us }) => p50Us)),
      headline: (test) => showPercentile(test, over, 'p50'),
    }),
    overlay(id, runs, {
      name: 'p99',
      title: `P99 of ${over.replaceAll('_', ' ')} over time`,
      unit: 'us',
      pick: (within) => greatest(within.map(({ p99Us }) => p99Us)),
      headline: (test) => showPercentile(test, over, 'p99'),
    }),
    overlay(id, runs, {
      name: 'memory',
      title: "The server's memory",
      unit: 'bytes',
      pick: (within) => greatest(within.map(({ serverRssBytes }) => serverRssBytes)),
      headline: (test) => `${formatBytes(findGauge(test, 'server_rss'))} at its peak`,
    }),
  ].filter((chart) => chart !== null)
}

interface Overlay {
  readonly name: string
  readonly title: string
  readonly unit: 'rate' | 'us' | 'bytes'
  /** Of the intervals of a stretch. */
  readonly pick: (within: readonly Interval[]) => number | null
  /** The figure of the whole test. */
  readonly headline: (test: TestResult) => string
}

const FORMATS = { rate: formatRate, us: formatDurationUs, bytes: formatBytes } as const

function overlay(
  id: string,
  runs: readonly OverlayRun[],
  { name, title, unit, pick, headline }: Overlay,
): Chart | null {
  const holds = runs.map(({ test }) => holdOf(test.intervals))
  const longestSec = Math.max(0, ...holds.map(lengthSec))
  const widthSec = Math.max(1, Math.ceil(longestSec / MOST_POINTS))
  const stretches = Math.ceil(longestSec / widthSec)
  if (stretches < 2) return null
  const series = runs
    .map(({ label, tone, style }, index): Series => {
      const values = split(holds[index]!, widthSec, stretches).map(pick)
      return {
        label,
        tone,
        style,
        values: values.map((value) => (value === null ? null : roundTo(value, 1))),
      }
    })
    .filter(({ values }) => values.some((value) => value !== null))
  if (series.length === 0) return null
  const rows = runs.map(({ label, test }, index) => {
    const known = split(holds[index]!, widthSec, stretches).map(pick)
    return [label, headline(test), FORMATS[unit](least(known)), FORMATS[unit](greatest(known))]
  })
  return {
    id: `${id}-${name}`,
    title,
    axis: 'time',
    unit,
    log: false,
    stacked: false,
    group: id,
    x: Array.from({ length: stretches }, (_, index) => roundTo((index + 0.5) * widthSec, 1)),
    series,
    phases: [],
    summary: `${nameSome(runs.map(({ label, test }) => `${label} ${headline(test)}`))}. Time is of the hold.`,
    table: { columns: [words('result'), numbers('whole'), numbers('least'), numbers('greatest')], rows },
  }
}

/** All of them stand in the table. */
function nameSome(texts: readonly string[]): string {
  const left = texts.length - MOST_NAMED
  return left <= 0 ? texts.join('; ') : `${texts.slice(0, MOST_NAMED).join('; ')}; and ${left} more`
}
const MOST_NAMED = 6

/** Intervals by the stretch of the hold that their middle lies in. */
function split(hold: readonly Interval[], widthSec: number, stretches: number): Interval[][] {
  const startUs = startOf(hold)
  const found = Array.from({ length: stretches }, (): Interval[] => [])
  for (const interval of hold) {
    const atSec = (interval.atUs - interval.durationUs / 2 - startUs) / 1e6
    found[Math.min(stretches - 1, Math.max(0, Math.floor(atSec / widthSec)))]!.push(interval)
  }
  return found
}

function lengthSec(hold: readonly Interval[]): number {
  return ((hold.at(-1)?.atUs ?? 0) - startOf(hold)) / 1e6
}

function startOf(hold: readonly Interval[]): number {
  const [first] = hold
  return first === undefined ? 0 : first.atUs - first.durationUs
}

function capitalize(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`
}
