import type { Phase } from '../plan/plan.ts'

/** What a person watching a run sees; made about once a second by run(), drawn by report/progress. */
export interface Progress {
  readonly test: string
  /** 1-based, of how many. */
  readonly testNumber: number
  readonly testCount: number
  readonly phase: Phase
  readonly phaseElapsedUs: number
  /** Null when the phase ends by a count or by the server's answers. */
  readonly phaseDurationUs: number | null
  readonly connectionsTotal: number
  readonly connectionsOpen: number
  readonly connectionsFailed: number
  /** Over the last interval. */
  readonly sentPerSec: number
  readonly receivedPerSec: number
  /** Over the phase so far. */
  readonly p50Us: number | null
  readonly p99Us: number | null
  readonly pacerLagP99Us: number | null
  /** Lost, unsent, failed and dropped so far. */
  readonly errors: number
  readonly serverCpuPercent: number | null
  readonly generatorBusy: number | null
}
