/** A group's pings, on a schedule of their own beside its messages: each client's at the interval, all spread over it. */
import type { ShardGroup } from '../plan/shard-plan.ts'
import type { Client } from './client.ts'
import type { LoopMeter } from './loop-meter.ts'
import { createPacer } from './pacer.ts'
import { runPacerLoop } from './pacer-loop.ts'
import { createSchedule } from './schedule.ts'

export interface PingingOptions {
  readonly part: ShardGroup
  readonly clients: readonly Pick<Client, 'pingDue'>[]
  readonly startUs: number
  readonly reads: () => number
  readonly meter: LoopMeter
  readonly signal: AbortSignal
}

/** Returns what ends it; null: the group does not ping. */
export function startPinging(options: PingingOptions): (() => Promise<void>) | null {
  const { part, clients, startUs, reads, meter, signal } = options
  const { group, places } = part
  const { pingEveryUs } = group.behaviour
  if (pingEveryUs === null) return null
  const over = new AbortController()
  const perSec = (group.count * 1e6) / pingEveryUs
  const schedule = createSchedule([{ fromPerSec: perSec, toPerSec: perSec, durationUs: 0 }])
  const { durationUs } = group.stop
  const share = { groupSize: group.count, places, messagesEach: null, durationUs }
  const done = runPacerLoop({
    pacer: createPacer(schedule, share, 'constant', 0),
    startUs,
    endUs: startUs + (durationUs ?? Number.POSITIVE_INFINITY),
    send: (client, dueUs) => clients[client]!.pingDue(dueUs),
    skip: () => {},
    reads,
    meter,
    signal: AbortSignal.any([signal, over.signal]),
  })
  return () => {
    // All that are due before the end of a set time are sent; what a count has ended is over.
    if (durationUs === null) over.abort()
    return done
  }
}
