/** The least WebSocket server code (RFC 6455) that the truth servers need: nothing of src/ or of the ws package is in it. */
import { createHash } from 'node:crypto'

export const OPCODE = { text: 1, close: 8, ping: 9 }

/** The 101 that answers these request lines. */
export function acceptance(head) {
  const key = /^sec-websocket-key:\s*(\S+)\s*$/im.exec(head)?.[1] ?? ''
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

/** An unmasked frame of up to 65,535 bytes. */
export function encodeFrame(opcode, payload) {
  const length = payload.length
  const head = length < 126 ? [0x80 | opcode, length] : [0x80 | opcode, 126, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), payload])
}

/** Of a Close frame; null: without a code. */
export function encodeCode(code) {
  return code === null ? Buffer.alloc(0) : Buffer.from([code >> 8, code & 255])
}

/**
 * Takes one whole frame off the front: `{ opcode, payload, size }`, the payload unmasked; null when more bytes are needed.
 * The generator's messages are neither fragmented nor longer than 65,535 bytes.
 */
export function takeFrame(bytes) {
  if (bytes.length < 6) return null
  const short = bytes[1] & 0x7f
  const start = short === 126 ? 8 : 6
  if (bytes.length < start) return null
  const length = short === 126 ? bytes.readUInt16BE(2) : short
  if (bytes.length < start + length) return null
  const payload = Buffer.from(bytes.subarray(start, start + length))
  for (let i = 0; i < length; i++) payload[i] ^= bytes[start - 4 + (i & 3)]
  return { opcode: bytes[0] & 15, payload, size: start + length }
}
