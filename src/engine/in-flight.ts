/** Numbers of a slot: sequence number, due time, send time, next slot. */
const STRIDE = 4
const DUE = 1
const SENT = 2
const NEXT = 3

/**
 * Messages under way, of all connections of a shard, in one pool of slots: a linked list a connection, oldest first.
 * Memory follows what is under way, and nothing is allocated a message. What belongs to a slot lies side by side: with
 * a thousand connections every line of memory touched for a message is a cache miss.
 */
export class InFlight {
  #data: Float64Array
  #free = -1

  constructor(capacity: number) {
    this.#data = new Float64Array(Math.max(1, capacity) * STRIDE)
    this.#thread(0)
  }

  /** Slots there are, taken or free. */
  get capacity(): number {
    return this.#data.length / STRIDE
  }

  /** A filled slot that is in no list yet. */
  take(seq: number, dueUs: number, sentUs: number): number {
    if (this.#free === -1) this.#grow()
    const slot = this.#free
    const data = this.#data
    this.#free = data[slot + NEXT]! | 0
    data[slot] = seq
    data[slot + DUE] = dueUs
    data[slot + SENT] = sentUs
    data[slot + NEXT] = -1
    return slot
  }

  release(slot: number): void {
    this.#data[slot + NEXT] = this.#free
    this.#free = slot
  }

  seqOf(slot: number): number {
    return this.#data[slot]!
  }

  dueUsOf(slot: number): number {
    return this.#data[slot + DUE]!
  }

  sentUsOf(slot: number): number {
    return this.#data[slot + SENT]!
  }

  /** Next slot of the same list; -1: none. */
  nextOf(slot: number): number {
    return this.#data[slot + NEXT]! | 0
  }

  link(slot: number, next: number): void {
    this.#data[slot + NEXT] = next
  }

  #thread(from: number): void {
    for (let slot = this.#data.length - STRIDE; slot >= from; slot -= STRIDE) this.release(slot)
  }

  #grow(): void {
    const old = this.#data
    this.#data = new Float64Array(old.length * 2)
    this.#data.set(old)
    this.#thread(old.length)
  }
}
