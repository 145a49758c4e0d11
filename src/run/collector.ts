/** Watches a test from outside: reads the shards' memory and samples both processes once a second, and at phase changes. */
import { nowUs } from '../engine/clock.ts'
import type { GeneratorForks, ResourceSample, ResourceSampler } from '../observe/resource-sampler.ts'
import type { Phase } from '../plan/plan.ts'
import { countOpen } from '../record/count-open.ts'
import { readTally, TALLY_SIZE } from '../record/failures.ts'
import type { CounterName, TrendName } from '../record/series.ts'
import type { GroupMemory, ShardMemory } from '../record/shard-memory.ts'
import { mergeTrends, TREND_BYTES, Trend, type TrendSnapshot, trendBetween } from '../record/trend.ts'
import { percentilesOf } from '../result/interval-figures.ts'
import type { Second } from '../result/latency-trend.ts'
import type { Load } from '../result/measurements.ts'
import type { Interval } from '../result/run-result.ts'
import { coarsen } from './coarse-trend.ts'
import { type IntervalRow, IntervalRows } from './interval-rows.ts'
import type { TrendsSoFar } from './standing.ts'

const INTERVAL_US = 1_000_000
/** Enough for the optimizing compiler to see what is hot. */
const PREPARING_ROUNDS = 150
/** Kept histograms of the hold; neighbours are merged when there are more, so an hour needs no more memory than this. */
const MAX_SECONDS = 120

/** Places in a shard's meter. */
const BUSY = 0
const TOTAL = 1
const CORE_WAIT = 2

/** Of one side: of the warm-up, or of all else. */
interface Traffic {
  readonly sent: number
  readonly received: number
  readonly lost: number
  readonly expected: number
  readonly latency: TrendSnapshot | null
  /** Of service time, where it is another than the latency. */
  readonly service: TrendSnapshot | null
  readonly lag: TrendSnapshot | null
}

const NO_TRAFFIC: Traffic = {
  sent: 0,
  received: 0,
  lost: 0,
  expected: 0,
  latency: null,
  service: null,
  lag: null,
}

interface Reading extends Traffic {
  readonly atUs: number
  readonly open: number
  readonly failed: number
  /** Of each shard's loop, as in its memory. */
  readonly meters: readonly Float64Array[]
  /** Failures of all shards (record/failures.ts). */
  readonly tally: Float64Array
}

export interface Collector {
  /** At most an hour of seconds; of a longer test neighbours are one (interval-rows.ts). */
  readonly intervals: readonly Interval[]
  readonly seconds: readonly Second[]
  /** A phase begins at that time, now or soon. */
  enter(phase: Phase, atUs: number): void
  stop(): void
  /** Of a moment that counts: idle, all connected, after. */
  sampleMoment(): ResourceSample
  peaks(): { generator: number | null; server: number | null }
  /** Means over all intervals of a phase. */
  loadOf(phase: Phase): Load
}

export interface CollectorOptions {
  readonly shards: readonly ShardMemory[]
  readonly sampler: ResourceSampler
  /** What an interval's percentiles are of, and its `received`. */
  readonly latency: TrendName
  readonly received: CounterName
  /** Deliveries that are due; null without fan-out. */
  readonly expected: CounterName | null
  /** Pacer lag is recorded. */
  readonly open: boolean
  readonly startUs: number
  /** `soFar`: of the phase. */
  readonly onInterval: (interval: Interval, soFar: TrendsSoFar) => void
}

