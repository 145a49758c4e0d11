import type { ShardPlan } from '../plan/shard-plan.ts'
import type { ShardMemory } from '../record/shard-memory.ts'
import { nowUs } from './clock.ts'

const CHECK_MS = 250
/** A loop that has not turned for so long is taken to be kept by a flow. */
const MOST_US = 10_000_000
/** Place of a shard's meter: its total, written by each sweep. */
const TOTAL = 1

/**
 * Watches a generating thread from outside: a flow that never awaits anything cannot be interrupted from within. Calls back
 * once with what to say; `stop` ends it. Null: the shard runs no flow.
 */
export function watchFlows(
  { groups, shard }: ShardPlan,
  memory: ShardMemory,
  onStuck: (message: string) => void,
): { stop(): void } | null {
  const limits = groups.flatMap(({ group }) => (group.flow === null ? [] : [group.flow.idleUs]))
  if (limits.length === 0) return null
  const limitUs = Math.min(MOST_US, ...limits)
  let seen = memory.meter[TOTAL]!
  let sinceUs = nowUs()
  const timer = setInterval(() => {
    const total = memory.meter[TOTAL]!
    const now = nowUs()
    // One that takes its time to start has begun no flow yet.
    if (total !== seen || (total === 0 && findLast(memory) === null)) {
      seen = total
      sinceUs = now
    } else if (now - sinceUs > limitUs) {
      clearInterval(timer)
      const last = findLast(memory)
      const who = last === null ? '' : `, last that of client ${last.client}${nameStep(last.step)}`
      onStuck(
        `a flow kept generator thread ${shard} busy for ${(limitUs / 1e6).toFixed(1)} s without awaiting anything${who}: a loop in it needs an await`,
      )
    }
  }, CHECK_MS)
  return { stop: () => clearInterval(timer) }
}

function findLast({ groups }: ShardMemory): { client: number; step: string | null } | null {
  return groups.flatMap(({ steps }) => steps?.lastEntered() ?? [])[0] ?? null
}

function nameStep(step: string | null): string {
  return step === null ? '' : ` in the step ${step}`
}
