/** How the connections came up and whether they stayed: the share that was open over time from the start of the storm. */
import { decodeHistogram } from '../../result/histogram.ts'
import type { Interval, TestResult } from '../../result/run-result.ts'
import { numbers, words } from '../align-table.ts'
import { formatCount, formatDurationUs, formatRatio } from '../format.ts'
import { findCount, findGauge } from '../test-figures.ts'
import type { Chart } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { chartOverTime, greatest, least, roundTo, tableOverTime } from './over-time.ts'

const MOST_POINTS = 240
const FEWEST = 10

/** Of the connections that were tried, how many were open when. */
export function openShareChart(test: TestResult, { id }: ChartPlace): Chart | null {
  const attempted = findCount(test, 'connections_attempted')
  const base64 = test.histograms.open_at ?? ''
  if (attempted === null || attempted < FEWEST || base64 === '') return null
  const points = thin(listOpenings(base64))
  const opened = points.at(-1)?.opened ?? 0
  const moments = [
    ['50 %', 'open_50'],
    ['90 %', 'open_90'],
    ['99 %', 'open_99'],
    ['all', 'open_100'],
  ] as const
  const show = (name: string): string => {
    const us = findGauge(test, name)
    return us === null ? 'never' : formatDurationUs(us)
  }
  return {
    id: `${id}-open-share`,
    title: 'Share of connections open',
    axis: 'elapsed',
    unit: 'percent',
    log: false,
    stacked: false,
    group: `${id}-open-share`,
    x: [0, ...points.map(({ atUs }) => roundTo(atUs / 1e3, 3))],
    series: [
      {
        label: 'open',
        tone: 'blue',
        style: 'step',
        area: true,
        values: [0, ...points.map((point) => roundTo((point.opened / attempted) * 100, 2))],
      },
    ],
    phases: [],
    ceiling: 100,
    summary: `${formatCount(opened)} of ${formatCount(attempted)} connections opened (${formatRatio(opened / attempted)})${moments
      .filter(([, name]) => findGauge(test, name) !== null)
      .map(([share, name]) => `, ${share} after ${show(name)}`)
      .join('')}.`,
    table: {
      columns: [words('open'), numbers('after')],
      rows: moments.map(([share, name]) => [share, show(name)]),
    },
  }
}

interface Opening {
  readonly atUs: number
  /** By then. */
  readonly opened: number
}

function listOpenings(base64: string): Opening[] {
  const histogram = decodeHistogram(base64)
  const openings: Opening[] = []
  let opened = 0
  for (let index = 0; index < histogram.countsArrayLength; index++) {
    const count = histogram.getCountAtIndex(index)
    if (count === 0) continue
    opened += count
    openings.push({ atUs: histogram.valueFromIndex(index), opened })
  }
  return openings
}

/** Evenly over the connections, the last one kept. */
function thin(openings: readonly Opening[]): readonly Opening[] {
  const total = openings.at(-1)?.opened ?? 0
  let next = 0
  return openings.filter((one, index) => {
    if (one.opened < next && index < openings.length - 1) return false
    next = one.opened + total / MOST_POINTS
    return true
  })
}

/** Connections that are open, over time; left out where it is the same number all along. */
export function connectionsChart(test: TestResult, { id, most }: ChartPlace): Chart | null {
  const { intervals } = test
  const loaded = intervals
    .filter(({ phase }) => phase === 'hold' || phase === 'warmup')
    .map(({ connectionsOpen }) => connectionsOpen)
  const [low, high] = [least(loaded), greatest(loaded)]
  const failed = findCount(test, 'connections_failed') ?? 0
  const closed = findCount(test, 'connections_closed') ?? 0
  if (low === high && failed === 0 && closed === 0 && test.testType !== 'storm') return null
  return chartOverTime(
    {
      id: `${id}-connections`,
      title: 'Connections',
      unit: 'count',
      log: false,
      group: id,
      most,
      summary: `${formatCount(greatest(intervals.map(({ connectionsOpen }) => connectionsOpen)))} were open at the most. ${formatCount(failed)} failed, ${formatCount(closed)} were ended by the server or the network.`,
      table: tableOverTime(intervals, [
        { title: 'open', show: (period) => formatCount(period.at(-1)?.connectionsOpen ?? null) },
        { title: 'failed so far', show: (period) => formatCount(period.at(-1)?.connectionsFailed ?? null) },
      ]),
    },
    intervals,
    [
      {
        label: 'open',
        tone: 'blue',
        style: 'line',
        area: true,
        pick: ({ connectionsOpen }) => connectionsOpen,
      },
      ...(failed > 0
        ? [
            {
              label: 'failed so far',
              tone: 'orange',
              style: 'dashed',
              pick: (interval: Interval) => interval.connectionsFailed,
            } as const,
          ]
        : []),
    ],
  )
}
