/** What every format of the report is made from. */
import type { CheckResult } from './check.ts'

/** What is verified, known before the first check. */
export interface ReportHead {
  readonly dialect: string
  /** Without secrets. */
  readonly url: string
  /** Checks and performance runs that will be done. */
  readonly total: number
}

/** A report as it is printed line by line; each part ends with a line feed. */
export interface ReportFormat {
  head(head: ReportHead): string
  /** `number` counts from 1. */
  result(result: CheckResult, number: number): string
  end(results: readonly CheckResult[], durationMs: number, interrupted: boolean): string
}

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export function tally(results: readonly CheckResult[]): Tally {
  const count = (state: CheckResult['outcome']['state']): number =>
    results.filter(({ outcome }) => outcome.state === state).length
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') }
}
