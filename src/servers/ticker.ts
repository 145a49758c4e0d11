/**
 * Calls `tick` at once and then every `periodMs`, by the schedule of the start: a late tick does not move the next, and
 * after a stall the missed ones follow at once, as with tokio's interval. Returns what ends it.
 */
export function startTicker(periodMs: number, tick: () => void): () => void {
  const startMs = performance.now()
  let count = 0
  let timer: NodeJS.Timeout | undefined
  const run = () => {
    // Set before the tick, which may end it.
    const waitMs = startMs + ++count * periodMs - performance.now()
    // Whole milliseconds: Node keeps a list of timers for each length.
    timer = setTimeout(run, Math.max(0, Math.ceil(waitMs)))
    tick()
  }
  run()
  return () => clearTimeout(timer)
}
