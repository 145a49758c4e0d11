import { WebSocket } from 'ws'
import { explainFailure, explainStatus, type Failure } from './failure.ts'
import { collectHeaders, type Headers } from './headers.ts'
import type { Scheduler } from './scheduler.ts'

export interface SessionOptions {
  /** Complete, with the token: secret. */
  readonly url: string
  readonly headers: Headers
  readonly subprotocols: readonly string[]
  /** Accept any certificate. */
  readonly insecure: boolean
  /** Attempts after the first that may fail in a row. */
  readonly maxRetries: number
  /** Null: no heartbeat. */
  readonly heartbeatMs: number | null
}

/** How a session ended. `failed`: for a reason that another attempt would not mend, or after the last retry. */
export type SessionEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'server-closed'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

export interface SessionHandler {
  onOpen(subprotocol: string): void
  onMessage(data: Buffer, isBinary: boolean): void
  /** The label of the ping that it answers. */
  onPong(label: string): void
  /** Each `heartbeatMs` while open. */
  onHeartbeat(): void
  /** The connection failed; the next attempt comes in `delayMs`. */
  onRetry(reason: string, delayMs: number, retry: number): void
  /** The last call. */
  onEnd(end: SessionEnd): void
}

const HANDSHAKE_MS = 10_000
const CLOSE_MS = 2000
/** A connection that lasted as long is no longer counted as a retry, so that one accepted and cut at once is not tried for ever. */
const STABLE_MS = 10_000
const NORMAL = 1000

/** One connection that is made again when it is lost, after 2^i seconds, until the retries are used up. */
export class Session {
  readonly #options: SessionOptions
  readonly #handler: SessionHandler
  readonly #scheduler: Scheduler
  #socket: WebSocket | null = null
  #failure: Failure | null = null
  #wasOpen = false
  #retries = 0
  #isClosing = false
  #isOver = false
  /** What waits on the scheduler, each with how to take it back. */
  readonly #timers = new Map<'retry' | 'heartbeat' | 'stable' | 'close', () => void>()

  constructor(options: SessionOptions, handler: SessionHandler, scheduler: Scheduler) {
    this.#options = options
    this.#handler = handler
    this.#scheduler = scheduler
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && !this.#isClosing
  }

  /** Makes the connection; call once. */
  connect(): void {
    const { url, headers, subprotocols, insecure } = this.#options
    this.#failure = null
    this.#wasOpen = false
    const socket = new WebSocket(url, [...subprotocols], {
      headers: collectHeaders(headers),
      rejectUnauthorized: !insecure,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
    })
    this.#socket = socket
    socket.on('open', () => this.#onOpen(socket))
    // Of a run of messages that came in one piece the rest is still told after an end was asked for.
    socket.on('message', (data: Buffer, isBinary) => this.#handler.onMessage(data, isBinary))
    socket.on('pong', (label) => this.#handler.onPong(label.toString()))
    socket.on('unexpected-response', (_request, response) => {
      this.#failure = explainStatus(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure ??= explainFailure(error)
    })
    socket.on('close', (code, reason) => this.#onClose(code, reason.toString()))
  }

  /** Sends one text message; resolves once it has been handed to the system, or the connection was lost. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.isOpen) this.#socket?.send(text, () => resolve())
      else resolve()
    })
  }

  /** Sends a WebSocket ping with a label of at most 125 bytes, which its pong brings back. */
  ping(label: string): void {
    if (this.isOpen) this.#socket?.ping(label)
  }

  /** Closes with 1000; a server that does not answer that is cut. */
  close(): void {
    if (this.#isOver || this.#isClosing) return
    this.#isClosing = true
    const socket = this.#socket
    if (this.#timers.has('retry') || socket === null) {
      this.#finish({ kind: 'closed' })
    } else if (socket.readyState === WebSocket.CONNECTING) {
      socket.terminate()
    } else {
      socket.close(NORMAL)
      this.#after('close', CLOSE_MS, () => socket.terminate())
    }
  }

  /** Ends at once, without a Close frame. */
  cut(): void {
    this.#isClosing = true
    if (this.#timers.has('retry') || this.#socket === null) this.#finish({ kind: 'closed' })
    else this.#socket.terminate()
  }

  #onOpen(socket: WebSocket): void {
    this.#wasOpen = true
    this.#after('stable', STABLE_MS, () => {
      this.#retries = 0
    })
    this.#scheduleHeartbeat()
    this.#handler.onOpen(socket.protocol)
  }

  #scheduleHeartbeat(): void {
    const { heartbeatMs } = this.#options
    if (heartbeatMs === null) return
    this.#after('heartbeat', heartbeatMs, () => {
      this.#scheduleHeartbeat()
      this.#handler.onHeartbeat()
    })
  }

  #onClose(code: number, reason: string): void {
    this.#cancelAll()
    const failure = this.#failure ?? { reason: describeClose(code, reason), isFinal: false }
    const { maxRetries } = this.#options
    if (this.#isClosing) {
      this.#finish({ kind: 'closed' })
    } else if (failure.isFinal) {
      this.#finish({ kind: 'failed', reason: failure.reason })
    } else if (this.#wasOpen && code === NORMAL) {
      this.#finish({ kind: 'server-closed', reason: failure.reason })
    } else if (this.#retries >= maxRetries) {
      this.#finish({ kind: 'failed', reason: `${failure.reason}${describeGivingUp(maxRetries)}` })
    } else {
      this.#retry(failure.reason)
    }
  }

  #retry(reason: string): void {
    const delayMs = 2 ** this.#retries * 1000
    this.#retries++
    this.#after('retry', delayMs, () => this.connect())
    this.#handler.onRetry(reason, delayMs, this.#retries)
  }

  #finish(end: SessionEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelAll()
    this.#handler.onEnd(end)
  }

  #after(name: 'retry' | 'heartbeat' | 'stable' | 'close', ms: number, callback: () => void): void {
    this.#timers.get(name)?.()
    const cancel = this.#scheduler.after(ms, () => {
      this.#timers.delete(name)
      callback()
    })
    this.#timers.set(name, cancel)
  }

  #cancelAll(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }
}

function describeClose(code: number, reason: string): string {
  if (code === 1006) return 'the connection was lost without a Close frame'
  const shown = code === 1005 ? 'no code' : code
  return `the server closed the connection (${shown}${reason === '' ? '' : `, ${reason}`})`
}

function describeGivingUp(maxRetries: number): string {
  if (maxRetries === 0) return ''
  return `; gave up after ${maxRetries === 1 ? 'one retry' : `${maxRetries} retries`}`
}
