import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { CoreTimer, type CoreTimes } from './core-wait.ts'

/** A turn without work that took longer than this was not idle: something kept the loop, or the thread, from turning. */
const GAP_US = 200

/** Cumulative, µs since the start. */
export interface LoopTimes {
  readonly busyUs: number
  /** Part of `busyUs`: ready to run, but without a core. Null: not known here. */
  readonly coreWaitUs: number | null
  readonly totalUs: number
}

/**
 * How busy this thread's loop is: all the time in which it ran or would have run, but for the turns of a spinning pacer
 * that had nothing due and nothing to read. Where the scheduler does not tell, what it did not wait in the kernel; a
 * thread that is woken and gets no core still waits there, so that says too little beside others on its core. Event loop
 * utilization alone would also read 1.0 for a spinning loop.
 */
export class LoopMeter {
  readonly #startUs: number
  readonly #core: Pick<CoreTimer, 'read' | 'close'>
  readonly #coreStart: CoreTimes | null
  #utilization: EventLoopUtilization = performance.eventLoopUtilization()
  #waitedUs = 0
  #spunUs = 0

  constructor(startUs: number, core: Pick<CoreTimer, 'read' | 'close'> = new CoreTimer()) {
    this.#startUs = startUs
    this.#core = core
    this.#coreStart = core.read()
  }

  /** One turn of a spinning loop: how long since the turn before, and whether it had something to do. */
  turn(sinceUs: number, worked: boolean): void {
    if (!worked && sinceUs < GAP_US) this.#spunUs += sinceUs
  }

  read(nowUs: number): LoopTimes {
    const now = performance.eventLoopUtilization()
    this.#waitedUs += Math.max(0, now.idle - this.#utilization.idle) * 1000
    this.#utilization = now
    const totalUs = nowUs - this.#startUs
    const core = this.#core.read()
    if (this.#coreStart === null || core === null) {
      return { busyUs: Math.max(0, totalUs - this.#waitedUs - this.#spunUs), coreWaitUs: null, totalUs }
    }
    const ranUs = core.ranUs - this.#coreStart.ranUs
    const coreWaitUs = core.waitedUs - this.#coreStart.waitedUs
    const busyUs = Math.min(totalUs, Math.max(0, ranUs + coreWaitUs - this.#spunUs))
    return { busyUs, coreWaitUs, totalUs }
  }

  close(): void {
    this.#core.close()
  }
}
