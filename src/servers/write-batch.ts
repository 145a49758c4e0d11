/**
 * Gathers what one turn of the event loop writes to a connection into one system call. A chat of n clients that all
 * speak in one turn costs n writes instead of n².
 */
import type { Writable } from 'node:stream'

/** The stream below each `ws` socket, which ws keeps to itself. */
const streams = new WeakMap<object, Writable>()

let open: WriteBatch[] = []

/** Says which stream a socket writes to. */
export function rememberStream(socket: object, stream: Writable): void {
  streams.set(socket, stream)
}

/** The batch of one connection. */
export class WriteBatch {
  readonly #stream: Writable
  #isOpen = false

  constructor(stream: Writable) {
    this.#stream = stream
  }

  /** Null for a socket whose stream nobody remembered. */
  static of(socket: object): WriteBatch | null {
    const stream = streams.get(socket)
    return stream === undefined ? null : new WriteBatch(stream)
  }

  /** Holds writes back until `end`, or the end of this turn. */
  begin(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#stream.cork()
    if (open.length === 0) setImmediate(endAll)
    open.push(this)
  }

  end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#stream.uncork()
  }
}

function endAll(): void {
  const ending = open
  open = []
  for (const batch of ending) batch.end()
}
