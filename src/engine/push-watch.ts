/** What one connection gets of what the server sends by itself. */
import type { Push } from '../plan/plan.ts'
import type { Recorder } from '../record/recorder.ts'

export class PushWatch {
  readonly #push: Push
  readonly #recorder: Recorder
  #openUs = -1
  #lastUs = -1

  /** `recorder`: the hold's, as the first push comes before it. */
  constructor(push: Push, recorder: Recorder) {
    this.#push = push
    this.#recorder = recorder
  }

  open(nowUs: number): void {
    this.#openUs = nowUs
  }

  receive(nowUs: number): void {
    const recorder = this.#recorder
    recorder.add('pushes_received')
    if (this.#lastUs < 0) {
      recorder.trends.first_push_time.record(nowUs - this.#openUs)
      this.#miss(nowUs - this.#firstDueUs())
    } else {
      const gapUs = nowUs - this.#lastUs
      recorder.trends.push_interval.record(gapUs)
      const { everyUs } = this.#push
      if (everyUs !== null) {
        recorder.trends.push_jitter.record(
          Math.abs(gapUs - everyUs * Math.max(1, Math.round(gapUs / everyUs))),
        )
        this.#miss(gapUs - everyUs)
      }
    }
    this.#lastUs = nowUs
  }

  /** The connection is over, or the listening is. */
  end(nowUs: number): void {
    const { everyUs } = this.#push
    if (this.#openUs < 0 || everyUs === null) return
    const sinceFirstUs = nowUs - this.#firstDueUs()
    if (sinceFirstUs >= 0) this.#recorder.add('pushes_expected', Math.floor(sinceFirstUs / everyUs) + 1)
    const nextDueUs = this.#lastUs < 0 ? this.#firstDueUs() : this.#lastUs + everyUs
    // The one that was due a moment ago may be under way.
    if (nowUs - nextDueUs > everyUs / 2) this.#miss(nowUs - nextDueUs + everyUs / 2)
    this.#openUs = -1
  }

  #firstDueUs(): number {
    const { everyUs, atOnce } = this.#push
    return this.#openUs + (atOnce ? 0 : (everyUs ?? 0))
  }

  /** `lateUs`: later than the push was due; each interval in it had one that did not come. */
  #miss(lateUs: number): void {
    const { everyUs } = this.#push
    if (everyUs === null) return
    const missed = Math.round(lateUs / everyUs)
    if (missed > 0) this.#recorder.add('pushes_missed', missed)
  }
}
