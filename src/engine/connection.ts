/** One connection: the only place that opens sockets. Reads into one buffer shared by all connections of a thread. */
import net from 'node:net'
import tls from 'node:tls'
import { getSystemErrorName } from 'node:util'
import type { TlsSettings } from '../plan/plan.ts'
import type { FailureClass } from '../record/failures.ts'
import type { ByteBudget } from '../websocket/byte-budget.ts'
import { FrameReader, type FrameSink } from '../websocket/frame-reader.ts'
import { OPCODE, writeCloseFrame, writeFrame } from '../websocket/frame-writer.ts'
import { checkResponse, findHeadEnd, MAX_HEAD_BYTES, makeKey } from '../websocket/handshake.ts'
import { nowUs } from './clock.ts'
import { directHandle, type TcpHandle, writeDirect, writeFirst } from './direct-writer.ts'
import { hideSent } from './hide-sent.ts'
import type { ConnectionEnd, ConnectionHandler, Dial, Link, ReadLimits } from './link.ts'
import { classifySocketError } from './socket-failure.ts'

/** One secure context for all connections of a thread: making one costs more than a handshake. */
export function createTlsOptions({ insecure, ca, cert, key }: TlsSettings): tls.ConnectionOptions {
  const secureContext = tls.createSecureContext({
    ca: ca ?? undefined,
    cert: cert ?? undefined,
    key: key ?? undefined,
  })
  return { secureContext, rejectUnauthorized: !insecure }
}

type State = 'new' | 'connecting' | 'upgrading' | 'open' | 'closing' | 'ended'

/** Handlers are shared by all sockets, which know their connection: a closure each would cost every connection 0.4 KB. */
const owner = Symbol('connection')
type OwnedSocket = net.Socket & { [owner]?: Connection }

function onRead(this: OwnedSocket, count: number, buffer: Uint8Array): boolean {
  return this[owner]!.onRead(count, buffer as Buffer)
}
function onConnect(this: OwnedSocket): void {
  this[owner]!.onConnect()
}
function onSecureConnect(this: OwnedSocket): void {
  this[owner]!.onSecureConnect()
}
function onError(this: OwnedSocket, error: Error & { code?: string }): void {
  this[owner]!.onError(error)
}
function onFin(this: OwnedSocket): void {
  this[owner]!.onFin()
}
function onClose(this: OwnedSocket): void {
  this[owner]!.onClose()
}

const HTTP_START = Buffer.from('HTTP/')

/** Something else than HTTP is told by its first bytes, without waiting for an end that may never come. */
function isHttpStart(data: Buffer, length: number): boolean {
  const known = Math.min(length, HTTP_START.length)
  return data.compare(HTTP_START, 0, known, 0, known) === 0
}

/** 100 Continue, 103 Early Hints and the like come before the real response (RFC 9110 §15.2). */
function isInterim(data: Buffer): boolean {
  const status = /^HTTP\/\d\.\d (1\d\d)[ \r]/.exec(data.toString('latin1', 0, STATUS_LINE_START))
  return status !== null && status[1] !== '101'
}
/** `HTTP/1.1 100` and what follows. */
const STATUS_LINE_START = 13

export class Connection implements Link, FrameSink {
  // What every message touches comes first, side by side in memory.
  readonly #handler: ConnectionHandler
  #reader: FrameReader | null = null
  #state: State = 'new'
  /** For writing past the stream; null before it is open, over TLS, when it has ended. */
  #handle: TcpHandle | null = null
  /** Bytes that waited in the stream when it was last asked. */
  #inStream = 0
  #socket!: net.Socket

  attemptUs = 0
  tcpUs = 0
  tlsUs = 0
  openUs = 0
  closingUs = 0
  /** The server's choice; empty: none. */
  subprotocol = ''
  readonly #dial: Dial
  readonly #limits: ReadLimits
  readonly #pong: boolean
  readonly #readBuffer: Buffer
  readonly #unfinished: ByteBudget | null
  #key = ''
  /** Start of a response head that came in pieces. */
  #head: Buffer | null = null
  /** Of all interim responses, which may have no end. */
  #interimBytes = 0
  #end: ConnectionEnd | null = null

  /** `unfinished`: for the incomplete messages of all connections of a shard; null: each has its own limit only. */
  constructor(
    dial: Dial,
    handler: ConnectionHandler,
    limits: ReadLimits,
    pong: boolean,
    readBuffer: Buffer,
    unfinished: ByteBudget | null = null,
  ) {
    this.#dial = dial
    this.#handler = handler
    this.#limits = limits
    this.#pong = pong
    this.#readBuffer = readBuffer
    this.#unfinished = unfinished
  }

