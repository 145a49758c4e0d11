/** The shared memory of one shard: what the generating thread writes and the main thread reads. */
import type { ShardPlan } from '../plan/shard-plan.ts'
import { TALLY_SIZE } from './failures.ts'
import { type BoardShape, FanOutBoard } from './fan-out-board.ts'
import { RECORDER_BYTES, Recorder } from './recorder.ts'
import { SPREAD_BYTES_PER_CONNECTION, Spread } from './spread.ts'
import { STEP_BOARD_BYTES, StepBoard } from './step-board.ts'

/** The meter, the process and the tally. */
const TALLY_AT = 40
const HEAD_BYTES = TALLY_AT + 8 * TALLY_SIZE

export interface GroupMemory {
  readonly hold: Recorder
  readonly warmup: Recorder
  readonly spread: Spread
  /** Null: the group runs no flow. */
  readonly steps: StepBoard | null
}

export interface ShardMemory {
  readonly buffer: SharedArrayBuffer
  readonly groups: readonly GroupMemory[]
  /** Of the thread's loop, cumulative µs: busy, total, without a core though ready to run (−1: not known). */
  readonly meter: Float64Array
  /** When the shard has a process of its own: its resident bytes and its CPU time in µs; else 0 and 0. */
  readonly process: Float64Array
  /** Failures by class and ended connections by close code (record/failures.ts), cumulative. */
  readonly tally: Float64Array
  /** Shared by all shards; null: messages are answered to their senders alone. */
  readonly board: FanOutBoard | null
}

/** The memory of a shard, and of all of them, as one thread hands it to another. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
  readonly board: { readonly shape: BoardShape; readonly buffer: SharedArrayBuffer } | null
}

/** The same memory on the other side. */
export function mapSharedMemory(shard: ShardPlan, { buffer, board }: SharedMemory): ShardMemory {
  return mapShardMemory(shard, board === null ? null : new FanOutBoard(board.shape, board.buffer), buffer)
}

export function shareMemory({ buffer, board }: ShardMemory): SharedMemory {
  return { buffer, board: board === null ? null : { shape: board.shape, buffer: board.buffer } }
}

/** Views over `buffer`, which is made when not given; both sides lay it out alike. */
export function mapShardMemory(
  shard: ShardPlan,
  board: FanOutBoard | null = null,
  buffer?: SharedArrayBuffer,
): ShardMemory {
  const sizes = shard.groups.map(
    ({ group, places }) =>
      2 * RECORDER_BYTES +
      alignTo8(places.length * SPREAD_BYTES_PER_CONNECTION) +
      (group.flow === null ? 0 : STEP_BOARD_BYTES),
  )
  const memory = buffer ?? new SharedArrayBuffer(HEAD_BYTES + sizes.reduce((sum, size) => sum + size, 0))
  let offset = HEAD_BYTES
  const groups = shard.groups.map(({ group, places }, index) => {
    const start = offset
    offset += sizes[index]!
    return {
      hold: new Recorder(memory, start),
      warmup: new Recorder(memory, start + RECORDER_BYTES),
      spread: new Spread(memory, start + 2 * RECORDER_BYTES, places.length),
      steps: group.flow === null ? null : new StepBoard(memory, offset - STEP_BOARD_BYTES),
    }
  })
  return {
    buffer: memory,
    groups,
    meter: new Float64Array(memory, 0, 3),
    process: new Float64Array(memory, 24, 2),
    tally: new Float64Array(memory, TALLY_AT, TALLY_SIZE),
    board,
  }
}

/** The next group's 64-bit numbers start there. */
function alignTo8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
