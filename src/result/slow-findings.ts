/** Of a test in which some stop reading: what that does to the others, to the server's memory, and to themselves. */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { mergeTrends, type TrendSnapshot, trendBetween } from '../record/trend.ts'
import { sayBytes, sayCount, sayPart, sayTime } from './finding-words.ts'
import { trendPercentileUs } from './histogram.ts'
import type { Measurements } from './measurements.ts'
import type { Finding, Metric } from './run-result.ts'

/** The others are harmed when their P99 has grown so much, by so many times. */
const HARM_US = 5000
const HARM_TIMES = 2
/** Of what the others should have got. */
const HARM_LOST = 0.001
/** Growth of the server's memory: below this it is a queue with a bound, or noise. */
const LEAST_GROWTH_BYTES = 4_000_000
/**
 * Growth of so much of what one slow reader was owed and the kernel did not take is a queue without a bound: queues may share
 * messages, so it is held against that of one.
 */
const UNBOUNDED_SHARE = 0.6

interface SlowFigures {
  readonly slow: number
  readonly dropped: number
  /** Message bytes that were published for each since it is slow. */
  readonly owedBytes: number | null
  readonly p99BeforeUs: number | null
  readonly p99AfterUs: number | null
  readonly lostShare: number | null
  /** Half of the dropped were dropped so long after they became slow. */
  readonly dropUs: number | null
  readonly lastDropUs: number | null
  /** Held by the kernel of both ends for each. */
  readonly kernelBytes: number | null
  readonly memoryBytes: number | null
  readonly beforeRssBytes: number | null
  readonly afterRssBytes: number | null
}

export function measureSlow(measured: Measurements, total: RecorderSnapshot): SlowFigures {
  const { slow: watched, seconds, intervals, plan, startUs } = measured
  const { slow_clients: slow, slow_dropped: dropped, slow_messages_owed: owed } = total.counters
  const atUs = watched?.atUs ?? null
  const before = seconds
    .filter(({ toUs }) => atUs !== null && toUs <= atUs + EDGE_US)
    .reduce<TrendSnapshot | null>((sum, second) => mergeTrends(sum, second.trend), null)
  const all = total.trends.delivery_time
  // What came in the drain, too: by then nobody keeps the others waiting any more.
  const since = before === null || all === null ? null : trendBetween(before, all)
  const rss = intervals.filter(({ phase, serverRssBytes }) => phase === 'hold' && serverRssBytes !== null)
  const earlier = rss.filter((one) => atUs !== null && one.atUs + startUs <= atUs + EDGE_US)
  // A heap rises and falls: only above its greatest before it has grown.
  const beforeRssBytes =
    earlier.length === 0 ? null : Math.max(...earlier.map((one) => one.serverRssBytes ?? 0))
  const afterRssBytes = rss.at(-1)?.serverRssBytes ?? null
  const times = (watched?.drops ?? []).flatMap(({ afterUs, count }) => Array<number>(count).fill(afterUs))
  const seen = times.slice(0, dropped)
  const payload = plan.groups.find(({ role }) => role === 'publisher')?.payload
  const size = payload?.kind === 'generated' ? payload.sizeBytes : null
  const kernel =
    watched === null || watched.unreadBytes === null ? null : watched.unreadBytes + (watched.unsentBytes ?? 0)
  const { deliveries_expected: expected, deliveries_received: received } = total.counters
  return {
    slow,
    dropped,
    owedBytes: slow === 0 || size === null ? null : (owed / slow) * size,
    p99BeforeUs: trendPercentileUs(before, 99, 0).valueUs,
    p99AfterUs: trendPercentileUs(since, 99, Math.max(0, expected - received)).valueUs,
    lostShare: expected === 0 ? null : Math.max(0, expected - received) / expected,
    dropUs: seen.length < dropped || dropped === 0 ? null : seen[(seen.length - 1) >> 1]!,
    lastDropUs: seen.length < dropped || dropped === 0 ? null : seen.at(-1)!,
    kernelBytes: slow === 0 || kernel === null ? null : kernel / slow,
    memoryBytes:
      slow === 0 || beforeRssBytes === null || afterRssBytes === null
        ? null
        : (afterRssBytes - beforeRssBytes) / slow,
    beforeRssBytes,
    afterRssBytes,
  }
}
/** A second begins and ends by a timer. */
const EDGE_US = 100_000

export function deriveSlow(measured: Measurements, total: RecorderSnapshot): Record<string, Metric> {
  const figures = measureSlow(measured, total)
  const gauge = (unit: 'us' | 'bytes' | 'ratio', value: number | null): Metric => ({
    type: 'gauge',
    unit,
    value: value === null ? null : Math.round(value),
  })
  return {
    slow_p99_before: gauge('us', figures.p99BeforeUs),
    slow_p99_after: gauge('us', figures.p99AfterUs),
    slow_dropped_after: gauge('us', figures.dropUs),
    slow_kernel: gauge('bytes', figures.kernelBytes),
    slow_memory: gauge('bytes', figures.memoryBytes),
  }
}

