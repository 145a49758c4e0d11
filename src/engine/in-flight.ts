/**
 * Messages under way, of all connections of a shard, in one pool of slots: a linked list a connection, oldest first.
 * Memory follows what is under way, and nothing is allocated a message.
 */
export class InFlight {
  seq: Float64Array
  dueUs: Float64Array
  sentUs: Float64Array
  /** Next slot of the same list, or of the free list; -1: none. */
  next: Int32Array
  #free: number

  constructor(capacity: number) {
    const slots = Math.max(1, capacity)
    this.seq = new Float64Array(slots)
    this.dueUs = new Float64Array(slots)
    this.sentUs = new Float64Array(slots)
    this.next = new Int32Array(slots)
    this.#free = -1
    this.#thread(0)
  }

  /** A filled slot that is in no list yet. */
  take(seq: number, dueUs: number, sentUs: number): number {
    if (this.#free === -1) this.#grow()
    const slot = this.#free
    this.#free = this.next[slot]!
    this.seq[slot] = seq
    this.dueUs[slot] = dueUs
    this.sentUs[slot] = sentUs
    this.next[slot] = -1
    return slot
  }

  release(slot: number): void {
    this.next[slot] = this.#free
    this.#free = slot
  }

  #thread(from: number): void {
    for (let slot = this.next.length - 1; slot >= from; slot--) {
      this.next[slot] = this.#free
      this.#free = slot
    }
  }

  #grow(): void {
    const slots = this.next.length
    this.seq = enlarge(this.seq)
    this.dueUs = enlarge(this.dueUs)
    this.sentUs = enlarge(this.sentUs)
    const next = new Int32Array(slots * 2)
    next.set(this.next)
    this.next = next
    this.#thread(slots)
  }
}

function enlarge(old: Float64Array): Float64Array {
  const grown = new Float64Array(old.length * 2)
  grown.set(old)
  return grown
}
