/** Misbehaviour on purpose, and the server's own truth about it: what a load test must find has to be known exactly. */
import { DelayLine } from './delay-line.ts'

export interface FaultOptions {
  /** Probability, 0 to 1, that a message to one receiver is never handed to its socket. */
  readonly drop: number
  /** Probability that a message that was not dropped is sent to its receiver twice. */
  readonly duplicate: number
  /** Probability that a room's message also goes to a member of another room. */
  readonly misroute: number
  /** Every message waits this long; 0: none does. */
  readonly delayMs: number
  /** Nothing is sent for `stallMs` at the end of each period of `stallEveryMs`; 0: never. */
  readonly stallMs: number
  readonly stallEveryMs: number
  /** A connection from which nothing comes for so long is cut; 0: none is. */
  readonly idleTimeoutMs: number
  /** So long after the first connection all are cut; 0: never. Then nobody is let in for `refuseMs`. */
  readonly cutAfterMs: number
  readonly refuseMs: number
  /** Kept of each connection for ever; 0: nothing. */
  readonly leakBytes: number
  /** Any number of messages may wait for a receiver. */
  readonly unbounded: boolean
  /** A message is sent when all receivers have taken the one before. */
  readonly blockSlow: boolean
  /** The same seed and the same order of messages give the same faults. */
  readonly seed: number
}

export const NO_FAULTS: FaultOptions = {
  drop: 0,
  duplicate: 0,
  misroute: 0,
  delayMs: 0,
  stallMs: 0,
  stallEveryMs: 0,
  idleTimeoutMs: 0,
  cutAfterMs: 0,
  refuseMs: 0,
  leakBytes: 0,
  unbounded: false,
  blockSlow: false,
  seed: 1,
}

/**
 * Counts of messages; notices (`NAME joined`, an error, a pong) are not among them.
 * What should have arrived = delivered − duplicated − misrouted + dropped + lagLost.
 */
export interface FaultCounts {
  /** Written to a receiver's connection, second copies and misrouted ones included. */
  delivered: number
  dropped: number
  /** Second copies. */
  duplicated: number
  misrouted: number
  /** Connections ended because more messages waited than their channel holds. */
  laggedReceivers: number
  /** Messages that such connections still had waiting; of an interrupted write (16 KiB at most) the first may have arrived. */
  lagLost: number
  /** Connections cut because nothing came from them, because they left pings unanswered, and all at once. */
  idleDropped: number
  pongDropped: number
  cut: number
}

export function createCounts(): FaultCounts {
  return {
    delivered: 0,
    dropped: 0,
    duplicated: 0,
    misrouted: 0,
    laggedReceivers: 0,
    lagLost: 0,
    idleDropped: 0,
    pongDropped: 0,
    cut: 0,
  }
}

/** Whether anything goes wrong with messages. */
export function causesFaults(options: Partial<FaultOptions>): boolean {
  const { drop, duplicate, misroute, delayMs, stallMs } = { ...NO_FAULTS, ...options }
  return drop + duplicate + misroute + delayMs + stallMs > 0
}

/** Decides, one message and receiver at a time, what goes wrong, and counts it. One a server. */
export class FaultInjector {
  readonly options: FaultOptions
  readonly counts: FaultCounts = createCounts()
  #isStalled = false
  #randomState: number
  #delays: DelayLine | null
  #stallTimer: NodeJS.Timeout | null = null
  #resumed: (() => void)[] = []

  constructor(options: Partial<FaultOptions> = {}) {
    this.options = { ...NO_FAULTS, ...options }
    this.#randomState = this.options.seed | 0
    this.#delays = this.options.delayMs > 0 ? new DelayLine(this.options.delayMs) : null
    if (this.options.stallMs > 0) this.#scheduleStall()
  }

  /** Whether anything goes wrong at all. */
  get isActive(): boolean {
    return causesFaults(this.options)
  }

  /** Whether messages are delayed: they then go through `delay` to keep their order. */
  get delays(): boolean {
    return this.#delays !== null
  }

  /** Whether nothing may be sent at the moment. */
  get isStalled(): boolean {
    return this.#isStalled
  }

  /** How often the next message is sent to its receiver: 0, 1 or 2. */
  countCopies(): number {
    const { drop, duplicate } = this.options
    if (drop > 0 && this.#random() < drop) {
      this.counts.dropped++
      return 0
    }
    if (duplicate > 0 && this.#random() < duplicate) {
      this.counts.duplicated++
      return 2
    }
    return 1
  }

  /** Whether the next message of a room strays; whoever sends it uses `Outbox.sendMisrouted`, which counts it. */
  strays(): boolean {
    return this.options.misroute > 0 && this.#random() < this.options.misroute
  }

  /** A whole number below `count`, e.g. to choose a receiver. */
  pick(count: number): number {
    return Math.floor(this.#random() * count)
  }

  /** Runs `action` after the delay; actions keep their order. */
  delay(action: () => void): void {
    if (this.#delays === null) action()
    else this.#delays.push(action)
  }

  /** Calls `action` once, when the present stall is over. */
  whenResumed(action: () => void): void {
    this.#resumed.push(action)
  }

  /** Ends the timers; what is delayed or stalled is never sent. */
  close(): void {
    this.#delays?.close()
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer)
    this.#resumed = []
  }

  #scheduleStall(): void {
    const { stallMs, stallEveryMs } = this.options
    this.#stallTimer = setTimeout(() => {
      this.#isStalled = true
      this.#stallTimer = setTimeout(() => {
        this.#isStalled = false
        for (const action of this.#resumed.splice(0)) action()
        this.#scheduleStall()
      }, stallMs)
    }, stallEveryMs - stallMs)
  }

  /** Mulberry32, 0 to 1: four operations, and the low bits are as good as the high ones. */
  #random(): number {
    this.#randomState = (this.#randomState + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#randomState ^ (this.#randomState >>> 15), this.#randomState | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
