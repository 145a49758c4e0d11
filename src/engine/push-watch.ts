/** What one connection gets of what the server sends by itself. */
import type { Push } from '../plan/plan.ts'
import type { Recorder } from '../record/recorder.ts'

/**
 * With a promised interval, time from the first push on is dealt into slots of that length, a push to each: a slot without
 * one is a missed push, unless the next one shows that it was only late; a second one in a slot is a surplus.
 */
export class PushWatch {
  readonly #push: Push
  readonly #recorder: Recorder
  #openUs = -1
  #lastUs = -1
  /** Middle of slot 0. */
  #anchorUs = 0
  #lastSlot = -1
  /** Slots that the last push left out. */
  #leftOut = 0
  #isOver = false

  /** `recorder`: the hold's, as the first push comes before it. */
  constructor(push: Push, recorder: Recorder) {
    this.#push = push
    this.#recorder = recorder
  }

  open(nowUs: number): void {
    this.#openUs = nowUs
    this.#anchorUs = nowUs + (this.#push.atOnce ? 0 : (this.#push.everyUs ?? 0))
  }

  receive(nowUs: number): void {
    // What comes while the connection is being closed is not asked for any more.
    if (this.#isOver) return
    const { trends } = this.#recorder
    const { everyUs } = this.#push
    this.#recorder.add('pushes_received')
    if (this.#lastUs < 0) {
      trends.first_push_time.record(nowUs - this.#openUs)
    } else {
      const gapUs = nowUs - this.#lastUs
      trends.push_interval.record(gapUs)
      if (everyUs !== null)
        trends.push_jitter.record(Math.abs(gapUs - everyUs * Math.max(1, Math.round(gapUs / everyUs))))
    }
    if (everyUs !== null) this.#place(nowUs, everyUs)
    this.#lastUs = nowUs
  }

  /** The connection is over, or the listening is. */
  end(nowUs: number): void {
    const { everyUs } = this.#push
    if (this.#isOver) return
    this.#isOver = true
    if (this.#openUs < 0 || everyUs === null) return
    // The one that was due a moment ago may be under way: it is not asked for.
    const lastDue = Math.max(this.#lastSlot, Math.floor((nowUs - this.#anchorUs) / everyUs - 0.5))
    this.#recorder.add('pushes_expected', lastDue + 1)
    this.#recorder.add('pushes_missed', lastDue - this.#lastSlot)
  }

  #place(nowUs: number, everyUs: number): void {
    const slot = Math.max(0, Math.round((nowUs - this.#anchorUs) / everyUs))
    if (this.#lastUs < 0) this.#anchorUs = nowUs - slot * everyUs
    if (slot > this.#lastSlot) {
      this.#leftOut = slot - this.#lastSlot - 1
      this.#recorder.add('pushes_missed', this.#leftOut)
      this.#lastSlot = slot
    } else if (this.#leftOut > 0) {
      this.#leftOut--
      this.#recorder.add('pushes_missed', -1)
    } else {
      this.#recorder.add('pushes_surplus')
    }
  }
}
