import type { Phase } from '../plan/plan.ts'
import type { PercentileMark, Validity } from './run-result.ts'

/** What a person watching a run sees; made by run() as often as asked for, drawn by report/progress. */
export interface Progress {
  readonly test: string
  /** 1-based, of how many. */
  readonly testNumber: number
  readonly testCount: number
  readonly phase: Phase
  readonly phaseElapsedUs: number
  /** Null when the phase ends by a count or by the server's answers. */
  readonly phaseDurationUs: number | null
  /** How much of the phase is over, 0 to 1, by time or by count; null when that is not known. */
  readonly phaseShare: number | null
  /** By the clock, or at the pace so far; null when that is not known. */
  readonly phaseLeftUs: number | null
  /** Of this phase and of all that follow in all tests, as far as they go by the clock; null when this one does not tell. */
  readonly runLeftUs: number | null
  readonly connectionsTotal: number
  readonly connectionsOpen: number
  readonly connectionsFailed: number
  /** Over the last second. */
  readonly openedPerSec: number
  readonly sentPerSec: number
  readonly receivedPerSec: number
  /** What `receivedPerSec` counts; null: nothing is to come, as in an idle test. */
  readonly receivedKind: 'replies' | 'messages' | 'deliveries' | 'pushes' | 'pongs' | null
  /** Clients send messages. */
  readonly isSending: boolean
  /** What the latencies are of; while connecting, of the connections. */
  readonly latencyMetric: string
  /** After how long one of it counts as lost. */
  readonly latencyTimeoutUs: number
  /** Of the last whole interval. */
  readonly currentP50Us: number | null
  /** Null under 1,000 samples in the interval. */
  readonly currentP99Us: number | null
  readonly currentMaxUs: number | null
  /** Of the phase so far; null also when it falls among lost messages, which the mark then says. */
  readonly p50Us: number | null
  readonly p50Mark: PercentileMark
  readonly p99Us: number | null
  readonly p99Mark: PercentileMark
  /** Of the last whole interval; with a rate only. */
  readonly pacerLagP99Us: number | null
  /** The test has a rate. */
  readonly isOpen: boolean
  /** The last intervals of a second, the oldest first; at most RECENT_INTERVALS. */
  readonly recent: readonly RecentInterval[]
  /** Everything that went wrong in this test so far. */
  readonly errors: number
  /** By class, the most frequent first. */
  readonly errorClasses: readonly { readonly class: string; readonly count: number }[]
  readonly serverCpuPercent: number | null
  readonly serverRssBytes: number | null
  /** The busiest loop of the generator, 0 to 1. */
  readonly generatorBusy: number | null
  readonly generatorCpuPercent: number | null
  readonly generatorRssBytes: number | null
  /** What would be said of the load if it ended now; null before there is a second of it. */
  readonly validity: Validity | null
}

/** How many intervals a watcher is told of. */
export const RECENT_INTERVALS = 120

/** One of the last intervals, for a picture of how it goes. */
export interface RecentInterval {
  readonly receivedPerSec: number
  readonly p99Us: number | null
}
