/** RFC 6455 §5: frames from a client, always masked. */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/**
 * The masking key of every frame. Constant, so that bytes of a prebuilt frame can be patched in place; not zero,
 * because servers skip unmasking then and would look cheaper than they are. (§5.3 asks for unpredictable keys to
 * protect intermediaries from hostile scripts; a load tool sends its own text.)
 */
const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)

/** Bytes in front of a masked payload of that length. */
export function headerBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 6 : payloadBytes < 65_536 ? 8 : 14
}

/** A whole, final, masked frame in one buffer of its own. */
export function writeFrame(opcode: number, payload: Uint8Array): Buffer {
  const length = payload.length
  const header = headerBytes(length)
  const frame = Buffer.allocUnsafeSlow(header + length)
  frame[0] = 0x80 | opcode
  if (header === 6) {
    frame[1] = 0x80 | length
  } else if (header === 8) {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 0x80 | 127
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2)
    frame.writeUInt32BE(length >>> 0, 6)
  }
  frame.set(MASK, header - 4)
  for (let i = 0; i < length; i++) frame[header + i] = payload[i]! ^ MASK[i & 3]!
  return frame
}

/** Overwrites one payload byte of a frame made by writeFrame. `at` counts from the payload's start. */
export function patchByte(frame: Buffer, header: number, at: number, byte: number): void {
  frame[header + at] = byte ^ MASK[at & 3]!
}

/** A Close frame (§5.5.1); without a code its payload is empty. */
export function writeCloseFrame(code: number | null): Buffer {
  return writeFrame(OPCODE.close, code === null ? new Uint8Array(0) : Uint8Array.of(code >> 8, code & 255))
}
