/** The few counters that change by the moment, read from the shards' memory: cheap enough for several times a second. */
import type { CounterName } from '../record/series.ts'
import type { ShardMemory } from '../record/shard-memory.ts'

/** Cumulative over all phases of a test, warm-up and hold together but where it says so. */
export interface Glance {
  readonly atUs: number
  readonly sent: number
  readonly sentInHold: number
  readonly received: number
  readonly lost: number
  readonly opened: number
  /** Opened, then ended by the server or the network. */
  readonly closed: number
  readonly failed: number
}

export function takeGlance(shards: readonly ShardMemory[], received: CounterName, atUs: number): Glance {
  const sentInHold = sumHold(shards, 'messages_sent')
  return {
    atUs,
    sent: sentInHold + sumWarmup(shards, 'messages_sent'),
    sentInHold,
    received: sumBoth(shards, received),
    lost: sumBoth(shards, 'messages_lost'),
    opened: sumBoth(shards, 'connections_opened'),
    closed: sumBoth(shards, 'connections_closed'),
    failed: sumBoth(shards, 'connections_failed'),
  }
}

/** How many more a second between two glances; 0 without time between them. */
export function ratePerSec(from: Glance, to: Glance, counter: 'sent' | 'received' | 'opened'): number {
  const us = to.atUs - from.atUs
  return us <= 0 ? 0 : ((to[counter] - from[counter]) * 1e6) / us
}

function sumBoth(shards: readonly ShardMemory[], name: CounterName): number {
  return sumHold(shards, name) + sumWarmup(shards, name)
}

function sumHold(shards: readonly ShardMemory[], name: CounterName): number {
  let sum = 0
  for (const { groups } of shards) for (const { hold } of groups) sum += hold.get(name)
  return sum
}

function sumWarmup(shards: readonly ShardMemory[], name: CounterName): number {
  let sum = 0
  for (const { groups } of shards) for (const { warmup } of groups) sum += warmup.get(name)
  return sum
}
