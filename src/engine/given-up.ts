/** Numbers of messages that were given up, to tell a late reply from a duplicate. Bounded: a dead server gives up all. */

const MOST = 1000

export class GivenUp {
  readonly #seqs = new Set<number>()
  /** Greatest number that is not remembered any more: a stray reply up to there is taken as late. */
  #forgotten = -1

  add(seq: number): void {
    this.#seqs.add(seq)
    if (this.#seqs.size <= MOST) return
    const oldest = this.#seqs.values().next().value!
    this.#seqs.delete(oldest)
    this.#forgotten = Math.max(this.#forgotten, oldest)
  }

  /** Is this the late reply to a message that was given up? A second time it is not. */
  take(seq: number): boolean {
    return this.#seqs.delete(seq) || seq <= this.#forgotten
  }
}
