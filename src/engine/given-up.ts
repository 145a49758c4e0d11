/** Numbers of messages that were given up, to tell a late reply from a duplicate. Bounded: a dead server gives up all. */

const BITS = 256
const WORDS = BITS / 32
/** Blocks of 256 numbers that a client remembers. */
const MOST = 1000
const LEAST = 2
/** Of all clients of a group in a thread: 6 MB. */
const MOST_IN_ALL = 30_000

/** How many blocks of 256 numbers each of so many clients may remember. */
export function countRemembered(clients: number): number {
  return Math.max(LEAST, Math.min(MOST, Math.floor(MOST_IN_ALL / clients)))
}

/** Where the loss of a message was counted. */
export type LossSide = 'hold' | 'warmup'

export class GivenUp {
  readonly #most: number
  /** By block: a bit for each number whose reply may still come, then one for each loss that counted in the hold. */
  readonly #blocks = new Map<number, Uint32Array>()
  /** Greatest number that is not remembered any more. */
  #forgotten = -1
  /** Replies up to there that may still come. A stray one is taken for one of these, since nobody knows better. */
  readonly #missing = { hold: 0, warmup: 0 }

  constructor(most = MOST) {
    this.#most = most
  }

  add(seq: number, side: LossSide): void {
    const number = Math.floor(seq / BITS)
    const block = this.#blocks.get(number) ?? this.#addBlock(number)
    const { word, bit } = place(seq)
    block[word]! |= bit
    if (side === 'hold') block[WORDS + word]! |= bit
  }

  /** The late reply to a message that was given up has come: where it was counted; null: it is none, or the second one. */
  take(seq: number): LossSide | null {
    const block = this.#blocks.get(Math.floor(seq / BITS))
    if (block === undefined) return seq <= this.#forgotten ? this.#takeForgotten() : null
    const { word, bit } = place(seq)
    if ((block[word]! & bit) === 0) return null
    block[word]! &= ~bit
    return (block[WORDS + word]! & bit) === 0 ? 'warmup' : 'hold'
  }

  #takeForgotten(): LossSide | null {
    const side = this.#missing.hold > 0 ? 'hold' : 'warmup'
    if (this.#missing[side] === 0) return null
    this.#missing[side]--
    return side
  }

  #addBlock(number: number): Uint32Array {
    if (this.#blocks.size >= this.#most) {
      const [oldest, block] = this.#blocks.entries().next().value!
      this.#blocks.delete(oldest)
      this.#forgotten = Math.max(this.#forgotten, (oldest + 1) * BITS - 1)
      for (let word = 0; word < WORDS; word++) {
        const missing = block[word]!
        const inHold = countBits(missing & block[WORDS + word]!)
        this.#missing.hold += inHold
        this.#missing.warmup += countBits(missing) - inHold
      }
    }
    const block = new Uint32Array(2 * WORDS)
    this.#blocks.set(number, block)
    return block
  }
}

function place(seq: number): { word: number; bit: number } {
  const at = seq % BITS
  return { word: at >> 5, bit: 1 << (at & 31) }
}

function countBits(word: number): number {
  let count = 0
  for (let left = word >>> 0; left > 0; left >>>= 1) count += left & 1
  return count
}
