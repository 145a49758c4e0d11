/** What a check is, and how one ends. */
import type { Lab } from './lab.ts'

/** One behaviour that a server of a dialect has. */
export interface Check {
  /** A sentence of behaviour, e.g. `text comes back unchanged`. */
  readonly name: string
  /** How long the server itself may take, beyond the time limit; 0 when absent. */
  readonly patienceMs?: (lab: Lab) => number
  /** Returns when the behaviour is there. @throws Mismatch when it is not, Unverifiable when that cannot be told */
  readonly run: (lab: Lab) => Promise<void>
}

export type Outcome =
  | { readonly state: 'pass'; readonly figures: string }
  | { readonly state: 'fail'; readonly expected: string; readonly seen: string }
  | { readonly state: 'skip'; readonly reason: string }

/** A check that was done. */
export interface CheckResult {
  /** Dialect, or `performance`. */
  readonly suite: string
  readonly name: string
  readonly outcome: Outcome
  readonly durationMs: number
}

/** The server did something else than the check expects; both in words. */
export class Mismatch extends Error {
  readonly expected: string
  readonly seen: string
  constructor(expected: string, seen: string) {
    super(`expected ${expected}, saw ${seen}`)
    this.name = 'Mismatch'
    this.expected = expected
    this.seen = seen
  }
}

/** The check cannot be done here, e.g. for want of a secret. */
export class Unverifiable extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'Unverifiable'
  }
}

/** @throws Mismatch unless the two are the same */
export function expectSame(expected: string, seen: string): void {
  if (expected !== seen) throw new Mismatch(expected, seen)
}
