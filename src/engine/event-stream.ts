/**
 * Server-sent events: a GET whose response does not end (HTML Standard §9.2). Each event is a message. When the server
 * ends the stream it is taken up again with Last-Event-ID, as a browser does.
 */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import net from 'node:net'
import tls from 'node:tls'
import type { FailureClass } from '../record/failures.ts'
import { OPCODE } from '../websocket/frame-writer.ts'
import { nowUs } from './clock.ts'
import { EventReader, type EventSink, type StreamMemory } from './event-reader.ts'
import { checkEventStream, EVENT_STREAM } from './event-stream-response.ts'
import { hideSent } from './hide-sent.ts'
import type { ConnectionEnd, ConnectionHandler, Dial, Link, ReadLimits } from './link.ts'
import { classifySocketError } from './socket-failure.ts'

const MAX_TRIES = 5
const MAX_DELAY_MS = 30_000
/** A server that ends each stream at once, and asks for no delay, must not make a storm of it. */
const MIN_DELAY_MS = 10
const DEFAULT_RETRY_MS = 1000
/** For a try to reconnect; of the first attempt the client keeps the time. */
const TRY_TIMEOUT_MS = 10_000

/** Before the next try, after so many in vain: the server's `retry:` (null: 1 s), doubled each time; 10 ms at least, 30 s at most. */
export function reconnectDelayMs(retryMs: number | null, failedTries: number): number {
  const least = Math.max(MIN_DELAY_MS, retryMs ?? DEFAULT_RETRY_MS)
  return Math.min(MAX_DELAY_MS, least * 2 ** failedTries)
}

/** `waiting`: for the next try. */
type State = 'connecting' | 'open' | 'waiting' | 'closing' | 'ended'

