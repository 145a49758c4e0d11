/** Memory, CPU and the generator's loops over time. */
import type { Interval, TestResult } from '../../result/run-result.ts'
import { formatBytes, formatPercent, formatRatio } from '../format.ts'
import { findCpu, findGauge } from '../test-figures.ts'
import type { Chart } from './chart.ts'
import type { ChartPlace } from './chart-place.ts'
import { chartOverTime, greatest, ifLong, mean, roundTo, tableOverTime } from './over-time.ts'

export function memoryChart(test: TestResult, { id, most }: ChartPlace): Chart | null {
  const { intervals } = test
  const peak = (who: 'server' | 'generator'): string => {
    const idle = formatBytes(findGauge(test, `${who}_rss_idle`))
    return `${who} ${idle} before, ${formatBytes(findGauge(test, `${who}_rss`))} at its peak, ${formatBytes(findGauge(test, `${who}_rss_after`))} after`
  }
  const hasServer = intervals.some(({ serverRssBytes }) => serverRssBytes !== null)
  const show = (pick: Pick) => (period: readonly Interval[]) => formatBytes(greatest(period.map(pick)))
  return chartOverTime(
    {
      id: `${id}-memory`,
      title: 'Memory (resident)',
      unit: 'bytes',
      log: false,
      group: id,
      most,
      summary: `${hasServer ? `${capitalize(peak('server'))}; ${peak('generator')}` : capitalize(peak('generator'))}.`,
      table: tableOverTime(intervals, [
        { title: 'server', show: show(({ serverRssBytes }) => serverRssBytes) },
        { title: 'generator', show: show(({ generatorRssBytes }) => generatorRssBytes) },
      ]),
    },
    intervals,
    [
      {
        label: 'server',
        tone: 'blue',
        style: 'line',
        pick: ({ serverRssBytes }) => toKilobytes(serverRssBytes),
      },
      {
        label: 'generator',
        tone: 'orange',
        style: 'dashed',
        pick: ({ generatorRssBytes }) => toKilobytes(generatorRssBytes),
      },
    ],
  )
}

export function cpuChart(test: TestResult, { id, most }: ChartPlace): Chart | null {
  const { intervals } = test
  const show = (pick: Pick) => (period: readonly Interval[]) => formatPercent(mean(period.map(pick)))
  const busy = mean(intervals.filter(({ phase }) => phase === 'hold').map(({ loopBusy }) => loopBusy))
  const cpu = (['server', 'generator'] as const).map((who) => `${who} ${formatPercent(findCpu(test, who))}`)
  return chartOverTime(
    {
      id: `${id}-cpu`,
      title: 'CPU, and how busy the generator is',
      unit: 'percent',
      log: false,
      group: id,
      most,
      summary: `In the hold, of one core: ${cpu.join(', ')}. The generator's busiest loop had work ${formatRatio(busy)} of the time.`,
      table: tableOverTime(intervals, [
        { title: 'server CPU', show: show(({ serverCpuPercent }) => serverCpuPercent) },
        { title: 'generator CPU', show: show(({ generatorCpuPercent }) => generatorCpuPercent) },
        { title: 'loop busy', show: show(({ loopBusy }) => percentOf(loopBusy)) },
      ]),
    },
    intervals,
    [
      {
        label: 'server CPU',
        tone: 'blue',
        style: 'line',
        pick: (one) => tenths(ifLong(one, one.serverCpuPercent)),
      },
      {
        label: 'generator CPU',
        tone: 'orange',
        style: 'dashed',
        pick: (one) => tenths(ifLong(one, one.generatorCpuPercent)),
      },
      {
        label: 'loop busy',
        tone: 'green',
        style: 'dotted',
        pick: (one) => percentOf(ifLong(one, one.loopBusy)),
      },
    ],
  )
}

type Pick = (interval: Interval) => number | null

/** Finer is not drawn, and only makes the page larger. */
function toKilobytes(bytes: number | null): number | null {
  return bytes === null ? null : Math.round(bytes / 1e4) * 1e4
}

function tenths(percent: number | null): number | null {
  return percent === null ? null : roundTo(percent, 1)
}

function percentOf(share: number | null): number | null {
  return share === null ? null : roundTo(share * 100, 1)
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
