/** The verdict on a result: what the command line, the library and a report made later must all come to. */
import type { RunPlan } from '../plan/plan.ts'
import { decideExitCode } from '../result/exit-code.ts'
import type { RunResult } from '../result/run-result.ts'
import { evaluateThresholds, mayStillHold } from './evaluate-thresholds.ts'

/**
 * The result with its thresholds, their count in the summary, and the exit code. `interruptedBy`: the user's signal.
 * `against`: what a baseline says of it.
 */
export function judgeResult(
  result: RunResult,
  { thresholds: expressions, requireValid }: Pick<RunPlan, 'thresholds' | 'requireValid'>,
  interruptedBy: 'SIGINT' | 'SIGTERM' | null,
  against: Pick<RunResult, 'comparison' | 'thresholds'> = { comparison: result.comparison, thresholds: [] },
): RunResult {
  const thresholds = [...evaluateThresholds(result, expressions), ...against.thresholds]
  const thresholdsFailed = thresholds.filter((row) => row.result !== 'pass').length
  const judged = {
    ...result,
    comparison: against.comparison,
    thresholds,
    summary: { ...result.summary, thresholdsFailed },
  }
  return { ...judged, exitCode: decideExitCode(judged, requireValid, interruptedBy) }
}

/** Of a run that goes on: a threshold has data, fails, and cannot come right any more by going on. */
export function hasFailedForGood(soFar: RunResult, { thresholds }: Pick<RunPlan, 'thresholds'>): boolean {
  const rows = evaluateThresholds(soFar, thresholds)
  return rows.some((row) => row.result === 'fail' && !mayStillHold(row))
}
