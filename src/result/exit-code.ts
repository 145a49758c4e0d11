import { EXIT } from '../errors.ts'
import type { RunResult } from './run-result.ts'

/** The process's exit code for a result: the first rule that applies (README "Exit codes"). `interruptedBy`: the user's signal. */
export function decideExitCode(
  result: Pick<RunResult, 'status' | 'tests' | 'thresholds'>,
  requireValid: boolean,
  interruptedBy: 'SIGINT' | 'SIGTERM' | null,
): number {
  if (interruptedBy === 'SIGINT') return EXIT.interrupted
  if (interruptedBy === 'SIGTERM') return EXIT.terminated
  if (result.status === 'failed') return EXIT.unreachable
  if (requireValid && result.tests.some((test) => test.validity.state !== 'valid')) return EXIT.notValid
  if (result.thresholds.some((threshold) => threshold.result !== 'pass')) return EXIT.threshold
  return EXIT.passed
}
