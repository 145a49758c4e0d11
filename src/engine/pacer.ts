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
  const { groupSize, places, messagesEach, durationUs } = share
  const own = places.length
  const random = createRandom(seed)
  const spread = own === 0 ? 0 : groupSize / own
  let round = 0
  let arrived = 0
  const pacer = { dueUs: Number.POSITIVE_INFINITY, client: 0, advance }

  function settle(): void {
    if (own === 0 || (messagesEach !== null && round >= messagesEach)) {
      pacer.dueUs = Number.POSITIVE_INFINITY
      return
    }
    if (arrival === 'poisson') arrived -= Math.log(random()) * spread
    const due = schedule.dueUs(arrival === 'poisson' ? arrived : round * groupSize + places[pacer.client]!)
    pacer.dueUs = durationUs !== null && due >= durationUs ? Number.POSITIVE_INFINITY : due
  }

  function advance(): void {
    pacer.client++
    if (pacer.client === own) {
      pacer.client = 0
      round++
    }
    settle()
  }

  settle()
  return pacer
}
