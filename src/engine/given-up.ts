/** Numbers of messages that were given up, to tell a late reply from a duplicate. Bounded: a dead server gives up all. */

const MOST = 1000

/** Where the loss of a message was counted. */
export type LossSide = 'hold' | 'warmup'

export class GivenUp {
  readonly #sides = new Map<number, LossSide>()
  /** Greatest number that is not remembered any more, and its side: a stray reply up to there is taken as late. */
  #forgotten = -1
  #forgottenSide: LossSide = 'warmup'

  add(seq: number, side: LossSide): void {
    this.#sides.set(seq, side)
    if (this.#sides.size <= MOST) return
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
