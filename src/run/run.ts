import type { RunPlan } from '../plan/plan.ts'
import type { Progress } from '../result/progress.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'

export interface RunOptions {
  /** Aborting drains, and the result still comes, with status `aborted`. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Called when a test of the plan has ended. */
  readonly onTestEnd?: (test: TestResult, soFar: RunResult) => void
}

/**
 * Runs every test of the plan in turn against its target.
 * @throws RunError when the demo server or the user's command does not start
 */
export async function run(plan: RunPlan, options: RunOptions = {}): Promise<RunResult> {
  throw new Error(`not built yet: ${plan.tests.length} ${options.signal?.aborted}`)
}
