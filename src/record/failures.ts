/** What went wrong, counted by class and detail. Bounded: a hostile server cannot make it grow. */

const MAX_DETAILS = 100

/** Close codes of RFC 6455 and its registry: few, so they are always kept, however many private codes came before. */
const STANDARD_CODE = /^10(?:0\d|1[0-4])$/

/** Classes of failed or ended connections, and of messages, as results name them. The order is the layout of a tally. */
export const FAILURE_CLASSES = [
  'dns',
  'refused',
  'unreachable',
  'reset',
  'tls',
  'connect-timeout',
  'upgrade-timeout',
  'upgrade-status',
  'upgrade-invalid',
  'closed-in-handshake',
  'close-code',
  'closed-without-close-frame',
  /** The server ended a subscriber that was far behind. */
  'dropped-lagging',
  /** The server ended a client that left its pings unanswered, being told to: no error. */
  'dropped-silent',
  /** The server ended a client that had become a slow reader, being told to: no error. */
  'dropped-slow',
  'protocol',
  'too-large',
  'not-utf8',
  'no-reply',
  /** The server left a ping of ours unanswered. */
  'no-pong',
  'connection-ended',
  'socket-full',
  'not-open',
  'pacer-behind',
  'fd-limit',
  'no-ports',
  'no-memory',
  'socket-error',
  /** What a flow waited for did not come within its time. */
  'expect-timeout',
  /** Something else came than a flow expected next. */
  'expect-mismatch',
  /** A flow threw. */
  'flow-error',
  /** A flow asked nothing of its client for too long. */
  'flow-stalled',
  /** A flow was due, and every client was busy with one. */
  'no-free-client',
] as const
export type FailureClass = (typeof FAILURE_CLASSES)[number]

/** Ends that were asked for: they are counted, and no errors. */
export const NO_ERRORS: ReadonlySet<FailureClass> = new Set(['dropped-silent', 'dropped-slow'])

/** The classes that are the generator's own limits: they make a run invalid. */
export const LOCAL_LIMITS: ReadonlySet<FailureClass> = new Set(['fd-limit', 'no-ports', 'no-memory'])

export interface FailureCount {
  readonly class: FailureClass
  readonly detail: string
  readonly count: number
  /** How many of them ended a connection that was open. */
  readonly ends: number
  /** Of the clock; the least of all. */
  readonly firstAtUs: number
}

const CLASS_INDEX = Object.fromEntries(FAILURE_CLASSES.map((name, index) => [name, index])) as Record<
  FailureClass,
  number
>
/** Close codes that a tally keeps apart, 1000 to 1014; behind them all others. */
const TALLY_CODES = 15
const FIRST_CODE = 1000

/** Numbers of a tally: the failures of each class, then the connections that ended with each close code. */
export const TALLY_SIZE = FAILURE_CLASSES.length + TALLY_CODES + 1

/** What a tally holds, without what did not happen. Close codes beyond 1014 are `other`. */
export function readTally(tally: Float64Array): {
  errors: Record<string, number>
  closeCodes: Record<string, number>
} {
  const classes = FAILURE_CLASSES.map((name, index) => [name, tally[index]!] as const).filter(
    ([name]) => !NO_ERRORS.has(name),
  )
  const codes = Array.from({ length: TALLY_CODES + 1 }, (_, index) => {
    const name = index === TALLY_CODES ? 'other' : String(FIRST_CODE + index)
    return [name, tally[FAILURE_CLASSES.length + index]!] as const
  })
  const happened = (counts: readonly (readonly [string, number])[]) =>
    Object.fromEntries(counts.filter(([, count]) => count > 0))
  return { errors: happened(classes), closeCodes: happened(codes) }
}

const ENDED_BY_US: ReadonlySet<FailureClass> = new Set(['protocol', 'too-large', 'not-utf8'])
const MAY_HAVE_CODE: ReadonlySet<FailureClass> = new Set([
  'close-code',
  'dropped-lagging',
  'dropped-silent',
  'dropped-slow',
])

/** The close code of a connection that was open and ended so: 1006 without a Close frame; null: we ended it over illegal bytes. */
export function closeCodeOf(failure: FailureClass, detail: string): string | null {
  if (ENDED_BY_US.has(failure)) return null
  return MAY_HAVE_CODE.has(failure) && /^(?:\d+|other)$/.test(detail) ? detail : '1006'
}

export class Failures {
  /** In memory that another thread may read meanwhile; null: nobody does. */
  readonly #tally: Float64Array | null
  readonly #counts = new Map<
    string,
    { class: FailureClass; detail: string; count: number; ends: number; firstAtUs: number }
  >()

  constructor(tally: Float64Array | null = null) {
    this.#tally = tally
  }

  add(failure: FailureClass, detail: string, atUs: number, by = 1): void {
    this.#count(failure, detail, atUs, by, 0)
  }

  /** What ended a connection that was open, and not one that was being opened. */
  addEnd(failure: FailureClass, detail: string, atUs: number): void {
    this.#count(failure, detail, atUs, 1, 1)
    const code = closeCodeOf(failure, detail)
    if (code === null || this.#tally === null) return
    const place = Number(code) - FIRST_CODE
    const slot = place >= 0 && place < TALLY_CODES ? place : TALLY_CODES
    this.#tally[FAILURE_CLASSES.length + slot]! += 1
  }

  #count(failure: FailureClass, detail: string, atUs: number, by: number, ends: number): void {
    if (this.#tally !== null) this.#tally[CLASS_INDEX[failure]]! += by
    const isRoom = this.#counts.size < MAX_DETAILS || STANDARD_CODE.test(detail)
    const known = isRoom || this.#counts.has(`${failure} ${detail}`)
    const kept = known ? detail : 'other'
    const key = `${failure} ${kept}`
    const entry = this.#counts.get(key)
    if (entry === undefined)
      this.#counts.set(key, { class: failure, detail: kept, count: by, ends, firstAtUs: atUs })
    else {
      entry.count += by
      entry.ends += ends
    }
  }

  list(): FailureCount[] {
    return [...this.#counts.values()].map((entry) => ({ ...entry }))
  }
}

/** Sums the counts of equal class and detail, most frequent first. */
export function mergeFailures(lists: readonly (readonly FailureCount[])[]): FailureCount[] {
  const sums = new Map<string, FailureCount>()
  for (const entry of lists.flat()) {
    const key = `${entry.class} ${entry.detail}`
    const sum = sums.get(key)
    sums.set(
      key,
      sum === undefined
        ? entry
        : {
            ...sum,
            count: sum.count + entry.count,
            ends: sum.ends + entry.ends,
            firstAtUs: Math.min(sum.firstAtUs, entry.firstAtUs),
          },
    )
  }
  return [...sums.values()].sort((a, b) => b.count - a.count || a.class.localeCompare(b.class))
}