export class EventStream implements Link, EventSink {
  attemptUs = 0
  tcpUs = 0
  tlsUs = 0
  openUs = 0
  closingUs = 0
  readonly #dial: Dial
  readonly #handler: ConnectionHandler
  readonly #limits: ReadLimits
  readonly #memory: StreamMemory = { lastEventId: '', retryMs: null }
  #state: State = 'connecting'
  #request: ClientRequest | null = null
  #response: IncomingMessage | null = null
  #reader: EventReader | null = null
  #socket: net.Socket | null = null
  /** Of this socket, already told to the handler. */
  #bytesRead = 0
  /** Why the present attempt failed; the first cause counts. */
  #failure: Omit<ConnectionEnd, 'when'> | null = null
  /** No further try. */
  #isFinal = false
  #isPaused = false
  #failedTries = 0
  /** When the stream was lost. */
  #lostUs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(dial: Dial, handler: ConnectionHandler, limits: ReadLimits) {
    this.#dial = dial
    this.#handler = handler
    this.#limits = limits
  }

  get isSecure(): boolean {
    return this.#dial.tls !== null
  }

  /** False between two attempts. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get queuedBytes(): number {
    return 0
  }

  open(): void {
    this.attemptUs = nowUs()
    this.#try()
  }

  write(): never {
    throw new Error('an event stream takes no messages')
  }

  ping(): never {
    throw new Error('an event stream takes no pings')
  }

  close(): void {
    this.reset('close-code', 'closed by us')
  }

  /** HTTP has no closing handshake: the socket is destroyed, and the end is told when it is gone. */
  reset(why: FailureClass, detail: string): void {
    if (this.#state === 'ended' || this.#state === 'closing') return
    const hasSocket = this.#state !== 'waiting'
    clearTimeout(this.#timer)
    this.#state = 'closing'
    this.closingUs = nowUs()
    this.#failure = { class: why, detail }
    this.#reader?.stop()
    if (hasSocket) this.#request?.destroy()
    else queueMicrotask(() => this.#finish('closing'))
  }

  pauseReading(): void {
    this.#isPaused = true
    this.#response?.pause()
  }

  resumeReading(): void {
    this.#isPaused = false
    this.#response?.resume()
  }

  // ---- one attempt

  #try(): void {
    const { address, port, path } = this.#dial
    this.#failure = null
    this.#bytesRead = 0
    const attempt = request({
      host: address,
      port,
      path,
      headers: this.#headers(),
      createConnection: () => this.#connect(),
    })
    this.#request = attempt
    attempt.on('response', (response) => this.#onResponse(response))
    attempt.on('error', (error) => this.#onError(error))
    attempt.on('close', () => this.#onAttemptOver())
    attempt.end()
  }

  #connect(): net.Socket {
    const { address, port, localAddress } = this.#dial
    const options = { host: address, port, noDelay: true, ...(localAddress === null ? {} : { localAddress }) }
    const secure = this.#dial.tls
    const socket = secure === null ? net.connect(options) : tls.connect({ ...options, ...secure })
    if (this.openUs === 0) {
      socket.on('connect', () => {
        this.tcpUs = nowUs()
      })
      socket.on('secureConnect', () => {
        this.tlsUs = nowUs()
      })
    }
    this.#socket = socket
    return socket
  }

  /** Names and values in turn. */
  #headers(): string[] {
    const { host, headers } = this.#dial
    const own = new Set(headers.map(([name]) => name.toLowerCase()))
    const standard = [
      ['Host', host],
      ['Accept', EVENT_STREAM],
      ['Cache-Control', 'no-store'],
    ].filter(([name]) => !own.has(name!.toLowerCase()))
    // The header is UTF-8; node:http writes latin1.
    const id = Buffer.from(this.#memory.lastEventId).toString('latin1')
    return [...standard, ...headers, ...(id === '' ? [] : [['Last-Event-ID', id]])].flat()
  }

  #onResponse(response: IncomingMessage): void {
    this.#countBytes()
    response.on('error', (error) => this.#onError(error))
    const refusal = checkEventStream(response)
    if (refusal !== null) {
      this.#failure ??= { ...refusal, detail: hideSent(refusal.detail, this.#dial) }
      this.#isFinal = response.statusCode === 204
      this.#request?.destroy()
      return
    }
    clearTimeout(this.#timer)
    this.#state = 'open'
    this.#failedTries = 0
    this.#response = response
    const reader = new EventReader(this, this.#memory, this.#limits.maxMessageBytes)
    this.#reader = reader
    response.on('data', (chunk: Buffer) => {
      this.#countBytes()
      reader.read(chunk)
    })
    if (this.openUs === 0) {
      this.openUs = nowUs()
      this.#handler.onOpen()
    } else {
      this.#handler.onReconnect?.(nowUs() - this.#lostUs)
    }
    if (this.#isPaused) response.pause()
  }

  #countBytes(): void {
    const { bytesRead } = this.#socket!
    if (bytesRead > this.#bytesRead) this.#handler.onBytes(bytesRead - this.#bytesRead)
    this.#bytesRead = bytesRead
  }

  onEvent(data: Buffer): void {
    this.#handler.onMessage(OPCODE.text, data, 0, data.length)
  }

  onComment(): void {
    this.#handler.onComment?.()
  }

  onTooLarge(): void {
    this.#failure ??= { class: 'too-large', detail: `event over ${this.#limits.maxMessageBytes} bytes` }
    this.#isFinal = true
    this.#request?.destroy()
  }

  #onError(error: Error & { code?: string }): void {
    if (error.code?.startsWith('HPE_')) {
      const failure = this.#state === 'open' ? 'protocol' : 'upgrade-invalid'
      this.#failure ??= { class: failure, detail: error.code }
      return
    }
    const found = classifySocketError(error)
    const inHandshake = found.class === 'reset' && this.#state === 'connecting' && this.#wasAsked()
    // node:http gives a FIN in place of the response the code of a reset.
    const how = error.message === 'socket hang up' ? 'FIN' : 'RST'
    this.#failure ??= inHandshake ? { class: 'closed-in-handshake', detail: how } : found
  }

  /** TCP stands, and TLS where there is one: the request is on its way. */
  #wasAsked(): boolean {
    return this.isSecure ? this.tlsUs > 0 : this.tcpUs > 0
  }

  // ---- between two attempts

  #onAttemptOver(): void {
    clearTimeout(this.#timer)
    this.#reader?.stop()
    this.#reader = null
    this.#response = null
    if (this.openUs === 0) {
      this.#finish('connecting')
      return
    }
    if (this.#state === 'closing') {
      this.#finish('closing')
      return
    }
    if (this.#state === 'open') this.#lostUs = nowUs()
    else this.#failedTries++
    if (this.#isFinal || this.#failedTries >= MAX_TRIES) {
      this.#finish('open')
      return
    }
    this.#state = 'waiting'
    const delayMs = reconnectDelayMs(this.#memory.retryMs, this.#failedTries)
    this.#timer = setTimeout(() => this.#tryAgain(), delayMs)
  }

  #tryAgain(): void {
    this.#state = 'connecting'
    this.#timer = setTimeout(() => {
      this.#failure ??= { class: 'connect-timeout', detail: 'timeout' }
      this.#request?.destroy()
    }, TRY_TIMEOUT_MS)
    this.#try()
  }

  #finish(when: ConnectionEnd['when']): void {
    this.#state = 'ended'
    const why = this.#failure ?? { class: 'closed-without-close-frame', detail: 'FIN' }
    this.#handler.onEnd({ when, ...why })
  }
}
