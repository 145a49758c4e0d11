/** What run() collected of one test, before anything is derived from it. Times are µs of the clock unless said otherwise. */
import type { Floor } from '../observe/floor-cache.ts'
import type { Plan } from '../plan/plan.ts'
import type { FailureCount } from '../record/failures.ts'
import type { RecorderSnapshot } from '../record/recorder.ts'
import type { SlowMessage } from '../record/slowest.ts'
import type { ConnectionLatency } from '../record/spread.ts'
import type { StepFigures } from '../record/step-board.ts'
import type { TrendSnapshot } from '../record/trend.ts'
import type { Cycle, Interval } from './run-result.ts'

export interface MemoryMoments {
  /** Before the first connection. */
  readonly idle: number | null
  /** All connected, before traffic. */
  readonly connected: number | null
  readonly peak: number | null
  readonly after: number | null
}

/** Means over a stretch of time, per cent of one core; null when it was too short or not visible. */
export interface Load {
  /** Of the busiest generator thread's loop, 0..1. */
  readonly loopBusy: number | null
  /** Of the generator's thread with most of it: ready to run, but without a core, 0..1. */
  readonly coreWait: number | null
  readonly generatorCpuPercent: number | null
  readonly serverCpuPercent: number | null
  readonly serverBusiestThreadPercent: number | null
}

export interface SlowWatched {
  /** When they became slow; null: the test did not come so far. */
  readonly atUs: number | null
  /** The most that was held at once for all of them: come and not read, and sent by a server of this machine but not taken. */
  readonly unreadBytes: number | null
  readonly unsentBytes: number | null
  /** Connections that were gone, so long after they became slow. */
  readonly drops: readonly { readonly afterUs: number; readonly count: number }[]
}

export interface Measurements {
  readonly plan: Plan
  readonly status: 'completed' | 'aborted' | 'failed'
  readonly startUs: number
  readonly phases: {
    readonly connectUs: number | null
    readonly warmupUs: number | null
    readonly holdUs: number | null
    readonly drainUs: number | null
  }
  /** All shards, by group in the plan's order. */
  readonly groups: readonly RecorderSnapshot[]
  readonly warmup: RecorderSnapshot
  /** All shards, by group: the named steps of its flows. */
  readonly steps: readonly (readonly StepFigures[])[]
  /** Of a leak test: the server after each. */
  readonly cycles: readonly Cycle[]
  /** What the kernel held for slow readers, and when they were dropped; null: nobody was slow. */
  readonly slow: SlowWatched | null
  readonly spread: readonly ConnectionLatency[]
  readonly failures: readonly FailureCount[]
  readonly slowest: readonly SlowMessage[]
  readonly intervals: readonly Interval[]
  /** Response times of the hold, second by second: what the trend over time is made of. */
  readonly seconds: readonly {
    readonly fromUs: number
    readonly toUs: number
    readonly trend: TrendSnapshot
  }[]
  readonly serverVisible: boolean
  readonly serverCores: number | null
  /** Generator and server may only run on one and the same core. */
  readonly onOneCore: boolean
  readonly server: MemoryMoments
  readonly generator: MemoryMoments
  /** Over the connect phases, and over the holds. */
  readonly connectLoad: Load
  readonly holdLoad: Load
  /** How long this machine was suspended meanwhile. */
  readonly suspendedMs: number
  /** Of this machine, when it was measured. */
  readonly floor: Floor | null
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
}
