import type { Scheduler } from '../../src/client/scheduler.ts'

/** A clock that stands still until it is told to go on. */
export class FakeScheduler implements Scheduler {
  #nowMs = 0
  #waiting: { readonly dueMs: number; readonly callback: () => void }[] = []
  #listeners: (() => void)[] = []

  nowMs(): number {
    return this.#nowMs
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, callback }
    this.#waiting.push(timer)
    for (const listener of this.#listeners.splice(0)) listener()
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== timer)
    }
  }

  /** How far off each timer is, in ms, soonest first. */
  pending(): number[] {
    return this.#waiting.map(({ dueMs }) => dueMs - this.#nowMs).sort((a, b) => a - b)
  }

  /** Goes on by `ms`, calling what falls due in its order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const [next] = this.#waiting.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)
      if (next === undefined) break
      this.#waiting = this.#waiting.filter((other) => other !== next)
      this.#nowMs = next.dueMs
      next.callback()
    }
    this.#nowMs = endMs
  }

  /** Resolves once a timer of exactly `ms` waits. */
  async sees(ms: number): Promise<void> {
    while (!this.pending().includes(ms)) {
      await new Promise<void>((resolve) => this.#listeners.push(resolve))
    }
  }
}
