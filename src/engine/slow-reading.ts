/** A client that reads slowly or not at all: its socket is not read, so that what comes waits in the kernel, and then at the server. */
import type { Link } from './link.ts'

export class SlowReading {
  readonly #link: Pick<Link, 'pauseReading' | 'resumeReading'>
  readonly #bytesPerSec: number
  /** Messages published before it became slow; null: what it was owed is counted. */
  #publishedBefore: number | null
  /** Below 0: what was read before its time. */
  #allowance = 0
  #sweptUs = 0
  #isOver = false

  /** `bytesPerSec` 0: nothing is read. */
  constructor(
    link: Pick<Link, 'pauseReading' | 'resumeReading'>,
    bytesPerSec: number,
    publishedBefore: number,
  ) {
    this.#link = link
    this.#bytesPerSec = bytesPerSec
    this.#publishedBefore = publishedBefore
    link.pauseReading()
  }

  /** So many bytes came in one read. */
  read(count: number): void {
    if (this.#isOver) return
    this.#allowance -= count
    if (this.#allowance <= 0) this.#link.pauseReading()
  }

  /** Called some ten times a second. */
  sweep(now: number): void {
    if (this.#isOver || this.#bytesPerSec === 0) return
    if (this.#sweptUs > 0) this.#allowance += ((now - this.#sweptUs) * this.#bytesPerSec) / 1e6
    this.#sweptUs = now
    // What it did not use is no credit for later.
    this.#allowance = Math.min(this.#allowance, this.#bytesPerSec)
    if (this.#allowance > 0) this.#link.resumeReading()
  }

  end(): void {
    this.#isOver = true
    this.#link.resumeReading()
  }

  /** Messages that were published for it since it is slow; 0 the second time. */
  takeOwed(published: number): number {
    const owed = this.#publishedBefore === null ? 0 : published - this.#publishedBefore
    this.#publishedBefore = null
    return owed
  }
}
