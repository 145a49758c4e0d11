/** What the live view shows: progress -> lines that fit the terminal. Pure. */
import type { Progress } from '../../result/progress.ts'
import {
  formatBytes,
  formatCount,
  formatDurationUs,
  formatPercent,
  formatPercentileUs,
  formatPlural,
  formatRate,
} from '../format.ts'
import type { Paint } from '../paint.ts'
import { sparkline } from '../sparkline.ts'
import { drawHead } from './head.ts'
import { joinParts, type Part } from './line.ts'

export interface FrameSize {
  readonly columns: number
  readonly rows: number
}

interface Row {
  /** The greater, the sooner it gives way on a terminal that is not high enough. */
  readonly rank: number
  readonly label: string
  readonly parts: readonly Part[]
}

const LABEL = 11
const GAP = '   '
const MOST_CLASSES = 4

/**
 * Lines of at most `columns` − 1 characters, at most `rows` − 1 of them: the cursor stands below the last. Which lines
 * there are depends on the test alone, so that the block keeps its height while it runs.
 */
export function renderFrame(progress: Progress, { columns, rows }: FrameSize, paint: Paint): string[] {
  const width = Math.max(1, columns - 1)
  const labelled = width >= 3 * LABEL
  const most = Math.max(1, rows - 1)
  let shown = listRows(progress, width - (labelled ? LABEL : 0))
  while (shown.length + 1 > most && shown.length > 0) {
    const worst = Math.max(...shown.map(({ rank }) => rank))
    shown = shown.filter(({ rank }) => rank !== worst)
  }
  const isApart = progress.testCount > 1 && shown.length + 2 <= most
  return [
    // From the rows of the tests before.
    ...(isApart ? [''] : []),
    drawHead(progress, width, paint),
    ...shown.map(({ label, parts }) =>
      labelled
        ? `${paint.dim(label.padEnd(LABEL))}${joinParts(parts, width - LABEL, width < 60 ? '  ' : GAP, paint)}`.trimEnd()
        : joinParts(leadWith(label, parts), width, ' ', paint),
    ),
  ].slice(0, most)
}

/** Where there is no room for a column of labels. */
function leadWith(label: string, [first = plain(''), ...others]: readonly Part[]): Part[] {
  return [{ ...first, text: `${label} ${first.text.trim()}`.trim() }, ...others]
}

function listRows(progress: Progress, room: number): Row[] {
  const { receivedKind, isOpen, isSending, phase, latencyMetric } = progress
  const name = LATENCY_NAMES[latencyMetric] ?? 'latency'
  // Who only holds connections has no latency but that of connecting.
  const isTimed = receivedKind !== null || phase === 'connect'
  return [
    { rank: 3, label: 'open', parts: connectionParts(progress) },
    ...(isSending ? [{ rank: 6, label: 'sent', parts: [rate(progress.sentPerSec)] }] : []),
    ...(receivedKind === null
      ? []
      : [{ rank: 1, label: receivedKind, parts: receivedParts(progress, room) }]),
    ...(isTimed
      ? [
          { rank: 7, label: name, parts: currentParts(progress, room) },
          { rank: 2, label: '', parts: soFarParts(progress, room) },
        ]
      : []),
    ...(isOpen ? [{ rank: 8, label: 'pacer lag', parts: lagParts(progress, room) }] : []),
    { rank: 9, label: 'server', parts: serverParts(progress) },
    { rank: 10, label: 'generator', parts: generatorParts(progress) },
    { rank: 4, label: 'errors', parts: errorParts(progress) },
    { rank: 5, label: 'validity', parts: validityParts(progress) },
    { rank: 11, label: '', parts: causeParts(progress) },
  ]
}

const LATENCY_NAMES: Readonly<Record<string, string>> = {
  connect_time: 'connecting',
  response_time: 'response',
  delivery_time: 'delivery',
  push_interval: 'interval',
  ping_time: 'ping',
  flow_time: 'flow',
}

function connectionParts(progress: Progress): Part[] {
  const { phase, connectionsOpen, connectionsTotal, connectionsFailed, openedPerSec } = progress
  const failed = connectionsFailed === 0 ? '' : `${formatCount(connectionsFailed)} failed`
  return [
    plain(`${formatCount(connectionsOpen)} of ${formatCount(connectionsTotal)}`),
    { text: failed, kind: 'bad' },
    { text: phase === 'connect' ? `${formatRate(openedPerSec)}/s` : '', kind: 'plain' },
  ]
}

function rate(perSec: number): Part {
  return plain(`${formatRate(perSec)}/s`.padStart(RATE_WIDTH))
}
/** So that nothing moves when the figures beside it change. */
const RATE_WIDTH = 11

