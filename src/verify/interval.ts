/** Intervals of servers that speak first, and what is still taken for them. */
import type { Check } from './check.ts'
import { Mismatch, Unverifiable } from './check.ts'
import type { Lab } from './lab.ts'

/** A check that takes longer is only done when it is asked for. */
const SLOW_MS = 11_000

/** The server's interval: as the documents have it, unless another was given. */
export function intervalOf(lab: Lab, documentedMs: number): number {
  return lab.target.intervalMs ?? documentedMs
}

/** @throws Mismatch when the first came after half an interval or more */
export function expectAtOnce(waitedMs: number, intervalMs: number): void {
  if (waitedMs >= intervalMs / 2)
    throw new Mismatch('the first at once', `it after ${Math.round(waitedMs)} ms`)
}

/** @throws Mismatch when the mean of the intervals is not between half and twice what is promised */
export function expectInterval(timesMs: readonly number[], intervalMs: number): void {
  const meanMs = (timesMs.at(-1)! - timesMs[0]!) / (timesMs.length - 1)
  if (meanMs < intervalMs / 2 || meanMs > intervalMs * 2)
    throw new Mismatch(`an interval of about ${intervalMs} ms`, `${Math.round(meanMs)} ms`)
}

/** A check that waits for a number of intervals; skipped when that takes long and was not asked for. */
export function periodic(
  documentedMs: number,
  intervals: number,
  { name, run }: Pick<Check, 'name' | 'run'>,
): Check {
  return {
    name,
    patienceMs: (lab) => intervals * intervalOf(lab, documentedMs),
    async run(lab) {
      const waitMs = intervals * intervalOf(lab, documentedMs)
      if (waitMs > SLOW_MS && !lab.target.slow) {
        const what = `takes up to ${Math.round(waitMs / 1000)} s`
        throw new Unverifiable(`${what}: give --slow, or --interval when the server has a shorter one`)
      }
      await run(lab)
    },
  }
}
