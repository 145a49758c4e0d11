/** What went wrong, counted by class and detail. Bounded: a hostile server cannot make it grow. */

const MAX_DETAILS = 100

/** Close codes of RFC 6455 and its registry: few, so they are always kept, however many private codes came before. */
const STANDARD_CODE = /^10(?:0\d|1[0-4])$/

/** Classes of failed or ended connections, and of messages, as results name them. */
export type FailureClass =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'tls'
  | 'connect-timeout'
  | 'upgrade-timeout'
  | 'upgrade-status'
  | 'upgrade-invalid'
  | 'closed-in-handshake'
  | 'close-code'
  | 'closed-without-close-frame'
  /** The server ended a subscriber that was far behind. */
  | 'dropped-lagging'
  | 'protocol'
  | 'too-large'
  | 'not-utf8'
  | 'no-reply'
  | 'connection-ended'
  | 'socket-full'
  | 'not-open'
  | 'pacer-behind'
  | 'fd-limit'
  | 'no-ports'
  | 'no-memory'
  | 'socket-error'

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

export class Failures {
  readonly #counts = new Map<
    string,
    { class: FailureClass; detail: string; count: number; ends: number; firstAtUs: number }
  >()

  add(failure: FailureClass, detail: string, atUs: number, by = 1): void {
    this.#count(failure, detail, atUs, by, 0)
  }

  /** What ended a connection that was open, and not one that was being opened. */
  addEnd(failure: FailureClass, detail: string, atUs: number): void {
    this.#count(failure, detail, atUs, 1, 1)
  }

  #count(failure: FailureClass, detail: string, atUs: number, by: number, ends: number): void {
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