export function createCollector(options: CollectorOptions): Collector {
  const { shards, sampler, open, startUs, onInterval } = options
  prepareFigures()
  const rows = new IntervalRows()
  let seconds: Second[] = []
  const planned: { phase: Phase; atUs: number }[] = []
  let phase: Phase = 'connect'
  /** Warm-up and hold are recorded apart: how far each was read. */
  const seen: Record<'hold' | 'warmup', Traffic> = { hold: NO_TRAFFIC, warmup: NO_TRAFFIC }
  let before = read()
  let nextUs = before.atUs + INTERVAL_US
  let generatorPeak = 0
  let serverPeak: number | null = null
  let timer: NodeJS.Timeout | null = null
  schedule()

  function schedule(): void {
    const untilUs = Math.min(nextUs, planned[0]?.atUs ?? Number.POSITIVE_INFINITY)
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(tick, Math.max(0, Math.ceil((untilUs - nowUs()) / 1000)))
  }

  function tick(): void {
    const now = nowUs()
    const change = planned[0] !== undefined && planned[0].atUs <= now ? planned.shift()! : null
    if (change !== null || now >= nextUs) {
      closeInterval()
      if (change !== null) {
        phase = change.phase
        // Not a reading of now: a timer that comes late must not lose what the phase has had.
        before = { ...before, ...trafficOf(seen[sideOf(phase)]) }
      }
      nextUs = (change?.atUs ?? nextUs) + INTERVAL_US
      if (nextUs <= now) nextUs = now + INTERVAL_US
    }
    schedule()
  }

  /** What is shorter than `leastUs` goes on in the next. */
  function closeInterval(leastUs = 1000): void {
    const after = read()
    const durationUs = after.atUs - before.atUs
    if (durationUs < leastUs) return
    const resources = take(sampler.sample(sumForks(shards)))
    const latency = trendBetween(before.latency, after.latency)
    const service = trendBetween(before.service, after.service)
    const lag = trendBetween(before.lag, after.lag)
    const { p50Us: serviceP50Us, p99Us: serviceP99Us, p999Us: serviceP999Us } = percentilesOf(service)
    const interval: Interval = {
      atUs: Math.round(after.atUs - startUs),
      durationUs: Math.round(durationUs),
      phase,
      connectionsOpen: after.open,
      connectionsFailed: after.failed,
      sent: after.sent - before.sent,
      received: after.received - before.received,
      lost: after.lost - before.lost,
      deliveriesExpected: options.expected === null ? null : after.expected - before.expected,
      ...readTally(after.tally.map((count, place) => count - before.tally[place]!)),
      ...percentilesOf(latency),
      serviceP50Us,
      serviceP99Us,
      serviceP999Us,
      pacerLagP99Us: percentilesOf(lag).p99Us,
      loopBusy: greatestShare(before.meters, after.meters, BUSY),
      generatorRssBytes: resources.generatorRssBytes,
      generatorCpuPercent: resources.generatorCpuPercent,
      serverRssBytes: resources.serverRssBytes,
      serverCpuPercent: resources.serverCpuPercent,
    }
    rows.add({
      interval,
      threadPercent: resources.serverBusiestThreadPercent,
      coreWait: greatestShare(before.meters, after.meters, CORE_WAIT),
      latency: latency === null ? null : coarsen(latency),
      service: service === null ? null : coarsen(service),
      lag: lag === null ? null : coarsen(lag),
    })
    if (phase === 'hold' && latency !== null)
      keepSecond({ fromUs: before.atUs, toUs: after.atUs, trend: latency })
    before = after
    seen[sideOf(phase)] = after
    onInterval(interval, { latency: after.latency, lag: after.lag })
  }

  function keepSecond(second: Second): void {
    seconds.push(second)
    if (seconds.length < MAX_SECONDS) return
    seconds = seconds.flatMap((one, index) => {
      const other = seconds[index + 1]
      if (index % 2 === 1) return []
      return [
        other === undefined
          ? one
          : { fromUs: one.fromUs, toUs: other.toUs, trend: mergeTrends(one.trend, other.trend)! },
      ]
    })
  }

  function take(resources: ResourceSample): ResourceSample {
    generatorPeak = Math.max(generatorPeak, resources.generatorRssBytes)
    if (resources.serverRssBytes !== null) serverPeak = Math.max(serverPeak ?? 0, resources.serverRssBytes)
    return resources
  }

  function read(): Reading {
    const groups = shards.flatMap((shard) => shard.groups)
    const side = sideOf(phase)
    return {
      atUs: nowUs(),
      sent: sumOf(groups, side, 'messages_sent'),
      received: sumOf(groups, side, options.received),
      lost: sumOf(groups, side, 'messages_lost'),
      expected: options.expected === null ? 0 : sumOf(groups, side, options.expected),
      open: countOpen((name) => sumBoth(groups, name)),
      failed: sumBoth(groups, 'connections_failed'),
      latency: mergeOf(groups, side, options.latency),
      service: options.latency === 'response_time' ? mergeOf(groups, side, 'service_time') : null,
      lag: open ? mergeOf(groups, side, 'pacer_lag') : null,
      meters: shards.map(({ meter }) => meter.slice()),
      tally: sumTallies(shards),
    }
  }

  return {
    get intervals() {
      return rows.rows.map(({ interval }) => interval)
    },
    get seconds() {
      return seconds
    },
    enter(next, atUs) {
      // An interrupted test enters its drain before what was planned.
      while (planned.length > 0 && planned.at(-1)!.atUs > atUs) planned.pop()
      planned.push({ phase: next, atUs })
      if (atUs <= nowUs()) tick()
      else schedule()
    },
    stop() {
      // There is no next, and nothing that was counted may be missing in the rows.
      closeInterval(Number.MIN_VALUE)
      if (timer !== null) clearTimeout(timer)
      // Asked for early: a server elsewhere takes its time to tell what it is after the test.
      sampler.sampleMoment(sumForks(shards))
    },
    sampleMoment: () => take(sampler.sampleMoment(sumForks(shards))),
    peaks: () => ({ generator: generatorPeak === 0 ? null : generatorPeak, server: serverPeak }),
    loadOf(wanted) {
      const of = (pick: (row: IntervalRow) => number | null) => {
        const known = rows.rows.flatMap((row) => {
          const value = pick(row)
          const { phase, durationUs } = row.interval
          return phase === wanted && value !== null ? [{ value, weight: durationUs }] : []
        })
        const total = known.reduce((sum, { weight }) => sum + weight, 0)
        return total < INTERVAL_US * 0.9
          ? null
          : known.reduce((sum, { value, weight }) => sum + value * weight, 0) / total
      }
      return {
        loopBusy: of(({ interval }) => interval.loopBusy),
        coreWait: of(({ coreWait }) => coreWait),
        generatorCpuPercent: of(({ interval }) => interval.generatorCpuPercent),
        serverCpuPercent: of(({ interval }) => interval.serverCpuPercent),
        serverBusiestThreadPercent: of(({ threadPercent }) => threadPercent),
      }
    },
  }
}