function receivedParts({ receivedPerSec, recent }: Progress, room: number): Part[] {
  const shown = recent.slice(-Math.max(1, Math.min(recent.length, room - RATE_WIDTH - RANGE_WIDTH)))
  const rates = shown.map((interval) => interval.receivedPerSec)
  const range =
    rates.length < 2 ? '' : `${formatRate(Math.min(...rates))} to ${formatRate(Math.max(...rates))}`
  return [{ ...rate(receivedPerSec), kind: 'strong' }, plain(sparkline(rates)), { text: range, kind: 'dim' }]
}
/** Of `1,038,400 to 1,138,400` and the gaps before and after the sparkline. */
const RANGE_WIDTH = 26

function currentParts(progress: Progress, room: number): Part[] {
  const { currentP50Us, currentP99Us, currentMaxUs, recent } = progress
  const p99s = recent.map(({ p99Us }) => p99Us).slice(-Math.max(1, room - LATENCIES_WIDTH))
  return [
    plain(room < LATENCIES_WIDTH ? 'now' : 'now'.padEnd(WHEN_WIDTH)),
    percentile('P50', formatDurationUs(currentP50Us), room),
    percentile('P99', formatDurationUs(currentP99Us), room),
    percentile('max', formatDurationUs(currentMaxUs), room),
    { text: sparkline(p99s).trim() === '' ? '' : `P99 ${sparkline(p99s)}`, kind: 'dim' },
  ]
}

function soFarParts({ p50Us, p50Mark, p99Us, p99Mark, latencyTimeoutUs }: Progress, room: number): Part[] {
  return [
    plain('so far'),
    percentile('P50', formatPercentileUs(p50Us, p50Mark, latencyTimeoutUs), room),
    { ...percentile('P99', formatPercentileUs(p99Us, p99Mark, latencyTimeoutUs), room), kind: 'strong' },
  ]
}

/** Below each other where there is room for all of them. */
function percentile(name: string, value: string, room: number): Part {
  return plain(`${name} ${room < LATENCIES_WIDTH ? value : value.padStart(VALUE_WIDTH)}`)
}
const VALUE_WIDTH = 8
const WHEN_WIDTH = 'so far'.length
const LATENCIES_WIDTH = WHEN_WIDTH + GAP.length + 3 * (4 + VALUE_WIDTH + GAP.length) + 'P99 '.length

function lagParts({ pacerLagP99Us }: Progress, room: number): Part[] {
  return [percentile('P99', formatDurationUs(pacerLagP99Us), room)]
}

function serverParts({ serverCpuPercent, serverRssBytes, generatorRssBytes }: Progress): Part[] {
  const isKnown = serverCpuPercent !== null || serverRssBytes !== null
  // Before the first interval nothing is known of the generator either.
  if (!isKnown) return [{ text: generatorRssBytes === null ? '–' : 'not visible', kind: 'dim' }]
  return [plain(`CPU ${formatPercent(serverCpuPercent).padStart(6)}`), plain(formatBytes(serverRssBytes))]
}

function generatorParts({ generatorBusy, generatorCpuPercent, generatorRssBytes }: Progress): Part[] {
  const busy = generatorBusy === null ? '' : `busiest loop ${formatPercent(generatorBusy * 100)} busy`
  return [
    plain(`CPU ${formatPercent(generatorCpuPercent).padStart(6)}`),
    plain(formatBytes(generatorRssBytes)),
    plain(busy),
  ]
}

function errorParts({ errors, errorClasses }: Progress): Part[] {
  const kind = errors === 0 ? 'plain' : 'bad'
  const left = errorClasses.length - MOST_CLASSES
  return [
    { text: formatCount(errors), kind },
    ...errorClasses.slice(0, MOST_CLASSES).map((one) => plain(`${one.class} ${formatCount(one.count)}`)),
    { text: left > 0 ? `and ${formatPlural(left, 'more kind')}` : '', kind: 'dim' },
  ]
}

function validityParts({ validity }: Progress): Part[] {
  if (validity === null) return [{ text: '–', kind: 'dim' }]
  const { state, limitedBy } = validity
  const text = `${state} so far`
  if (state !== 'valid') return [{ text, kind: state === 'invalid' ? 'bad' : 'warn' }]
  return [{ text, kind: 'good' }, plain(limitedBy === 'server' ? 'limited by the server' : '')]
}

/** Why it is not valid. The cause stands before the colon, what helps behind it: that is for the report. */
function causeParts({ validity }: Progress): Part[] {
  const cause = validity === null || validity.state === 'valid' ? undefined : validity.reasons[0]?.message
  return [{ text: cause?.split(': ')[0] ?? '', kind: 'warn' }]
}

function plain(text: string): Part {
  return { text, kind: 'plain' }
}
