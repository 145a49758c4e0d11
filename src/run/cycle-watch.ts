/** Looks at the server after each cycle of a leak test, once it has settled: what is left then was kept. */
import { setTimeout as delay } from 'node:timers/promises'
import type { ResourceSampler, ServerLook } from '../observe/resource-sampler.ts'
import type { Plan } from '../plan/plan.ts'
import { leaveOf } from '../plan/resolve-leaving.ts'
import type { Cycle } from '../result/run-result.ts'
import { openServerCount, type ServerCount } from './server-count.ts'

/** A server has so long for what it does when a client leaves, and longer while its open files go on changing. */
const LEAST_MS = 150
const MOST_MS = 2000
const STEP_MS = 50
/** Looks without a change. */
const STEADY_LOOKS = 3

export interface CycleWatch {
  /** Before the first connection. */
  begin(): Promise<void>
  /** All are connected; so many are open on our side. */
  connected(open: number): Promise<void>
  /** All have left; so many were opened so far. */
  left(opened: number): Promise<void>
  rows(): Cycle[]
  /** Why the server's own count is missing somewhere; null: it is not. */
  problem(): string | null
  close(): void
}

interface Row extends Omit<Cycle, 'serverRssBytes' | 'serverDescriptors' | 'serverThreads'> {
  readonly look: ServerLook
}

/** Null: not a test of cycles that are looked at. */
export function watchCycles(
  plan: Plan,
  sampler: Pick<ResourceSampler, 'look'>,
  sinceStartUs: () => number,
  signal: AbortSignal,
): CycleWatch | null {
  const { leaving, cycles, target } = plan
  if (leaving === null) return null
  const { countUrl, countPath } = leaving
  const counter: ServerCount | null =
    countUrl === null ? null : openServerCount(countUrl, countPath, target.tls)
  const rows: Row[] = []
  /** Others that the server has besides us. */
  let strangers = 0
  let silent = 0
  let connected: Pick<Cycle, 'openConnected' | 'countConnected'> = {
    openConnected: null,
    countConnected: null,
  }

  async function add(row: Pick<Cycle, 'cycle' | 'leave' | 'connections'>): Promise<void> {
    const countAfter = await settle()
    rows.push({
      ...row,
      ...connected,
      silent,
      countAfter,
      atUs: Math.round(sinceStartUs()),
      look: sampler.look(),
    })
  }

  /** Returns the server's own count at the end. */
  async function settle(): Promise<number | null> {
    await pause(LEAST_MS)
    let before = sampler.look().descriptors
    let count = (await counter?.read()) ?? null
    let steady = 0
    for (let waited = LEAST_MS; waited < MOST_MS && !signal.aborted; waited += STEP_MS) {
      const isExpected = count === null || count === strangers + silent || rows.length === 0
      if (steady >= STEADY_LOOKS && isExpected) break
      await pause(STEP_MS)
      const { descriptors } = sampler.look()
      steady = descriptors === before ? steady + 1 : 0
      before = descriptors
      count = (await counter?.read()) ?? null
    }
    return count
  }

  function pause(ms: number): Promise<unknown> {
    return delay(ms, null, { signal }).catch(() => {})
  }

  return {
    async begin() {
      await add({ cycle: 0, leave: null, connections: 0 })
      strangers = rows[0]!.countAfter ?? 0
    },
    async connected(open) {
      let count = (await counter?.read()) ?? null
      // A server may count a client when it has heard of it otherwise than by the handshake.
      for (let waited = 0; waited < MOST_MS && count !== null && !signal.aborted; waited += STEP_MS) {
        if (count === strangers + silent + open) break
        await pause(STEP_MS)
        count = (await counter?.read()) ?? null
      }
      connected = { openConnected: silent + open, countConnected: count }
    },
    async left(opened) {
      if (signal.aborted) return
      const cycle = rows.length
      const leave = leaveOf(leaving, cycle - 1, cycles)
      if (leave === 'silent') silent = connected.openConnected ?? silent
      await add({ cycle, leave, connections: opened })
    },
    rows: () =>
      rows.map(({ look, ...row }) => ({
        ...row,
        serverRssBytes: look.rssBytes,
        serverDescriptors: look.descriptors,
        serverThreads: look.threads,
      })),
    problem: () => counter?.problem() ?? null,
    close: () => counter?.close(),
  }
}
