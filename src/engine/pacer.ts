import { createRandom, type Schedule } from './schedule.ts'

/** The part of a group that a shard drives: which of the group's messages are its own. */
export interface PacerShare {
  /** Clients in the whole group. */
  readonly groupSize: number
  /** Places (0-based, within the group) of this shard's clients, ascending. */
  readonly places: readonly number[]
  /** Messages of each client; null: no limit. */
  readonly messagesEach: number | null
  /** µs after the schedule's start; null: no limit. */
  readonly durationUs: number | null
}

/** The due times of a shard's messages, in order; `client` is an index into the shard's clients. */
export interface Pacer {
  /** µs after the schedule's start; Infinity when there is no more. */
  readonly dueUs: number
  readonly client: number
  advance(): void
}

/**
 * Deals the group's messages out in turn: message m of the group belongs to client m mod groupSize, so every shard
 * computes its own without talking to the others. Poisson: arrivals of a shard are a Poisson process of its share of
 * the rate (time-rescaled by the schedule), and its clients take turns.
 */
export function createPacer(
  schedule: Schedule,
  share: PacerShare,
  arrival: 'constant' | 'poisson',
  seed: number,
): Pacer {
  return new SharePacer(schedule, share, arrival, seed)
}

class SharePacer implements Pacer {
  dueUs = Number.POSITIVE_INFINITY
  client = 0
  readonly #schedule: Schedule
  readonly #share: PacerShare
  /** Null: constant arrivals. */
  readonly #random: (() => number) | null
  /** Constant arrivals: messages of the whole group that are due in time. Not by due times: at the end rounding decides. */
  readonly #endCount: number
  #round = 0
  /** Poisson: where the process has come to, in messages of the schedule. */
  #arrived = 0

  constructor(schedule: Schedule, share: PacerShare, arrival: 'constant' | 'poisson', seed: number) {
    this.#schedule = schedule
    this.#share = share
    this.#random = arrival === 'poisson' ? createRandom(seed) : null
    this.#endCount =
      share.durationUs === null ? Number.POSITIVE_INFINITY : schedule.countBefore(share.durationUs)
    this.#settle()
  }

  advance(): void {
    this.client++
    if (this.client === this.#share.places.length) {
      this.client = 0
      this.#round++
    }
    this.#settle()
  }

  #settle(): void {
    const { groupSize, places, messagesEach, durationUs } = this.#share
    if (places.length === 0 || (messagesEach !== null && this.#round >= messagesEach)) {
      this.dueUs = Number.POSITIVE_INFINITY
      return
    }
    if (this.#random === null) {
      const n = this.#round * groupSize + places[this.client]!
      this.dueUs = n >= this.#endCount ? Number.POSITIVE_INFINITY : this.#schedule.dueUs(n)
      return
    }
    this.#arrived -= Math.log(this.#random()) * (groupSize / places.length)
    const due = this.#schedule.dueUs(this.#arrived)
    this.dueUs = durationUs !== null && due >= durationUs ? Number.POSITIVE_INFINITY : due
  }
}
