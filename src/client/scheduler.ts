/** Time as the client sees it, so that tests need not wait. */
export interface Scheduler {
  /** Milliseconds of a clock that only goes forward. */
  nowMs(): number
  /** Calls back once after `ms`; what it returns takes that back. */
  after(ms: number, callback: () => void): () => void
}

/** The clock and the timers of Node. */
export const systemScheduler: Scheduler = {
  nowMs: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
