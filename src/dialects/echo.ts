/** Servers that return the payload somewhere inside their reply: behind "Echo: ", "回显: ", inside JSON, unchanged. */
import { type Dialect, type Matcher, NOISE, OTHERS, type PayloadLayout } from './dialect.ts'

const CLIENT_DIGITS = 7
const SEQ_DIGITS = 10
const SEQ_AT = CLIENT_DIGITS + 2
const MARK_BYTES = SEQ_AT + SEQ_DIGITS
const C = 0x63
const S = 0x73

/** `c0000012s0000000345` and a filler: letters and digits only, so that it survives JSON and any text transport. */
function message(sizeBytes: number): PayloadLayout {
  const bytes = Buffer.alloc(sizeBytes, 'abcdefghijklmnopqrstuvwxyz')
  bytes.write(`c${'0'.repeat(CLIENT_DIGITS)}s${'0'.repeat(SEQ_DIGITS)}`, 'latin1')
  return { bytes, clientAt: 1, clientDigits: CLIENT_DIGITS, seqAt: SEQ_AT, seqDigits: SEQ_DIGITS }
}

class EchoMatcher implements Matcher {
  /** Where the mark stood last: a server's prefix has one length. */
  #offset = 0

  classify(data: Buffer, start: number, end: number, client: number): number {
    const hinted = readMark(data, start + this.#offset, end, client)
    if (hinted !== NOISE) return hinted
    const last = end - MARK_BYTES
    for (let at = data.indexOf(C, start); at !== -1 && at <= last; at = data.indexOf(C, at + 1)) {
      const found = readMark(data, at, end, client)
      if (found === NOISE) continue
      this.#offset = at - start
      return found
    }
    return NOISE
  }
}

/** The sequence number of a mark at `at`, OTHERS when it is another client's, NOISE when there is none. */
function readMark(data: Buffer, at: number, end: number, client: number): number {
  if (at + MARK_BYTES > end || data[at] !== C || data[at + 1 + CLIENT_DIGITS] !== S) return NOISE
  const sender = readDigits(data, at + 1, CLIENT_DIGITS)
  const seq = readDigits(data, at + SEQ_AT, SEQ_DIGITS)
  if (sender < 0 || seq < 0) return NOISE
  return sender === client ? seq : OTHERS
}

function readDigits(data: Buffer, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = data[i]! - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

export const echo: Dialect = {
  name: 'echo',
  minPayloadBytes: MARK_BYTES,
  message,
  createMatcher: () => new EchoMatcher(),
}
