/** Watches the kernel's side of a slow-consumer test: how much it took for those who do not read, and when they were dropped. */
import { nowUs } from '../engine/clock.ts'
import { readSocketQueues } from '../observe/socket-queues.ts'
import { type Plan, slowFromUs } from '../plan/plan.ts'
import type { SlowWatched } from '../result/measurements.ts'

const EVERY_MS = 100

export interface SlowWatch {
  /** The hold begins at that time. */
  hold(fromUs: number): void
  /** The hold is over, before anybody reads again. */
  end(): void
  watched(): SlowWatched
}

/** Null: nobody becomes slow. */
export function watchSlow(plan: Plan, portOf: () => number | null): SlowWatch | null {
  const afterUs = slowFromUs(plan)
  if (afterUs === null) return null
  let atUs: number | null = null
  let timer: NodeJS.Timeout | null = null
  let before: number | null = null
  let unreadBytes: number | null = null
  let unsentBytes: number | null = null
  const drops: { afterUs: number; count: number }[] = []

  /** A server of this machine is seen itself: its end is gone as soon as it drops a client, which hears of that late. */
  function look(): void {
    const port = portOf()
    const queues = port === null ? null : readSocketQueues(port)
    if (queues === null || atUs === null) return
    const isLocal = queues.theirs.established > 0
    const established = isLocal ? queues.theirs.established : queues.ours.established
    if (before !== null && established < before)
      drops.push({ afterUs: nowUs() - atUs, count: before - established })
    before = established
    unreadBytes = Math.max(unreadBytes ?? 0, queues.ours.unreadBytes)
    if (isLocal) unsentBytes = Math.max(unsentBytes ?? 0, queues.theirs.unsentBytes)
  }

  function stop(): void {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  return {
    hold(fromUs) {
      atUs = fromUs + afterUs
      setTimeout(
        () => {
          look()
          timer = setInterval(look, EVERY_MS)
        },
        Math.max(0, (atUs - nowUs()) / 1000),
      ).unref()
    },
    end() {
      look()
      stop()
    },
    watched: () => ({ atUs, unreadBytes, unsentBytes, drops }),
  }
}
