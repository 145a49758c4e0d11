/** Numbers of messages that were given up, to tell a late reply from a duplicate. Bounded: a dead server gives up all. */

const MOST = 1000
const LEAST = 16
/** Of all clients of a group in a thread: 6 MB. A server that answers nobody would else cost 57 KB a client. */
const MOST_IN_ALL = 100_000

/** How many numbers each of so many clients may remember. */
export function countRemembered(clients: number): number {
  return Math.max(LEAST, Math.min(MOST, Math.floor(MOST_IN_ALL / clients)))
}

/** Where the loss of a message was counted. */
export type LossSide = 'hold' | 'warmup'

export class GivenUp {
  readonly #most: number
  readonly #sides = new Map<number, LossSide>()
  /** Greatest number that is not remembered any more, and its side: a stray reply up to there is taken as late. */
  #forgotten = -1
  #forgottenSide: LossSide = 'warmup'

  constructor(most = MOST) {
    this.#most = most
  }

  add(seq: number, side: LossSide): void {
    this.#sides.set(seq, side)
    if (this.#sides.size <= this.#most) return
    const [oldest, oldestSide] = this.#sides.entries().next().value!
    this.#sides.delete(oldest)
    if (oldest < this.#forgotten) return
    this.#forgotten = oldest
    this.#forgottenSide = oldestSide
  }

  /** The late reply to a message that was given up has come: where it was counted; null: it is none, or the second one. */
  take(seq: number): LossSide | null {
    const side = this.#sides.get(seq)
    if (side === undefined) return seq <= this.#forgotten ? this.#forgottenSide : null
    this.#sides.delete(seq)
    return side
  }
}
