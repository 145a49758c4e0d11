/** What the clients of a shard share when each message has a whole audience. */
import { type AudienceMap, mapAudience } from '../plan/audience.ts'
import type { Plan } from '../plan/plan.ts'
import type { FanOutBoard } from '../record/fan-out-board.ts'

export class FanOut {
  readonly board: FanOutBoard
  readonly shard: number
  readonly audience: AudienceMap
  readonly rooms: number

  constructor(plan: Plan, shard: number, board: FanOutBoard) {
    this.board = board
    this.shard = shard
    this.audience = mapAudience(plan)
    this.rooms = board.shape.rooms
  }
}
