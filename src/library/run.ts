/** run() of the library: what `stress run` does, without a terminal, files and signals. */
import { runJudged } from '../cli/judged-run.ts'
import { checkMachine } from '../cli/plan-needs.ts'
import type { RunPlan } from '../plan/plan.ts'
import type { Progress } from '../result/progress.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { type OwnPlan, planSettings } from './create-plan.ts'
import type { RunSettings } from './settings.ts'

/** Beside what is run: how to end it early, and who hears of it. A callback that throws ends the run, which then rejects with that. */
export interface RunOptions {
  /**
   * Aborting drains, which takes up to 5 s; the result still comes, with status `aborted` and exit code 130. Aborted before
   * anything was started, run() rejects with the signal's reason.
   */
  readonly signal?: AbortSignal
  /** Called every `progressEveryMs`. */
  readonly onProgress?: (progress: Progress) => void
  /** Default: 1000. Counters are as of that moment; percentiles, load and validity are renewed once a second. */
  readonly progressEveryMs?: number
  /** A test of the plan has ended; `soFar` is not judged yet. */
  readonly onTestEnd?: (test: TestResult, soFar: RunResult) => void
  /** Before the start, for each thing that may fail or be slow on this machine. */
  readonly onWarning?: (message: string) => void
}

/**
 * Makes the load, measures it and judges it: the result has thresholds and exit code as `stress run` gives them, and
 * `exitCode === 0` is passed. Failed connections and messages are counted in it. Prints nothing, writes no file, listens
 * for no signal and leaves nothing running.
 * @throws UsageError with every mistake in the settings, or what cannot work on this machine; nothing was started
 * @throws RunError when the server does not start
 */
export async function run(what: RunSettings | RunPlan, options: RunOptions = {}): Promise<RunResult> {
  const { signal, onProgress, progressEveryMs, onTestEnd, onWarning } = options
  signal?.throwIfAborted()
  const { plan, release } = isPlan(what) ? borrow(what) : await planSettings(what)
  const broken = new AbortController()
  const guard = guardCallbacks(() => broken.abort())
  try {
    for (const message of checkMachine(plan)) onWarning?.(message)
    signal?.throwIfAborted()
    const result = await runJudged(plan, {
      signal: signal === undefined ? broken.signal : AbortSignal.any([signal, broken.signal]),
      interruptedBy: () => (signal?.aborted === true ? 'SIGINT' : null),
      ...(onProgress && { onProgress: guard.wrap(onProgress) }),
      ...(progressEveryMs !== undefined && { progressEveryMs }),
      ...(onTestEnd && { onTestEnd: guard.wrap(onTestEnd) }),
    })
    guard.end()
    return result
  } finally {
    release()
  }
}

function isPlan(what: RunSettings | RunPlan): what is RunPlan {
  return typeof what === 'object' && what !== null && 'tests' in what
}

function borrow(plan: RunPlan): OwnPlan {
  return { plan, release: () => {} }
}

/** Callbacks run in timers, where what they throw would end the process with the server still running. */
function guardCallbacks(stop: () => void) {
  let failure: { readonly error: unknown } | null = null
  let hasEnded = false
  const fail = (error: unknown): void => {
    // Of an async callback that fails when nobody waits any more: as Node treats it.
    if (hasEnded) throw error
    failure ??= { error }
    stop()
  }
  return {
    wrap<Args extends unknown[]>(callback: (...args: Args) => unknown): (...args: Args) => void {
      return (...args) => {
        if (failure !== null) return
        try {
          Promise.resolve(callback(...args)).catch(fail)
        } catch (error) {
          fail(error)
        }
      }
    },
    /** No callback comes any more. @throws what one has thrown */
    end(): void {
      hasEnded = true
      if (failure !== null) throw failure.error
    },
  }
}
