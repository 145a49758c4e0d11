/** The engine for compressed runs: ws with its permessage-deflate. Several times dearer than Connection, and said so in the report. */
import net from 'node:net'
import tls from 'node:tls'
import { type RawData, WebSocket } from 'ws'
import type { FailureClass } from '../record/failures.ts'
import { OPCODE } from '../websocket/frame-writer.ts'
import { shortenLocation } from '../websocket/handshake.ts'
import { nowUs } from './clock.ts'
import { hideSent } from './hide-sent.ts'
import type { ConnectionEnd, ConnectionHandler, Dial, Link, ReadLimits } from './link.ts'
import { classifySocketError } from './socket-failure.ts'

/** What ws calls a message over the limit, a length of over 53 bits, and one in more than 16,384 fragments. */
const TOO_LARGE: ReadonlySet<string> = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
  'WS_ERR_TOO_MANY_BUFFERED_PARTS',
])

export class CompressedConnection implements Link {
  attemptUs = 0
  tcpUs = 0
  tlsUs = 0
  openUs = 0
  readonly #dial: Dial
  readonly #handler: ConnectionHandler
  readonly #limits: ReadLimits
  readonly #pong: boolean
  readonly #binary: boolean
  #socket: net.Socket | null = null
  #ws: WebSocket | null = null
  #bytesRead = 0
  #closingUs = 0
  /** The end was asked for here, and not by the server or its faults. */
  #endedByUs = false
  #end: ConnectionEnd | null = null
  #over = false

  constructor(dial: Dial, handler: ConnectionHandler, limits: ReadLimits, pong: boolean, binary: boolean) {
    this.#dial = dial
    this.#handler = handler
    this.#limits = limits
    this.#pong = pong
    this.#binary = binary
  }

  get isSecure(): boolean {
    return this.#dial.tls !== null
  }

  get isOpen(): boolean {
    return this.#ws?.readyState === WebSocket.OPEN
  }

  get queuedBytes(): number {
    return this.#ws?.bufferedAmount ?? 0
  }

  /** ws tells nobody that it begins to close, after the server's Close frame or an illegal one, and then waits 30 s for the end. */
  get closingUs(): number {
    if (this.#closingUs === 0 && this.#ws?.readyState === WebSocket.CLOSING) this.#closingUs = nowUs()
    return this.#closingUs
  }

  open(): void {
    const { host, path, headers, subprotocols } = this.#dial
    this.attemptUs = nowUs()
    const scheme = this.#dial.tls === null ? 'ws' : 'wss'
    const ws = new WebSocket(`${scheme}://${host}${path}`, [...subprotocols], {
      headers: groupByName(headers),
      perMessageDeflate: true,
      skipUTF8Validation: !this.#limits.checkUtf8,
      maxPayload: this.#limits.maxMessageBytes,
      // Its own pongs have no bound: they would pile up for a server that pings and does not read.
      autoPong: false,
      createConnection: () => this.#connect(),
    })
    this.#ws = ws
    ws.on('open', () => {
      this.openUs = nowUs()
      this.#handler.onOpen()
    })
    ws.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data as Buffer, isBinary))
    ws.on('ping', (data) => {
      this.#countBytes()
      const answers = this.#pong && this.isOpen && this.queuedBytes <= this.#limits.maxQueuedBytes
      if (answers) ws.pong(data)
      this.#handler.onPing(answers)
    })
    ws.on('pong', (data) => {
      this.#countBytes()
      this.#handler.onPong?.(data, 0, data.length)
    })
    ws.on('unexpected-response', (_request, response) => {
      const { statusCode = 0, headers } = response
      const to =
        statusCode < 300 || statusCode > 399 || headers.location === undefined
          ? ''
          : ` -> ${shortenLocation(headers.location)}`
      this.#note('upgrade-status', hideSent(`${statusCode}${to}`, this.#dial))
      this.#socket?.destroy()
      this.#finish()
    })
    ws.on('error', (error) => this.#onError(error))
    ws.on('close', (code: number) => {
      if (code === 1006) this.#note('closed-without-close-frame', '1006')
      else this.#note('close-code', String(code))
      this.#finish()
    })
  }

  write(bytes: Buffer, binary = this.#binary): number {
    // ws compresses later, and the caller patches these bytes for its next message.
    this.#ws?.send(Buffer.from(bytes), { binary })
    return this.queuedBytes
  }

  ping(payload: Buffer): void {
    this.#ws?.ping(payload)
  }

  close(code = 1000): void {
    if (!this.isOpen) return
    this.#endedByUs = true
    this.#ws!.close(code)
  }

  reset(why: FailureClass, detail: string): void {
    if (this.#over) return
    // What the server began has a cause of its own, which the end will tell.
    if (this.openUs === 0) this.#note(why, detail)
    else if (this.isOpen || this.#endedByUs) {
      this.#endedByUs = true
      this.#note(why, detail)
    }
    this.#ws?.terminate()
  }

  pauseReading(): void {
    this.#ws?.pause()
  }

  resumeReading(): void {
    this.#ws?.resume()
  }

  #connect(): net.Socket {
    const { address, port, localAddress } = this.#dial
    const options = { host: address, port, noDelay: true, ...(localAddress === null ? {} : { localAddress }) }
    const secure = this.#dial.tls
    const socket = secure === null ? net.connect(options) : tls.connect({ ...options, ...secure })
    socket.on('connect', () => {
      this.tcpUs = nowUs()
    })
    socket.on('secureConnect', () => {
      this.tlsUs = nowUs()
    })
    // ws tells of errors before it is open only.
    socket.on('error', (error) => {
      if (this.openUs > 0) this.#onError(error)
    })
    this.#socket = socket
    return socket
  }

  #countBytes(): void {
    const read = this.#socket?.bytesRead ?? 0
    this.#handler.onBytes(read - this.#bytesRead)
    this.#bytesRead = read
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.#countBytes()
    this.#handler.onMessage(isBinary ? OPCODE.binary : OPCODE.text, data, 0, data.length)
  }

  #onError(error: Error & { code?: string }): void {
    const code = error.code ?? ''
    if (TOO_LARGE.has(code)) this.#note('too-large', code)
    else if (code === 'WS_ERR_INVALID_UTF8') this.#note('not-utf8', code)
    else if (code.startsWith('WS_ERR') || code.startsWith('Z_')) this.#note('protocol', code)
    else if (code.startsWith('HPE_')) this.#note('upgrade-invalid', code)
    else if (code === '' && this.openUs === 0) this.#note('upgrade-invalid', error.message)
    else {
      const found = classifySocketError(error)
      const asked = this.#dial.tls === null ? this.tcpUs > 0 : this.tlsUs > 0
      // node:http gives a FIN in place of the response the code of a reset.
      if (found.class === 'reset' && asked && this.openUs === 0)
        this.#note('closed-in-handshake', error.message === 'socket hang up' ? 'FIN' : 'RST')
      else this.#note(found.class, found.detail)
    }
  }

  /** The first cause counts. */
  #note(failure: FailureClass, detail: string): void {
    const when = this.openUs === 0 ? 'connecting' : this.#endedByUs ? 'closing' : 'open'
    this.#end ??= { when, class: failure, detail }
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#note('closed-without-close-frame', '1006')
    this.#handler.onEnd(this.#end!)
  }
}

/** A header that is given twice is sent twice. */
function groupByName(headers: Dial['headers']): Record<string, string | string[]> {
  const groups: Record<string, string | string[]> = {}
  for (const [name, value] of headers) {
    const before = groups[name]
    groups[name] = before === undefined ? value : [before, value].flat()
  }
  return groups
}
