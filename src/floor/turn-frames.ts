/** RFC 6455 §5, as little of it as our own generator needs in order to get its frames back. */
import { OPCODE } from '../websocket/frame-writer.ts'

/** What became of the bytes of one read. */
export interface Turned {
  /** Bytes written to `out`. */
  sendBytes: number
  /** Where the first frame begins that is not whole yet. */
  restFrom: number
  /** `close`: a Close frame, answered; `fault`: a frame that this does not speak. Nothing behind either is read. */
  outcome: 'more' | 'close' | 'fault'
}

/**
 * Turns the whole frames in data[from..end) into a server's frames in `out`, which needs end − from bytes: a reply is
 * shorter than its message. `turned` is filled in, so that nothing is allocated for a message.
 * Final, masked frames under 64 KiB only: the generator sends no others here.
 */
export function turnFrames(
  data: Uint8Array,
  from: number,
  end: number,
  out: Uint8Array,
  turned: Turned,
): void {
  let at = from
  let to = 0
  turned.outcome = 'more'
  while (end - at >= 6 && turned.outcome === 'more') {
    const first = data[at]!
    const second = data[at + 1]!
    if ((first & 0xf0) !== 0x80 || second < 0x80 || second === 0xff) {
      turned.outcome = 'fault'
      break
    }
    const isShort = second < 0xfe
    const length = isShort ? second & 0x7f : (data[at + 2]! << 8) | data[at + 3]!
    const payload = at + (isShort ? 6 : 8)
    if (payload + length > end) break
    const opcode = first & 0x0f
    if (opcode !== OPCODE.pong) {
      out[to++] = opcode === OPCODE.ping ? 0x80 | OPCODE.pong : first
      out[to++] = second & 0x7f
      if (!isShort) {
        out[to++] = length >> 8
        out[to++] = length & 0xff
      }
      for (let i = 0; i < length; i++) out[to + i] = data[payload + i]! ^ data[payload - 4 + (i & 3)]!
      to += length
    }
    at = payload + length
    if (opcode === OPCODE.close) turned.outcome = 'close'
  }
  turned.sendBytes = to
  turned.restFrom = at
}
