import type { FaultInjector } from './faults.ts'
import { WriteBatch } from './write-batch.ts'

/** The part of a `ws` socket that an outbox uses; an event stream offers the same. */
export interface Sink {
  /** 1: open, as in the WebSocket API. */
  readonly readyState: number
  /** Bytes that the socket has not yet handed to the kernel. */
  readonly bufferedAmount: number
  send(data: string | Buffer, options: { binary: boolean }, written: (error?: Error | null) => void): void
  terminate(): void
}

export interface OutboxOptions {
  /** Messages that may wait, 100 where the documents have a channel of 100; null: without a bound. */
  readonly capacity: number | null
  /** Bytes that may wait, in more than one message; absent: 16 MiB, and 64 MiB without a bound on messages. */
  readonly capacityBytes?: number
  readonly faults: FaultInjector
}

interface Waiting {
  readonly data: string | Buffer
  readonly binary: boolean
  readonly isNotice: boolean
  readonly bytes: number
}

/** Takes the place of a message in the part of the queue that is over, so that its bytes are free. */
const HANDED_ON: Waiting = { data: '', binary: false, isNotice: false, bytes: 0 }

/** What a channel of the documents holds for each subscriber. */
export const CHANNEL_CAPACITY = 100

/** Memory that a client which does not read may cost, whatever the size of its messages. */
const CAPACITY_BYTES = 16 * 1024 * 1024
/** Where the contract has no bound on messages: far above what a slow reader has waiting, and still an end. */
const UNBOUNDED_CAPACITY_BYTES = 64 * 1024 * 1024

const OPEN = 1
/** Above this many bytes in the socket, messages wait here, where they are counted. */
const LOW_BYTES = 16 * 1024
const TEXT = { binary: false }
const BINARY = { binary: true }

/**
 * A bounded queue in front of one connection. A receiver for which more than `capacity` messages or `capacityBytes` wait
 * has lagged: as in the documents' code, whose receive loop ends on the lag error, its connection is cut without a Close
 * frame.
 * For many receivers encode a text once and pass the Buffer with `binary` false.
 */
export class Outbox {
  readonly #socket: Sink
  readonly #capacity: number
  readonly #capacityBytes: number
  readonly #faults: FaultInjector
  readonly #batch: WriteBatch | null
  #waiting: Waiting[] = []
  /** Where the queue begins in `#waiting`; a shift for each message would move a long queue every time. */
  #head = 0
  #waitingBytes = 0
  #inFlight = 0
  #awaitsResume = false
  /** It has lagged: nothing is accepted any more. */
  #isCut = false
  /** The cut is done: what was not written by then never will be. */
  #isGone = false

  constructor(socket: Sink, { capacity, capacityBytes, faults }: OutboxOptions) {
    this.#socket = socket
    this.#capacity = capacity ?? Number.POSITIVE_INFINITY
    this.#capacityBytes = capacityBytes ?? (capacity === null ? UNBOUNDED_CAPACITY_BYTES : CAPACITY_BYTES)
    this.#faults = faults
    this.#batch = WriteBatch.of(socket)
  }

  /** Messages that wait here, without those in the socket. */
  get length(): number {
    return this.#waiting.length - this.#head
  }

  /** Sends a message, unless a fault drops it; to a connection that is not open nothing happens. */
  send(data: string | Buffer, binary = false): void {
    if (!this.#isOpen()) return
    for (let copies = this.#faults.countCopies(); copies > 0; copies--) this.#accept(data, binary, false)
  }

  /** Sends what is no message, such as `NAME joined the chat`: neither dropped nor duplicated nor counted. */
  sendNotice(data: string | Buffer): void {
    if (this.#isOpen()) this.#accept(data, false, true)
  }

  /** Sends another room's message, once, and counts it as misrouted. */
  sendMisrouted(data: string | Buffer): void {
    if (!this.#isOpen()) return
    this.#faults.counts.misrouted++
    this.#accept(data, false, false)
  }

  #isOpen(): boolean {
    return this.#socket.readyState === OPEN && !this.#isCut
  }

  #accept(data: string | Buffer, binary: boolean, isNotice: boolean): void {
    if (this.#faults.delays) this.#faults.delay(() => this.#enqueue(data, binary, isNotice))
    else this.#enqueue(data, binary, isNotice)
  }

  #enqueue(data: string | Buffer, binary: boolean, isNotice: boolean): void {
    if (!this.#isOpen()) return
    if (this.length === 0 && this.#mayHandOn()) {
      this.#handOn(data, binary, isNotice)
      return
    }
    const bytes = Buffer.byteLength(data)
    this.#waiting.push({ data, binary, isNotice, bytes })
    this.#waitingBytes += bytes
    if (this.#hasLagged()) this.#cut()
    else if (this.#faults.isStalled) this.#flushWhenResumed()
  }

  /** One message may wait whatever its size: it may be the only one that a healthy receiver has. */
  #hasLagged(): boolean {
    return this.length > this.#capacity || (this.#waitingBytes > this.#capacityBytes && this.length > 1)
  }

  /** With nothing of ours in flight no callback would come: what fills the socket then are ws's own pongs. */
  #mayHandOn(): boolean {
    if (this.#faults.isStalled) return false
    if (this.#inFlight === 0 || this.#socket.bufferedAmount < LOW_BYTES) return true
    // What is held back in the batch is no sign of a slow receiver.
    this.#batch?.end()
    return this.#socket.bufferedAmount < LOW_BYTES
  }

  #handOn(data: string | Buffer, binary: boolean, isNotice: boolean): void {
    this.#inFlight++
    this.#batch?.begin()
    this.#socket.send(data, binary ? BINARY : TEXT, isNotice ? this.#onNoticeWritten : this.#onMessageWritten)
  }

  #onMessageWritten = (error?: Error | null): void => {
    // Node reports a write that a cut has cancelled without an error.
    if (this.#isGone) this.#faults.counts.lagLost++
    else if (error === undefined || error === null) this.#faults.counts.delivered++
    this.#onNoticeWritten()
  }

  #onNoticeWritten = (): void => {
    this.#inFlight--
    if (this.length > 0) this.#flush()
  }

  #flush = (): void => {
    this.#awaitsResume = false
    if (this.#socket.readyState !== OPEN) {
      this.#forget()
      return
    }
    if (this.#faults.isStalled) {
      this.#flushWhenResumed()
      return
    }
    while (this.length > 0 && this.#mayHandOn()) {
      const { data, binary, isNotice, bytes } = this.#waiting[this.#head]!
      this.#waiting[this.#head++] = HANDED_ON
      this.#waitingBytes -= bytes
      this.#handOn(data, binary, isNotice)
    }
    if (this.length === 0) this.#forget()
    else if (this.#head > 1024) this.#compact()
  }

  #flushWhenResumed(): void {
    if (this.#awaitsResume) return
    this.#awaitsResume = true
    this.#faults.whenResumed(this.#flush)
  }

  #cut(): void {
    this.#isCut = true
    const { counts } = this.#faults
    counts.laggedReceivers++
    for (let index = this.#head; index < this.#waiting.length; index++) {
      if (!this.#waiting[index]!.isNotice) counts.lagLost++
    }
    this.#forget()
    // What has just been written still has to say so, in ticks that are queued before this one.
    process.nextTick(() => {
      this.#isGone = true
      this.#socket.terminate()
    })
  }

  #compact(): void {
    this.#waiting.splice(0, this.#head)
    this.#head = 0
  }

  #forget(): void {
    this.#waiting = []
    this.#head = 0
    this.#waitingBytes = 0
  }
}
