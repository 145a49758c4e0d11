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
  const { pacer, startUs, endUs, send, skip, reads, meter, signal } = options
  const lastUs = endUs + GRACE_US
  return new Promise((resolve) => {
    let before = nowUs()
    let readsBefore = reads()
    let spinning = false

    function turn(): void {
      let now = nowUs()
      let worked = false
      const seen = reads()
      for (let sent = 0; sent < SLICE && startUs + pacer.dueUs <= now; sent++) {
        if (signal.aborted) break
        if (now <= lastUs) send(pacer.client, startUs + pacer.dueUs)
        else skip(pacer.client, startUs + pacer.dueUs)
        pacer.advance()
        worked = true
      }
      if (spinning) meter.turn(now - before, worked || seen !== readsBefore)
      readsBefore = seen
      before = now
      if (signal.aborted || pacer.dueUs === Number.POSITIVE_INFINITY) {
        resolve()
        return
      }
      now = nowUs()
      const waitUs = startUs + pacer.dueUs - now
      spinning = waitUs < SPIN_US
      if (spinning) setImmediate(turn)
      else setTimeout(turn, Math.min(100, Math.floor(waitUs / 1000) - 1))
    }

    turn()
  })
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
