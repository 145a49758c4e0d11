/** Exact sharding: every shard computes its part from the whole plan, and the parts add up to it. */
import type { Group, Plan } from './plan.ts'

export interface ShardGroup {
  readonly group: Group
  /** Global id of the group's first client; client at place p has id firstId + p. */
  readonly firstId: number
  /** Places (0-based, within the whole group) of this shard's clients, ascending. */
  readonly places: readonly number[]
}

export interface ShardPlan {
  readonly plan: Plan
  /** 0-based, of `shards`. Owns the clients whose id mod shards is its own number. */
  readonly shard: number
  readonly shards: number
  readonly groups: readonly ShardGroup[]
  /** Handshakes that this shard may have under way. */
  readonly connectConcurrency: number
}

export function shardPlan(plan: Plan, shard: number): ShardPlan {
  const shards = plan.workers
  let firstId = 0
  const groups = plan.groups.map((group) => {
    const places: number[] = []
    const first = (((shard - firstId) % shards) + shards) % shards
    for (let place = first; place < group.count; place += shards) places.push(place)
    const part = { group, firstId, places }
    firstId += group.count
    return part
  })
  return {
    plan,
    shard,
    shards,
    groups,
    connectConcurrency: Math.max(1, splitEvenly(plan.connect.concurrency, shard, shards)),
  }
}

/** Part `index` of `total` split into `parts` whole numbers that differ by one at most and add up. */
export function splitEvenly(total: number, index: number, parts: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0)
}
