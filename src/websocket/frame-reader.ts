/** RFC 6455 §5: frames from a server. Knows no socket and no clock; the caller gives it bytes as they come. */
import { isUtf8 } from 'node:buffer'
import type { ByteBudget } from './byte-budget.ts'
import { OPCODE } from './frame-writer.ts'

/** Why the server's bytes cannot be read on: the close code of §7.4.1 to answer with, and words. */
export interface ProtocolFault {
  readonly closeCode: 1002 | 1007 | 1009
  readonly reason: string
}

/** Receives what was read. `data` is only valid during the call: it is the socket's own read buffer. */
export interface FrameSink {
  onMessage(opcode: number, data: Buffer, start: number, end: number): void
  /** Close, ping or pong; a close payload has been checked. */
  onControl(opcode: number, data: Buffer, start: number, end: number): void
}

const fault = (closeCode: ProtocolFault['closeCode'], reason: string): ProtocolFault => ({
  closeCode,
  reason,
})
const FAULT = {
  reserved: fault(1002, 'reserved bits set'),
  opcode: fault(1002, 'reserved opcode'),
  masked: fault(1002, 'masked frame from the server'),
  continuation: fault(1002, 'continuation without a message'),
  interrupted: fault(1002, 'new message inside a fragmented one'),
  controlFin: fault(1002, 'fragmented control frame'),
  controlLength: fault(1002, 'control frame over 125 bytes'),
  closeLength: fault(1002, 'close frame of one byte'),
  closeCode: fault(1002, 'close code that may not be sent'),
  utf8: fault(1007, 'text is not UTF-8'),
  size: fault(1009, 'message over the size limit'),
  budget: fault(1009, 'unfinished messages over the limit of all connections'),
}

const NOTHING = Buffer.alloc(0)

export class FrameReader {
  readonly #sink: FrameSink
  readonly #maxMessageBytes: number
  readonly #checkUtf8: boolean
  /** Shared with other readers; it holds the size of #message. Null: no limit but this reader's own. */
  readonly #budget: ByteBudget | null
  /** Start of a frame whose header, or control payload, has not all come: under 136 bytes. */
  #stash: Buffer | null = null
  /** Bytes of the current data frame still to come. */
  #remaining = 0
  #final = false
  /** Of the message under way; 0: none. */
  #opcode = 0
  /** Collected bytes of a message that came in more than one piece; grows with what came, not with what was announced. */
  #message = NOTHING
  #collected = 0
  #stopped = false

  constructor(
    sink: FrameSink,
    maxMessageBytes: number,
    checkUtf8: boolean,
    budget: ByteBudget | null = null,
  ) {
    this.#sink = sink
    this.#maxMessageBytes = maxMessageBytes
    this.#checkUtf8 = checkUtf8
    this.#budget = budget
  }

  /** Ignores everything from here on, also the rest of bytes being read. */
  stop(): void {
    this.#stopped = true
    this.#release()
  }