export function findSlow(measured: Measurements, total: RecorderSnapshot): Finding[] {
  const figures = measureSlow(measured, total)
  if (figures.slow === 0) {
    const message = 'nobody became slow: no slow reader was open half-way'
    return [{ code: 'slow-harm', verdict: 'unknown', message, unit: 'us', ...NOTHING }]
  }
  return [findHarm(figures), findDrops(figures, measured), findMemory(figures)]
}

const NOTHING = { value: null, low: null, high: null } as const

function findHarm({ p99BeforeUs: before, p99AfterUs: after, lostShare }: SlowFigures): Finding {
  const base = { code: 'slow-harm', unit: 'us', low: before, high: after } as const
  const lost = lostShare ?? 0
  if (before === null) {
    const message = 'whether the others are harmed cannot be told: too few deliveries before'
    return { ...base, verdict: 'unknown', message, value: null }
  }
  if (after === null && lost <= HARM_LOST) {
    const message = 'whether the others are harmed cannot be told: too few deliveries since'
    return { ...base, verdict: 'unknown', message, value: null }
  }
  const times = after === null ? null : after / before
  const isLate = after !== null && after - before > HARM_US && after > HARM_TIMES * before
  const change = `delivery P99 ${sayTime(before)} before and ${after === null ? 'none' : sayTime(after)} since`
  if (!isLate && lost <= HARM_LOST) {
    const message = `the slow ones do not harm the others: ${change}, all delivered`
    return { ...base, verdict: 'good', message, value: times }
  }
  const missing = lost > HARM_LOST ? `, ${Number((100 * lost).toPrecision(2))} % of all deliveries lost` : ''
  return {
    ...base,
    verdict: 'bad',
    message: `the slow ones harm the others: ${change}${missing}`,
    value: times,
  }
}

/** Either may be meant; that they are kept is a fault only with a memory that grows, which is found below. */
function findDrops(figures: SlowFigures, { failures, phases }: Measurements): Finding {
  const { slow, dropped, dropUs, lastDropUs, kernelBytes } = figures
  const base = { code: 'slow-drops', unit: 'us', value: dropUs, low: dropUs, high: lastDropUs } as const
  const took = kernelBytes === null ? '' : `; the kernel took ${sayBytes(kernelBytes)} of each first`
  if (dropped === 0) {
    const message = `${sayPart(slow, slow)} slow readers were kept for ${sayTime((phases.holdUs ?? 0) / 2)}${took}`
    return { ...base, verdict: 'unknown', message }
  }
  const ways = failures.flatMap(({ class: name, detail, count }) =>
    name === 'dropped-slow' ? [`${sayCount(count)} by ${detail}`] : [],
  )
  const when = lastDropUs === null ? '' : ` within ${sayTime(lastDropUs)}`
  const message = `${sayPart(dropped, slow)} slow readers were dropped${when} (${ways.join(', ')})${took}`
  return { ...base, verdict: 'good', message }
}

function findMemory({
  slow,
  memoryBytes,
  owedBytes,
  kernelBytes,
  beforeRssBytes,
  afterRssBytes,
}: SlowFigures): Finding {
  const base = { code: 'slow-memory', unit: 'bytes', low: null, high: owedBytes, value: memoryBytes } as const
  if (memoryBytes === null || owedBytes === null) {
    const message =
      "what they cost in the server's memory cannot be seen: take --server-pid or --server-metrics"
    return { ...base, verdict: 'unknown', message }
  }
  const left = Math.max(0, owedBytes - (kernelBytes ?? 0))
  const fromTo = `from ${sayBytes(beforeRssBytes ?? 0)} to ${sayBytes(afterRssBytes ?? 0)}`
  if (memoryBytes * slow > Math.max(LEAST_GROWTH_BYTES, UNBOUNDED_SHARE * left)) {
    const message = `the server's memory grows while they do not read, ${fromTo}: each was owed ${sayBytes(owedBytes)}`
    return { ...base, verdict: 'bad', message }
  }
  if (left < LEAST_GROWTH_BYTES) {
    const message = `whether memory is bounded cannot be told: the kernel took nearly all; take a longer --duration or a greater --size`
    return { ...base, verdict: 'unknown', message }
  }
  const message = `the server's memory is bounded: ${fromTo}, where each slow reader was owed ${sayBytes(owedBytes)}`
  return { ...base, verdict: 'good', message }
}
