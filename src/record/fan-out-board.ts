/**
 * What the threads of a test know of each other's messages when each message has a whole audience: when it was due, and
 * who still lacks it. Every field has one writer, but `left`, which is counted down by all.
 */
export interface BoardShape {
  readonly shards: number
  readonly rooms: number
  readonly publishers: number
}

/** Due times kept, of all publishers together: 20 MB. */
const MOST_ENTRIES = 2 ** 20
const MOST_EACH = 2 ** 16
const LEAST_EACH = 2 ** 8
const TALLIES = 2
/** The numbers of a run begin somewhere below this, so that a message of another run is not taken for one of its own. */
const HIGHEST_BASE = 2 ** 31

export class FanOutBoard {
  readonly buffer: SharedArrayBuffer
  readonly shape: BoardShape
  /** Open members, and messages sent, by shard and room. */
  readonly #members: Float64Array
  readonly #published: Float64Array
  /** What stands in the messages of this cycle is the sequence number and this. */
  readonly #base: Float64Array
  /** Messages sent by each publisher. */
  readonly #sent: Float64Array
  /** Expected and settled deliveries of each shard. */
  readonly #tallies: Float64Array
  /** A ring of the newest messages of each publisher. */
  readonly #each: number
  readonly #seqs: Float64Array
  readonly #dues: Float64Array
  readonly #left: Int32Array

  constructor(shape: BoardShape, buffer?: SharedArrayBuffer) {
    const { shards, rooms, publishers } = shape
    const each = Math.min(
      MOST_EACH,
      Math.max(LEAST_EACH, 2 ** Math.floor(Math.log2(MOST_ENTRIES / publishers))),
    )
    const entries = each * publishers
    const doubles = 1 + publishers + 2 * shards * rooms + TALLIES * shards + 2 * entries
    this.shape = shape
    this.buffer = buffer ?? new SharedArrayBuffer(doubles * 8 + entries * 4)
    this.#each = each
    let offset = 0
    const take = (length: number): Float64Array => {
      const view = new Float64Array(this.buffer, offset, length)
      offset += length * 8
      return view
    }
    this.#base = take(1)
    this.#sent = take(publishers)
    this.#members = take(shards * rooms)
    this.#published = take(shards * rooms)
    this.#tallies = take(TALLIES * shards)
    this.#seqs = take(entries)
    this.#dues = take(entries)
    this.#left = new Int32Array(this.buffer, offset, entries)
    if (buffer === undefined) this.reset()
  }

  /** For the next cycle, while no thread is sending. */
  reset(): void {
    for (const view of [this.#sent, this.#members, this.#published, this.#tallies]) view.fill(0)
    this.#dues.fill(0)
    this.#left.fill(0)
    this.#seqs.fill(-1)
    this.#base[0] = Math.floor(Math.random() * HIGHEST_BASE)
  }

  /** To be added to a sequence number before it is written, and taken off what was read. */
  get seqBase(): number {
    return this.#base[0]!
  }

  /** Has this message been sent? */
  isSent(publisher: number, seq: number): boolean {
    return seq >= 0 && seq < this.#sent[publisher]!
  }

  changeMembers(shard: number, room: number, by: number): void {
    this.#members[shard * this.shape.rooms + room]! += by
  }

  /** Messages sent to a room so far. */
  publishedIn(room: number): number {
    return this.#sum(this.#published, room)
  }

  /** A message is about to be sent; returns its audience, the sender included. `seq`: of that publisher, 0-based. */
  publish(shard: number, publisher: number, room: number, seq: number, dueUs: number): number {
    const entry = this.#entryOf(publisher, seq)
    const audience = this.#sum(this.#members, room)
    this.#seqs[entry] = seq
    this.#dues[entry] = dueUs
    Atomics.store(this.#left, entry, audience)
    this.#sent[publisher] = seq + 1
    this.#published[shard * this.shape.rooms + room]!++
    this.#tallies[shard * TALLIES]! += audience
    return audience
  }

  /** When that message, which was sent, was due; NaN when so many came after it that it is not kept. */
  dueUsOf(publisher: number, seq: number): number {
    const entry = this.#entryOf(publisher, seq)
    return this.#seqs[entry] === seq ? this.#dues[entry]! : Number.NaN
  }

  /** One more has it; true for the last of its audience. */
  countDown(publisher: number, seq: number): boolean {
    return Atomics.sub(this.#left, this.#entryOf(publisher, seq), 1) === 1
  }

  /** Deliveries of a shard's members that came, or cannot come any more. */
  settle(shard: number, count: number): void {
    this.#tallies[shard * TALLIES + 1]! += count
  }

  /** Deliveries that may still come. */
  pending(): number {
    let pending = 0
    for (let at = 0; at < this.#tallies.length; at += TALLIES) {
      pending += this.#tallies[at]! - this.#tallies[at + 1]!
    }
    return pending
  }

  #entryOf(publisher: number, seq: number): number {
    return publisher * this.#each + (seq & (this.#each - 1))
  }

  #sum(counts: Float64Array, room: number): number {
    let sum = 0
    for (let at = room; at < counts.length; at += this.shape.rooms) sum += counts[at]!
    return sum
  }
}