  /** Reads data[start, end). Returns the first fault, after which the reader is stopped. */
  read(data: Buffer, start: number, end: number): ProtocolFault | null {
    let bytes = data
    let at = start
    let until = end
    if (this.#stash !== null) {
      bytes = Buffer.concat([this.#stash, data.subarray(start, end)])
      at = 0
      until = bytes.length
      this.#stash = null
    }
    while (at < until && !this.#stopped) {
      if (this.#remaining > 0) {
        const stop = Math.min(until, at + this.#remaining)
        this.#remaining -= stop - at
        if (!this.#collect(bytes, at, stop)) return this.#fail(FAULT.budget)
        at = stop
        if (this.#remaining > 0) break
        const found = this.#final ? this.#finish() : null
        if (found !== null) return this.#fail(found)
        continue
      }
      if (until - at < 2) return this.#keep(bytes, at, until)
      const first = bytes[at]!
      const second = bytes[at + 1]!
      const opcode = first & 15
      const final = first > 127
      if ((first & 0x70) !== 0) return this.#fail(FAULT.reserved)
      if (second > 127) return this.#fail(FAULT.masked)
      if (opcode > 7) {
        if (opcode > OPCODE.pong) return this.#fail(FAULT.opcode)
        if (!final) return this.#fail(FAULT.controlFin)
        if (second > 125) return this.#fail(FAULT.controlLength)
        const payload = at + 2
        if (until - payload < second) return this.#keep(bytes, at, until)
        at = payload + second
        const found = opcode === OPCODE.close ? checkClose(bytes, payload, at) : null
        if (found !== null) return this.#fail(found)
        this.#sink.onControl(opcode, bytes, payload, at)
        continue
      }
      if (opcode > 2) return this.#fail(FAULT.opcode)
      if (opcode === OPCODE.continuation) {
        if (this.#opcode === 0) return this.#fail(FAULT.continuation)
      } else if (this.#opcode !== 0) {
        return this.#fail(FAULT.interrupted)
      }
      let length = second
      let payload = at + 2
      if (second === 126) {
        if (until - at < 4) return this.#keep(bytes, at, until)
        length = (bytes[at + 2]! << 8) | bytes[at + 3]!
        payload = at + 4
      } else if (second === 127) {
        if (until - at < 10) return this.#keep(bytes, at, until)
        length = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6)
        payload = at + 10
      }
      if (length > this.#maxMessageBytes - this.#collected) return this.#fail(FAULT.size)
      if (final && opcode !== 0 && until - payload >= length) {
        at = payload + length
        if (this.#checkUtf8 && opcode === OPCODE.text && !isUtf8(bytes.subarray(payload, at))) {
          return this.#fail(FAULT.utf8)
        }
        this.#sink.onMessage(opcode, bytes, payload, at)
        continue
      }
      if (opcode !== 0) this.#opcode = opcode
      this.#final = final
      this.#remaining = length
      at = payload
      if (length === 0 && final) {
        const found = this.#finish()
        if (found !== null) return this.#fail(found)
      }
    }
    return null
  }

  #keep(bytes: Buffer, from: number, to: number): null {
    this.#stash = Buffer.from(bytes.subarray(from, to))
    return null
  }

  #fail(found: ProtocolFault): ProtocolFault {
    this.stop()
    return found
  }

  /** Lets go of the collected bytes; also called when there are none. */
  #release(): void {
    this.#budget?.giveBack(this.#message.length)
    this.#message = NOTHING
  }

  /** False: the budget is spent. */
  #collect(bytes: Buffer, from: number, to: number): boolean {
    const needed = this.#collected + to - from
    if (this.#message.length < needed) {
      const wanted = this.#final ? needed + this.#remaining : 2 * needed
      const size = Math.max(needed, Math.min(wanted, 2 * needed, this.#maxMessageBytes))
      if (this.#budget?.take(size - this.#message.length) === false) return false
      const grown = Buffer.allocUnsafeSlow(size)
      this.#message.copy(grown, 0, 0, this.#collected)
      this.#message = grown
    }
    bytes.copy(this.#message, this.#collected, from, to)
    this.#collected = needed
    return true
  }

  #finish(): ProtocolFault | null {
    const opcode = this.#opcode
    const message = this.#message
    const length = this.#collected
    this.#opcode = 0
    this.#collected = 0
    this.#release()
    if (this.#checkUtf8 && opcode === OPCODE.text && !isUtf8(message.subarray(0, length))) return FAULT.utf8
    this.#sink.onMessage(opcode, message, 0, length)
    return null
  }
}

function checkClose(data: Buffer, start: number, end: number): ProtocolFault | null {
  if (end === start) return null
  if (end - start === 1) return FAULT.closeLength
  if (!isSendableCloseCode(data.readUInt16BE(start))) return FAULT.closeCode
  return isUtf8(data.subarray(start + 2, end)) ? null : FAULT.utf8
}

/** §7.4: 1004 to 1006 and 1015 never stand in a frame; 3000 to 4999 are for libraries and applications. */
export function isSendableCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999)
}
