/**
 * Everything one shard counts for one group in one phase, in one piece of memory: with a SharedArrayBuffer the main
 * thread reads it once a second, and the generating thread pays nothing for that.
 */
import { COUNTERS, type CounterName, TRENDS, type TrendName, unitOf } from './series.ts'
import { mergeTrends, TREND_BYTES, Trend, type TrendSnapshot } from './trend.ts'

const COUNTER_INDEX = Object.fromEntries(COUNTERS.map((name, index) => [name, index])) as Record<
  CounterName,
  number
>
const COUNTER_BYTES = COUNTERS.length * 8

export const RECORDER_BYTES = COUNTER_BYTES + TRENDS.length * TREND_BYTES

export class Recorder {
  /** Indexed by `Recorder.at.NAME`; public for the hot path's sake. */
  readonly counters: Float64Array
  readonly trends: Readonly<Record<TrendName, Trend>>

  static readonly at: Readonly<Record<CounterName, number>> = COUNTER_INDEX

  constructor(memory: ArrayBufferLike, offset = 0) {
    this.counters = new Float64Array(memory, offset, COUNTERS.length)
    this.trends = Object.fromEntries(
      TRENDS.map((name, index) => [name, new Trend(memory, offset + COUNTER_BYTES + index * TREND_BYTES)]),
    ) as Record<TrendName, Trend>
  }

  add(name: CounterName, by = 1): void {
    this.counters[COUNTER_INDEX[name]]! += by
  }

  /** A time of any length; the hot path records into its trends itself. */
  record(name: TrendName, us: number): void {
    this.trends[name].record(us / unitOf(name))
  }

  get(name: CounterName): number {
    return this.counters[COUNTER_INDEX[name]]!
  }

  snapshot(): RecorderSnapshot {
    return {
      counters: Object.fromEntries(COUNTERS.map((name, index) => [name, this.counters[index]!])) as Counters,
      trends: Object.fromEntries(TRENDS.map((name) => [name, this.trends[name].snapshot()])) as Trends,
    }
  }
}

type Counters = Record<CounterName, number>
type Trends = Record<TrendName, TrendSnapshot | null>

/** Cumulative, so that one read twice or late does no harm. */
export interface RecorderSnapshot {
  readonly counters: Readonly<Counters>
  readonly trends: Readonly<Trends>
}

/** What one recorder would hold that had recorded everything of all of them. */
export function mergeRecorders(snapshots: readonly RecorderSnapshot[]): RecorderSnapshot {
  const counters = Object.fromEntries(
    COUNTERS.map((name) => [name, snapshots.reduce((sum, one) => sum + one.counters[name], 0)]),
  ) as Counters
  const trends = Object.fromEntries(
    TRENDS.map((name) => [
      name,
      snapshots.reduce<TrendSnapshot | null>((sum, one) => mergeTrends(sum, one.trends[name]), null),
    ]),
  ) as Trends
  return { counters, trends }
}
