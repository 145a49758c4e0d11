import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** A turn without work that took longer than this was not idle: something kept the loop, or the thread, from turning. */
const GAP_US = 200

/**
 * How busy this thread's loop is. Waiting in the kernel counts as idle, as does a turn of a spinning pacer that had
 * nothing due and nothing to read; event loop utilization alone reads 1.0 for a spinning loop.
 */
export class LoopMeter {
  readonly #startUs: number
  #utilization: EventLoopUtilization = performance.eventLoopUtilization()
  #waitedUs = 0
  #spunUs = 0

  constructor(startUs: number) {
    this.#startUs = startUs
  }

  /** One turn of a spinning loop: how long since the turn before, and whether it had something to do. */
  turn(sinceUs: number, worked: boolean): void {
    if (!worked && sinceUs < GAP_US) this.#spunUs += sinceUs
  }

  /** Cumulative: busy and total µs since the start. */
  read(nowUs: number): { busyUs: number; totalUs: number } {
    const now = performance.eventLoopUtilization()
    this.#waitedUs += Math.max(0, now.idle - this.#utilization.idle) * 1000
    this.#utilization = now
    const totalUs = nowUs - this.#startUs
    return { busyUs: Math.max(0, totalUs - this.#waitedUs - this.#spunUs), totalUs }
  }
}
