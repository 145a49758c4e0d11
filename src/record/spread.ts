/**
 * How evenly connections are served: replies and a coarse latency histogram of each, in shared memory. A connection's
 * first replies are all in its histogram, later ones one in eight: each costs a cache miss. Replies are counted exactly.
 */
import { HIGHEST_US } from './trend.ts'

/** Two buckets an octave from 1 µs to 67 s: a bucket's middle is within 23 % of what is in it. */
const BUCKETS = 64
/** Behind the buckets: replies. */
const WORDS = BUCKETS + 1
const ALL_UP_TO = 32
const ONE_IN = 8

export const SPREAD_BYTES_PER_CONNECTION = WORDS * 4

function bucketOf(us: number): number {
  const value = us > 1 ? us | 0 : 1
  const octave = 31 - Math.clz32(value)
  return (octave << 1) | ((value >>> (octave - 1)) & 1)
}

export class Spread {
  readonly #counts: Uint32Array

  constructor(memory: ArrayBufferLike, offset: number, connections: number) {
    this.#counts = new Uint32Array(memory, offset, connections * WORDS)
  }

  /** `connection`: index within the shard; `nth`: 0-based number of its reply; latency in µs. */
  record(connection: number, nth: number, us: number): void {
    if (nth >= ALL_UP_TO && nth % ONE_IN !== 0) return
    this.#counts[connection * WORDS + bucketOf(Math.min(us, HIGHEST_US))]!++
  }

  /** Adds to a connection's count of replies, once it is over. */
  addReplies(connection: number, replies: number): void {
    this.#counts[connection * WORDS + BUCKETS]! += replies
  }

  /** Replies and P50 of every connection that had a reply. */
  read(): ConnectionLatency[] {
    const found: ConnectionLatency[] = []
    for (let start = 0; start < this.#counts.length; start += WORDS) {
      const counts = this.#counts.subarray(start, start + BUCKETS)
      const recorded = counts.reduce((sum, count) => sum + count, 0)
      if (recorded > 0) {
        const replies = Math.max(recorded, this.#counts[start + BUCKETS]!)
        found.push({ replies, p50Us: medianOf(counts, recorded) })
      }
    }
    return found
  }
}

export interface ConnectionLatency {
  readonly replies: number
  /** Geometric middle of the bucket that holds the median. */
  readonly p50Us: number
}

function medianOf(counts: Uint32Array, total: number): number {
  let seen = 0
  let bucket = 0
  while (bucket < BUCKETS - 1) {
    seen += counts[bucket]!
    if (seen * 2 >= total) break
    bucket++
  }
  const octave = bucket >> 1
  const low = 2 ** octave * (bucket & 1 ? 1.5 : 1)
  const high = 2 ** octave * (bucket & 1 ? 2 : 1.5)
  return Math.round(Math.sqrt(low * high))
}