function trafficOf({ sent, received, lost, expected, latency, service, lag }: Traffic): Traffic {
  return { sent, received, lost, expected, latency, service, lag }
}

function sumTallies(shards: readonly ShardMemory[]): Float64Array {
  const sum = new Float64Array(TALLY_SIZE)
  for (const { tally } of shards) for (const [place, count] of tally.entries()) sum[place]! += count
  return sum
}

/** Of the shards that have a process of their own. */
function sumForks(shards: readonly ShardMemory[]): GeneratorForks {
  return {
    rssBytes: shards.reduce((sum, shard) => sum + shard.process[0]!, 0),
    cpuUs: shards.reduce((sum, shard) => sum + shard.process[1]!, 0),
  }
}

/** Which of the two a phase is recorded in. */
function sideOf(phase: Phase): 'hold' | 'warmup' {
  return phase === 'warmup' ? 'warmup' : 'hold'
}

let prepared = false

/**
 * Has the code that makes an interval's figures compiled before the generator is busy. Run cold once a second, it took
 * 4 to 13 ms beside a generator that shares its core: most of the P99 of an open workload at 20,000 messages/s.
 */
function prepareFigures(): void {
  if (prepared) return
  prepared = true
  const trend = new Trend(new ArrayBuffer(TREND_BYTES), 0)
  for (let value = 1; value < 2 ** 20; value *= 1.02) trend.record(value)
  const before = trend.snapshot()
  trend.record(1)
  const after = trend.snapshot()
  // A snapshot is 70 KB, so few of them: the memory would stay with the process.
  for (let round = 0; round < PREPARING_ROUNDS; round++) {
    if (round % 10 === 0) trendBetween(before, after)
    percentilesOf(after)
    if (after !== null) coarsen(after)
  }
}

/** What part of the time between two readings the shard with most of it spent so, 0..1; null: not known, or no time between. */
function greatestShare(
  before: readonly Float64Array[],
  after: readonly Float64Array[],
  place: number,
): number | null {
  const shares = after.flatMap((meter, index) => {
    const from = before[index]!
    const totalUs = meter[TOTAL]! - from[TOTAL]!
    return totalUs > 0 && meter[place]! >= 0 ? [(meter[place]! - from[place]!) / totalUs] : []
  })
  return shares.length === 0 ? null : Math.min(1, Math.max(...shares))
}

function sumOf(groups: readonly GroupMemory[], side: 'hold' | 'warmup', name: CounterName): number {
  return groups.reduce((sum, group) => sum + group[side].get(name), 0)
}

function sumBoth(groups: readonly GroupMemory[], name: CounterName): number {
  return groups.reduce((sum, { hold, warmup }) => sum + hold.get(name) + warmup.get(name), 0)
}

/** One distribution of all groups, as it stands. */
export function mergeOf(
  groups: readonly GroupMemory[],
  which: 'hold' | 'warmup',
  name: TrendName,
): TrendSnapshot | null {
  return groups.reduce<TrendSnapshot | null>(
    (sum, group) => mergeTrends(sum, group[which].trends[name].snapshot()),
    null,
  )
}
