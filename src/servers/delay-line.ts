/** Runs actions after one fixed delay, in their order, with a single timer however many wait. */
export class DelayLine {
  readonly #delayMs: number
  #waiting: { dueMs: number; action: () => void }[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(delayMs: number) {
    this.#delayMs = delayMs
  }

  push(action: () => void): void {
    this.#waiting.push({ dueMs: performance.now() + this.#delayMs, action })
    this.#timer ??= setTimeout(this.#runDue, this.#delayMs)
  }

  /** Forgets what waits. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#waiting = []
  }

  #runDue = (): void => {
    const nowMs = performance.now()
    let due = 0
    while (due < this.#waiting.length && this.#waiting[due]!.dueMs <= nowMs) due++
    const actions = this.#waiting.splice(0, due)
    // A timer may come early by less than a millisecond.
    const next = this.#waiting[0]
    this.#timer = next === undefined ? null : setTimeout(this.#runDue, Math.max(1, next.dueMs - nowMs))
    for (const { action } of actions) action()
  }
}
