import { nowUs } from './clock.ts'
import type { LoopMeter } from './loop-meter.ts'
import type { Pacer } from './pacer.ts'

/** Sends in a row before reads get their turn. */
const SLICE = 64
/** Closer than this the loop spins: timers are 1 ms coarse. */
const SPIN_US = 2000
/** What is still due this long after the end of the hold is not sent any more. */
const GRACE_US = 100_000

export interface PacerLoopOptions {
  readonly pacer: Pacer
  /** Clock time of the schedule's start. */
  readonly startUs: number
  /** Sends are pointless after this: the hold's end; Infinity when a count ends it. */
  readonly endUs: number
  readonly send: (client: number, dueUs: number) => void
  /** A message that was due and will not be sent, because the generator was behind. */
  readonly skip: (client: number, dueUs: number) => void
  readonly reads: () => number
  readonly meter: LoopMeter
  readonly signal: AbortSignal
}

/** Sends everything when it is due, each message with its own due time. Resolves when the schedule is over or aborted. */
export function runPacerLoop(options: PacerLoopOptions): Promise<void> {
  return new Promise((resolve) => new PacerLoop(options, resolve).turn())
}

/** A class, not a closure: closures of a second loop would be compiled again, in its first and most looked-at moments. */
class PacerLoop {
  readonly #options: PacerLoopOptions
  readonly #done: () => void
  readonly #next: () => void
  #beforeUs = nowUs()
  #readsBefore: number
  #spinning = false

  constructor(options: PacerLoopOptions, done: () => void) {
    this.#options = options
    this.#done = done
    this.#next = () => this.turn()
    this.#readsBefore = options.reads()
  }

  turn(): void {
    const { pacer, startUs, endUs, send, skip, reads, meter, signal } = this.#options
    const now = nowUs()
    let worked = false
    const seen = reads()
    for (let sent = 0; sent < SLICE && startUs + pacer.dueUs <= now; sent++) {
      if (signal.aborted) break
      if (now <= endUs + GRACE_US) send(pacer.client, startUs + pacer.dueUs)
      else skip(pacer.client, startUs + pacer.dueUs)
      pacer.advance()
      worked = true
    }
    if (this.#spinning) meter.turn(now - this.#beforeUs, worked || seen !== this.#readsBefore)
    this.#readsBefore = seen
    this.#beforeUs = now
    if (signal.aborted || pacer.dueUs === Number.POSITIVE_INFINITY) {
      this.#done()
      return
    }
    const waitUs = startUs + pacer.dueUs - nowUs()
    this.#spinning = waitUs < SPIN_US
    if (this.#spinning) setImmediate(this.#next)
    else setTimeout(this.#next, Math.min(100, Math.floor(waitUs / 1000) - 1))
  }
}

/** Resolves at that time of the clock, or at once when aborted. */
export async function waitUntil(us: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const waitUs = us - nowUs()
    if (waitUs <= 0 || signal.aborted) return
    await new Promise<void>((resolve) => {
      if (waitUs < SPIN_US) setImmediate(resolve)
      else setTimeout(resolve, Math.min(100, Math.floor(waitUs / 1000) - 1))
    })
  }
}
