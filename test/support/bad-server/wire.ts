/** The least WebSocket wire code a server needs (RFC 6455), written apart from src/websocket so that neither can hide the other's mistakes. */
import { createHash } from 'node:crypto'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export interface Frame {
  fin: boolean
  /** The three reserved bits, 0..7. */
  reserved: number
  opcode: number
  masked: boolean
  payload: Buffer
}

export interface FrameToSend {
  payload?: Buffer | string
  opcode?: number
  fin?: boolean
  reserved?: number
  masked?: boolean
  /** Announce this length instead of the payload's. */
  announce?: bigint
  /** Use at least this form of the length field; the shortest that fits otherwise. */
  lengthBits?: 7 | 16 | 64
}

export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64')
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const payload = Buffer.from(frame.payload ?? '')
  const length = frame.announce ?? BigInt(payload.length)
  const least = frame.lengthBits ?? 7
  const bits = length > 65_535n || least === 64 ? 64 : length > 125n || least === 16 ? 16 : 7
  const field = Buffer.alloc(bits === 7 ? 0 : bits / 8)
  if (bits === 16) field.writeUInt16BE(Number(length))
  if (bits === 64) field.writeBigUInt64BE(length)
  const maskBit = frame.masked ? 0x80 : 0
  const first = ((frame.fin ?? true) ? 0x80 : 0) | ((frame.reserved ?? 0) << 4) | (frame.opcode ?? 1)
  const second = maskBit | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127)
  const mask = frame.masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0)
  const body = frame.masked ? payload.map((byte, index) => byte ^ mask[index & 3]!) : payload
  return Buffer.concat([Buffer.from([first, second]), field, mask, body])
}

export function encodeClose(code: number | null, reason = ''): Buffer {
  if (code === null) return Buffer.alloc(0)
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason))
  payload.writeUInt16BE(code)
  payload.write(reason, 2)
  return payload
}

/** Returns a function that takes chunks and calls `onFrame` with every whole, unmasked frame. */
export function createFrameDecoder(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const frame = takeFrame(rest)
      if (frame === null) return
      rest = rest.subarray(frame.size)
      onFrame(frame)
    }
  }
}

function takeFrame(bytes: Buffer): (Frame & { size: number }) | null {
  if (bytes.length < 2) return null
  const [first, second] = [bytes[0]!, bytes[1]!]
  const masked = (second & 0x80) !== 0
  let length = second & 0x7f
  const field = length === 126 ? 2 : length === 127 ? 8 : 0
  const start = 2 + field + (masked ? 4 : 0)
  if (bytes.length < start) return null
  if (field === 2) length = bytes.readUInt16BE(2)
  if (field === 8) length = Number(bytes.readBigUInt64BE(2))
  if (bytes.length < start + length) return null
  const payload = Buffer.from(bytes.subarray(start, start + length))
  if (masked) for (let i = 0; i < length; i++) payload[i]! ^= bytes[start - 4 + (i & 3)]!
  const fin = (first & 0x80) !== 0
  return { fin, reserved: (first >> 4) & 7, opcode: first & 15, masked, payload, size: start + length }
}
