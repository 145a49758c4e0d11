/** The messages of one client for its flow: bounded, whatever the server sends, and taken in their order. */
import type { Matches } from '../flows/expectation.ts'
import type { ReceivedMessage } from '../flows/received-message.ts'

const MOST_MESSAGES = 1000

/** Somebody who waits for a message. */
export interface Waiter {
  readonly matches: Matches
  /** The very next message has to be the one. */
  readonly next: boolean
  take(message: ReceivedMessage): void
  /** Another message was the next, or `matches` threw. */
  refuse(message: ReceivedMessage, thrown: { readonly error: unknown } | null): void
}

type Verdict = 'taken' | 'refused' | 'passed'

export class Mailbox {
  readonly #mostBytes: number
  #messages: ReceivedMessage[] = []
  #bytes = 0
  #waiters: Waiter[] = []

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** A message has come. Returns how many of the oldest had to go for it. */
  put(message: ReceivedMessage): number {
    // Who waits may ask for more while he is told.
    for (const waiter of [...this.#waiters]) {
      const verdict = offer(waiter, message)
      if (verdict !== 'passed') this.remove(waiter)
      if (verdict === 'taken') return 0
    }
    this.#messages.push(message)
    this.#bytes += message.bytes.length
    let dropped = 0
    while (
      this.#messages.length > MOST_MESSAGES ||
      (this.#bytes > this.#mostBytes && this.#messages.length > 1)
    ) {
      this.#bytes -= this.#messages.shift()!.bytes.length
      dropped++
    }
    return dropped
  }

  /** Offers what is there, oldest first; when nothing fits, the waiter is told of what comes. */
  wait(waiter: Waiter): void {
    const known = waiter.next ? this.#messages.slice(0, 1) : this.#messages
    for (const [index, message] of known.entries()) {
      const verdict = offer(waiter, message)
      if (verdict === 'passed') continue
      if (verdict === 'taken') {
        this.#messages.splice(index, 1)
        this.#bytes -= message.bytes.length
      }
      return
    }
    this.#waiters.push(waiter)
  }

  remove(waiter: Waiter): void {
    this.#waiters = this.#waiters.filter((one) => one !== waiter)
  }

  /** Drops what is there; returns how many. */
  clear(): number {
    const count = this.#messages.length
    this.#messages = []
    this.#bytes = 0
    return count
  }
}

function offer(waiter: Waiter, message: ReceivedMessage): Verdict {
  try {
    if (waiter.matches(message)) {
      waiter.take(message)
      return 'taken'
    }
  } catch (error) {
    waiter.refuse(message, { error })
    return 'refused'
  }
  if (!waiter.next) return 'passed'
  waiter.refuse(message, null)
  return 'refused'
}
