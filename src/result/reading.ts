import type { Interval, RunResult } from './run-result.ts'

/** An interval of a run that goes on. */
export interface Reading {
  readonly test: string
  readonly interval: Interval
  /** All tests up to now, this one in part; made when asked for, and without error classes. Null before its load. */
  readonly soFar: (() => RunResult) | null
}
