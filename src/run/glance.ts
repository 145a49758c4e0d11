/** The few counters that change by the moment, read from the shards' memory: cheap enough for several times a second. */
import { countOpen } from '../record/count-open.ts'
import { readTally } from '../record/failures.ts'
import type { CounterName } from '../record/series.ts'
import type { ShardMemory } from '../record/shard-memory.ts'

/** Cumulative over all phases of a test, warm-up and hold together but where it says so. */
export interface Glance {
  readonly atUs: number
  readonly sent: number
  readonly sentInHold: number
  readonly received: number
  readonly opened: number
  /** Opened, and not open any more. */
  readonly closed: number
  readonly failed: number
  /** By class (record/failures.ts). */
  readonly errors: Readonly<Record<string, number>>
}

export function takeGlance(shards: readonly ShardMemory[], received: CounterName, atUs: number): Glance {
  const sentInHold = sumHold(shards, 'messages_sent')
  const opened = sumBoth(shards, 'connections_opened')
  return {
    atUs,
    sent: sentInHold + sumWarmup(shards, 'messages_sent'),
    sentInHold,
    received: sumBoth(shards, received),
    opened,
    closed: opened - countOpen((name) => sumBoth(shards, name)),
    failed: sumBoth(shards, 'connections_failed'),
    errors: sumErrors(shards),
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

function sumErrors(shards: readonly ShardMemory[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { tally } of shards)
    for (const [name, count] of Object.entries(readTally(tally).errors))
      sums[name] = (sums[name] ?? 0) + count
  return sums
}
