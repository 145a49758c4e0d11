import { escapeControls } from '../plan/escape-controls.ts'
import { type Check, type CheckResult, Mismatch, type Outcome, Unverifiable } from './check.ts'
import { type Habits, Lab, type VerifyTarget } from './lab.ts'

/** Waits and clean-up of a check end with its signal; one that does not is given up this much later. */
const GRACE_MS = 500

export interface RunChecksOptions {
  /** Aborted: the check under way is given up, the rest is not done. */
  readonly signal: AbortSignal
  readonly onResult: (result: CheckResult) => void
}

/** Does the checks one after the other, whatever becomes of each. */
export async function runChecks(
  checks: readonly Check[],
  target: VerifyTarget,
  { signal, onResult }: RunChecksOptions,
): Promise<void> {
  const habits: Habits = { answersPings: true }
  for (const check of checks) {
    const startMs = performance.now()
    const outcome = await runCheck(check, target, habits, signal)
    // What an interrupted check has not seen says nothing about the server.
    if (signal.aborted) return
    const durationMs = performance.now() - startMs
    onResult({ suite: target.dialect, name: check.name, outcome, durationMs })
  }
}

async function runCheck(
  check: Check,
  target: VerifyTarget,
  habits: Habits,
  signal: AbortSignal,
): Promise<Outcome> {
  const deadline = new AbortController()
  const lab = new Lab(target, deadline.signal, habits)
  const limitMs = target.timeoutMs + (check.patienceMs?.(lab) ?? 0)
  const abort = (): void => deadline.abort()
  const timer = setTimeout(abort, limitMs)
  signal.addEventListener('abort', abort)
  let givenUp: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    givenUp = setTimeout(
      () => reject(new Mismatch('an end of the check', 'none in the time given')),
      limitMs + GRACE_MS,
    )
  })
  try {
    await Promise.race([check.run(lab), late])
    return { state: 'pass', figures: '' }
  } catch (error) {
    return describeOutcome(error, lab)
  } finally {
    clearTimeout(timer)
    clearTimeout(givenUp)
    signal.removeEventListener('abort', abort)
    lab.close()
  }
}

/** @throws what is neither: a bug */
function describeOutcome(error: unknown, lab: Lab): Outcome {
  const show = (text: string): string => escapeControls(lab.hideSecrets(text))
  if (error instanceof Unverifiable) return { state: 'skip', reason: show(error.message) }
  if (!(error instanceof Mismatch)) throw error
  return { state: 'fail', expected: show(error.expected), seen: show(error.seen) }
}
