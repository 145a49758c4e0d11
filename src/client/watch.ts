import { type Reading, readFigures } from './reading.ts'
import type { Scheduler } from './scheduler.ts'

export interface WatchView {
  show(reading: Reading): void
  /** Not one of the two could be read. */
  showFailure(problem: string): void
}

export interface WatchOptions {
  readonly intervalMs: number
  /** Null: until `signal` is aborted. */
  readonly ticks: number | null
  /** GETs one of the two as JSON; the message of what it throws is shown. */
  readonly fetch: (path: '/ws/stats' | '/ws/online') => Promise<object>
  readonly view: WatchView
  readonly scheduler: Scheduler
  readonly signal: AbortSignal
}

/** Reads both pages each interval and shows them, whether or not the server is there. Returns how often it was. */
export async function watchServer(options: WatchOptions): Promise<number> {
  const { intervalMs, ticks, fetch, view, scheduler, signal } = options
  let answered = 0
  let before: Reading | null = null
  for (let tick = 1; !signal.aborted; tick++) {
    const startMs = scheduler.nowMs()
    try {
      const [stats, online] = await Promise.all([fetch('/ws/stats'), fetch('/ws/online')])
      before = readFigures(stats, online, scheduler.nowMs(), before)
      answered++
      if (!signal.aborted) view.show(before)
    } catch (error) {
      if (!signal.aborted) view.showFailure(error instanceof Error ? error.message : String(error))
    }
    if (tick === ticks) break
    await sleep(Math.max(0, startMs + intervalMs - scheduler.nowMs()), scheduler, signal)
  }
  return answered
}

async function sleep(ms: number, scheduler: Scheduler, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = scheduler.after(ms, end)
    signal.addEventListener('abort', end)
  })
}
