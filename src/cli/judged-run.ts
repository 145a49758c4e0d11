/** One run with its verdict: the one way for `stress run` and for run() of the library. */
import type { RunPlan } from '../plan/plan.ts'
import type { RunResult } from '../result/run-result.ts'
import { type RunOptions, run } from '../run/run.ts'
import { hasFailedForGood, judgeResult } from '../thresholds/judge-result.ts'
import type { Baseline } from './baseline.ts'

export interface JudgedRunOptions extends RunOptions {
  /** The signal that `signal` was aborted by; asked when the run has ended. */
  readonly interruptedBy: () => 'SIGINT' | 'SIGTERM' | null
}

/**
 * Runs the plan, ends it at the first failed threshold when it says so, and judges what was measured.
 * @throws UsageError for a baseline that cannot be used, RunError as run()
 */
export async function runJudged(plan: RunPlan, options: JudgedRunOptions): Promise<RunResult> {
  const { signal, onTestEnd, onInterval, interruptedBy, ...others } = options
  const baseline = await loadBaseline(plan, signal ?? new AbortController().signal)
  const gates = { requireValid: plan.requireValid, thresholds: baseline.fixed }
  const failed = new AbortController()
  const checkSoFar = (soFar: RunResult): void => {
    if (plan.abortOnFail && hasFailedForGood(soFar, gates)) failed.abort()
  }
  const watchesIntervals = plan.abortOnFail || onInterval !== undefined
  const result = await run(plan, {
    ...others,
    signal: signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]),
    onTestEnd: (test, soFar) => {
      onTestEnd?.(test, soFar)
      checkSoFar(soFar)
    },
    ...(watchesIntervals && {
      onInterval: (soFar: () => RunResult) => {
        onInterval?.(soFar)
        if (plan.abortOnFail) checkSoFar(soFar())
      },
    }),
  })
  return judgeResult(result, gates, interruptedBy(), baseline.judge(result))
}

/** Loaded only for those who have one: the reader of results and the statistics cost as much memory as all else. */
async function loadBaseline(plan: RunPlan, signal: AbortSignal): Promise<Baseline> {
  if (plan.baseline.length === 0)
    return { fixed: plan.thresholds, judge: () => ({ comparison: null, thresholds: [] }) }
  const { openBaseline } = await import('./baseline.ts')
  return openBaseline(plan, signal)
}
