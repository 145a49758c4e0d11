/** What the clients of a shard share when each message has a whole audience. */
import { type AudienceMap, mapAudience } from '../plan/audience.ts'
import { countConnections, type Plan } from '../plan/plan.ts'
import type { FanOutBoard } from '../record/fan-out-board.ts'

/**
 * Numbers below a publisher's greatest that a receiver remembers, in words of 32 bits; what comes later than that counts
 * as a duplicate. 16,384, and less only when many publishers have many receivers: then 64 MB in all, but never under 64.
 */
const MOST_WORDS = 512
const LEAST_WORDS = 2
const ALL_WORDS = 2 ** 24

/** Words of a receiver's window, a power of two, for so many pairs of publisher and receiver. */
function windowWords(pairs: number): number {
  const words = 2 ** Math.floor(Math.log2(ALL_WORDS / Math.max(1, pairs)))
  return Math.min(MOST_WORDS, Math.max(LEAST_WORDS, words))
}

export class FanOut {
  readonly board: FanOutBoard
  readonly shard: number
  readonly audience: AudienceMap
  readonly rooms: number
  readonly windowWords: number

  constructor(plan: Plan, shard: number, board: FanOutBoard) {
    this.board = board
    this.shard = shard
    this.audience = mapAudience(plan)
    this.rooms = board.shape.rooms
    const receivers = countConnections(plan)
    this.windowWords = windowWords((receivers * this.audience.publishers) / this.rooms)
  }
}
