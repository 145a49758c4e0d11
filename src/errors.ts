/** Error classes and the one table of exit codes. A failed connection or message is counted data, never one of these. */

/** What the process says to its caller; the first that applies, top to bottom (README "Exit codes"). */
export const EXIT = {
  /** Wrong usage or scenario; nothing was started. */
  usage: 2,
  interrupted: 130,
  terminated: 143,
  /** A bug or an unexpected error. */
  bug: 1,
  /** The target could not be reached, or the run could not be completed. */
  unreachable: 3,
  /** Not valid, and validity was asked for. */
  notValid: 4,
  /** A threshold failed or had no data. */
  threshold: 99,
  passed: 0,
} as const

/** One mistake in what the user wrote. */
export interface Mistake {
  /** `--rate`, `STRESS_RATE` or `scenario.yaml:3:9 rate`. */
  readonly where: string
  /** The value as written; empty when something is missing. */
  readonly value: string
  /** What is wrong, in one clause. */
  readonly problem: string
  /** The accepted form. */
  readonly accepted: string
  /** One value or option that works. */
  readonly example: string
}

/** All mistakes in a command line or scenario at once. Exit code 2. */
export class UsageError extends Error {
  readonly mistakes: readonly Mistake[]
  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(formatMistake).join('\n'))
    this.name = 'UsageError'
    this.mistakes = mistakes
  }
}

/** The run could not start or be completed for a reason outside the program (no demo server, command ended early). Exit code 3. */
export class RunError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RunError'
  }
}

export function formatMistake({ where, value, problem, accepted, example }: Mistake): string {
  const shown = value === '' ? where : `${where} '${value}'`
  return `${shown}: ${problem}; accepted: ${accepted}; for example: ${example}`
}