  get isSecure(): boolean {
    return this.#dial.tls !== null
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get queuedBytes(): number {
    return this.#socket.writableLength + (this.#handle?.writeQueueSize ?? 0)
  }

  open(): void {
    const { address, port, localAddress } = this.#dial
    const onread = { buffer: this.#readBuffer, callback: onRead as net.OnReadOpts['callback'] }
    const options = {
      host: address,
      port,
      noDelay: true,
      onread,
      ...(localAddress === null ? {} : { localAddress }),
    }
    this.#state = 'connecting'
    this.attemptUs = nowUs()
    const secure = this.#dial.tls
    const socket: OwnedSocket =
      secure === null ? net.connect(options) : tls.connect({ ...options, ...secure })
    socket[owner] = this
    this.#socket = socket
    socket.on('connect', onConnect)
    if (secure !== null) socket.on('secureConnect', onSecureConnect)
    socket.on('error', onError)
    socket.on('end', onFin)
    socket.on('close', onClose)
  }

  write(bytes: Buffer): number {
    const handle = this.#handle
    if (handle === null || this.#streamWaits()) return this.#writeStream(bytes)
    const waiting = writeDirect(handle, bytes)
    if (waiting >= 0) return waiting
    this.onError(Object.assign(new Error('write'), { code: getSystemErrorName(waiting) }))
    this.#socket.destroy()
    return 0
  }

  /** Through the stream: what is not a message, and everything where there is no handle. Returns what waits in it. */
  #writeStream(bytes: Buffer): number {
    this.#socket.write(bytes)
    this.#inStream = this.#socket.writableLength
    return this.#inStream
  }

  /** What waits in the stream must stay in front. Asked of the socket only when the last answer was not 0. */
  #streamWaits(): boolean {
    if (this.#inStream > 0) this.#inStream = this.#socket.writableLength
    return this.#inStream > 0
  }

  ping(payload: Buffer): void {
    this.#writeStream(writeFrame(OPCODE.ping, payload))
  }

  close(code = 1000): void {
    if (this.#state !== 'open') return
    this.#startClosing()
    this.#note('closing', 'close-code', String(code))
    this.#socket.write(writeCloseFrame(code))
    this.#socket.resume()
  }

  reset(why: FailureClass, detail: string): void {
    if (this.#socket.destroyed) return
    this.#note(this.#state === 'open' ? 'closing' : this.#when(), why, detail)
    this.#state = 'ended'
    this.#handle = null
    this.#reader?.stop()
    if (this.#dial.tls === null && !this.#socket.connecting) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  pauseReading(): void {
    this.#socket.pause()
  }

  resumeReading(): void {
    this.#socket.resume()
  }

  #startClosing(): void {
    this.#state = 'closing'
    this.#handle = null
    this.closingUs = nowUs()
  }

  #when(): ConnectionEnd['when'] {
    return this.#state === 'open'
      ? 'open'
      : this.#state === 'closing' || this.#state === 'ended'
        ? 'closing'
        : 'connecting'
  }

  /** The first cause counts. */
  #note(when: ConnectionEnd['when'], failure: FailureClass, detail: string): void {
    this.#end ??= { when, class: failure, detail }
  }

  // ---- socket events: called by the shared handlers above only

  onConnect(): void {
    this.tcpUs = nowUs()
    if (this.#dial.tls === null) this.#sendRequest()
  }

  onSecureConnect(): void {
    this.tlsUs = nowUs()
    this.#sendRequest()
  }

  #sendRequest(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'upgrading'
    this.#key = makeKey()
    const request = `${this.#dial.requestHead}${this.#key}\r\n\r\n`
    if (this.#dial.tls === null) writeFirst(this.#socket, request)
    else this.#socket.write(request, 'utf8')
  }

  onRead(count: number, buffer: Buffer): boolean {
    this.#handler.onBytes(count)
    const reader = this.#reader
    if (reader !== null) this.#readFrames(reader, buffer, 0, count)
    else if (this.#state === 'upgrading') this.#readHead(buffer, count)
    return true
  }

  #readFrames(reader: FrameReader, data: Buffer, start: number, end: number): void {
    const fault = reader.read(data, start, end)
    if (fault === null || this.#state === 'ended') return
    if (this.#state === 'closing') {
      // One Close frame is all that may be sent (§5.5.1).
      this.#socket.destroySoon()
      return
    }
    const failure =
      fault.closeCode === 1009 ? 'too-large' : fault.closeCode === 1007 ? 'not-utf8' : 'protocol'
    this.#note(this.#when(), failure, fault.reason)
    this.#startClosing()
    this.#socket.write(writeCloseFrame(fault.closeCode))
    this.#socket.destroySoon()
  }

  #readHead(buffer: Buffer, count: number): void {
    const known = this.#head?.length ?? 0
    const data = this.#head === null ? buffer : Buffer.concat([this.#head, buffer.subarray(0, count)])
    const length = known + count
    if (!isHttpStart(data, length)) {
      this.#refuse('upgrade-invalid', 'not an HTTP response')
      return
    }
    const end = findHeadEnd(data, Math.max(0, known - 3), length)
    if (end === -1 && length <= MAX_HEAD_BYTES) {
      this.#head = this.#head === null ? Buffer.from(buffer.subarray(0, count)) : data
      return
    }
    this.#head = null
    if (end === -1 || end > MAX_HEAD_BYTES) {
      this.#refuse('upgrade-invalid', `response head over ${MAX_HEAD_BYTES} bytes`)
      return
    }
    if (isInterim(data)) {
      this.#interimBytes += end
      if (this.#interimBytes > MAX_HEAD_BYTES) {
        this.#refuse('upgrade-invalid', `interim responses over ${MAX_HEAD_BYTES} bytes`)
        return
      }
      const rest = data.subarray(end, length)
      if (rest.length > 0) this.#readHead(rest, rest.length)
      return
    }
    const verdict = checkResponse(data.toString('latin1', 0, end), this.#key, this.#dial.subprotocols)
    if (!verdict.ok) {
      this.#refuse(verdict.class, hideSent(verdict.detail, this.#dial))
      return
    }
    this.openUs = nowUs()
    this.subprotocol = verdict.subprotocol
    this.#state = 'open'
    this.#key = ''
    if (this.#dial.tls === null) this.#handle = directHandle(this.#socket)
    const { maxMessageBytes, checkUtf8 } = this.#limits
    this.#reader = new FrameReader(this, maxMessageBytes, checkUtf8, this.#unfinished)
    this.#handler.onOpen()
    if (end < length) this.#readFrames(this.#reader, data, end, length)
  }

  #refuse(failure: FailureClass, detail: string): void {
    this.#note('connecting', failure, detail)
    this.#state = 'ended'
    this.#socket.destroy()
  }

  onMessage(opcode: number, data: Buffer, start: number, end: number): void {
    this.#handler.onMessage(opcode, data, start, end)
  }

  onControl(opcode: number, data: Buffer, start: number, end: number): void {
    if (opcode === OPCODE.ping) {
      // Having said that we go, we answer no ping, and count none.
      if (this.#state !== 'open') return
      const answers = this.#pong && this.queuedBytes <= this.#limits.maxQueuedBytes
      if (answers) this.#writeStream(writeFrame(OPCODE.pong, data.subarray(start, end)))
      this.#handler.onPing(answers)
    } else if (opcode === OPCODE.pong) {
      this.#handler.onPong?.(data, start, end)
    } else if (opcode === OPCODE.close) {
      this.#reader?.stop()
      if (this.#state !== 'open') return
      const code = end - start >= 2 ? data.readUInt16BE(start) : null
      this.#note('open', 'close-code', code === null ? '1005' : String(code))
      this.#startClosing()
      this.#socket.write(writeCloseFrame(code))
    }
  }

  onFin(): void {
    if (this.#state === 'open') this.#note('open', 'closed-without-close-frame', '1006')
    else if (this.#state !== 'closing') this.#note('connecting', 'closed-in-handshake', 'FIN')
  }

  onError(error: Error & { code?: string }): void {
    const found = classifySocketError(error)
    const inHandshake = this.#state === 'upgrading' && found.class === 'reset'
    this.#note(
      this.#when(),
      inHandshake ? 'closed-in-handshake' : found.class,
      inHandshake ? 'RST' : found.detail,
    )
  }

  onClose(): void {
    this.#note(this.#when(), 'closed-without-close-frame', '1006')
    this.#state = 'ended'
    this.#handle = null
    this.#reader?.stop()
    this.#handler.onEnd(this.#end!)
  }
}
