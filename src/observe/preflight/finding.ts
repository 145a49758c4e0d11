import type { Mistake } from '../../errors.ts'

/** `ok`: holds. `warning`: may fail or be slow. `error`: cannot work on this machine, so the run is refused. */
export type Severity = 'ok' | 'warning' | 'error'

export type FindingCode =
  | 'descriptors'
  | 'server-descriptors'
  | 'system-files'
  | 'ports'
  | 'accept-queue'
  | 'conntrack'
  | 'memory'
  | 'cores'
  | 'rate'
  | 'connect-rate'

/** One limit of this machine, held against a plan. */
export interface Finding {
  readonly severity: Severity
  readonly code: FindingCode
  /** What the plan needs. */
  readonly value: number
  /** What there is, in the same unit; null: not known. */
  readonly limit: number | null
  readonly unit: 'count' | 'bytes'
  /** Need and limit in one clause. */
  readonly message: string
  /** What to do, ending in the command or option that does it; null: nothing has to be done. */
  readonly fix: string | null
  /** Of an error, for the refusal; else null. */
  readonly mistake: Mistake | null
}

/** Message and what to do, in one line. */
export function formatFinding({ message, fix }: Pick<Finding, 'message' | 'fix'>): string {
  return fix === null ? message : `${message}; ${fix}`
}

/** The refusal of a plan with too many connections. */
export function refuseConnections(connections: number, most: number, message: string, fix: string): Mistake {
  const accepted =
    most > 0 ? `at most ${writeCount(most)} as this machine is set up` : 'nothing as this machine is set up'
  return { where: '--connections', value: String(connections), problem: message, accepted, example: fix }
}

export function writeCount(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function writeMegabytes(bytes: number): string {
  return `${writeCount(Math.ceil(bytes / 1e6))} MB`
}
