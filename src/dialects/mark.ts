/**
 * The mark that every generated message carries: `c0000012s0000000345`, client and sequence number. Letters and digits
 * only, so that it survives any prefix, JSON, and JSON written anew.
 */
import {
  CONTROL,
  type Dialect,
  type Matcher,
  type MessageContext,
  NOISE,
  OTHERS,
  type PayloadLayout,
  PUSH,
} from './dialect.ts'

const CLIENT_DIGITS = 7
const SEQ_DIGITS = 10
const SEQ_AT = CLIENT_DIGITS + 2
const C = 0x63
const S = 0x73
const MARK = `c${'0'.repeat(CLIENT_DIGITS)}s${'0'.repeat(SEQ_DIGITS)}`
export const MARK_BYTES = MARK.length

/** The context's uuid: a client's digits in its first group, the sequence number's in its last. */
const UUID = '00000000-0000-4000-8000-000000000000'
const UUID_CLIENT_AT = 1
const UUID_SEQ_AT = 26

export type LayoutContext = Omit<MessageContext, 'uuid'>

/** Bytes of the shortest message that has room for the mark. */
export function smallestPayload(dialect: Dialect, context: LayoutContext): number {
  return render(dialect, MARK, context).length
}

/** A message of `sizeBytes` (≥ smallestPayload), filled up behind the mark. */
export function layOut(dialect: Dialect, sizeBytes: number, context: LayoutContext): PayloadLayout {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz'
  const least = smallestPayload(dialect, context)
  const filler = alphabet.repeat(Math.ceil((sizeBytes - least) / alphabet.length)).slice(0, sizeBytes - least)
  const bytes = render(dialect, MARK + filler, context)
  const marks = findAll(bytes, MARK)
  if (marks.length === 0) throw new Error(`dialect ${dialect.name} leaves out the content it is given`)
  const uuids = findAll(bytes, UUID)
  return {
    bytes,
    clientAt: [...marks.map((at) => at + 1), ...uuids.map((at) => at + UUID_CLIENT_AT)],
    clientDigits: CLIENT_DIGITS,
    seqAt: [...marks.map((at) => at + SEQ_AT), ...uuids.map((at) => at + UUID_SEQ_AT)],
    seqDigits: SEQ_DIGITS,
  }
}

function render(dialect: Dialect, content: string, context: LayoutContext): Buffer {
  const written = dialect.write?.(content, { ...context, uuid: UUID }) ?? content
  return typeof written === 'string' ? Buffer.from(written) : Buffer.from(written)
}

function findAll(bytes: Buffer, text: string): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) found.push(at)
  return found
}

/** The matcher of messages that carry the mark. */
export function createMarkMatcher(dialect: Dialect): Matcher {
  return new MarkMatcher(dialect)
}

class MarkMatcher implements Matcher {
  /** Where the mark stood last: a server's prefix has one length. */
  #offset = 0
  readonly #dialect: Dialect
  sender = -1
  seq = -1

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  classify(data: Buffer, start: number, end: number, client: number): number {
    const hinted = this.#read(data, start + this.#offset, end, client)
    if (hinted !== NOISE) return hinted
    const last = end - MARK_BYTES
    for (let at = data.indexOf(C, start); at !== -1 && at <= last; at = data.indexOf(C, at + 1)) {
      const found = this.#read(data, at, end, client)
      if (found === NOISE) continue
      this.#offset = at - start
      return found
    }
    return this.#classifyUnmarked(data, start, end, client)
  }

  /** The sequence number of a mark at `at`, OTHERS when it is another client's, NOISE when there is none. */
  #read(data: Buffer, at: number, end: number, client: number): number {
    if (at + MARK_BYTES > end || data[at] !== C || data[at + 1 + CLIENT_DIGITS] !== S) return NOISE
    const sender = readDigits(data, at + 1, CLIENT_DIGITS)
    const seq = readDigits(data, at + SEQ_AT, SEQ_DIGITS)
    if (sender < 0 || seq < 0) return NOISE
    if (sender === client) return seq
    this.sender = sender
    this.seq = seq
    return OTHERS
  }

  #classifyUnmarked(data: Buffer, start: number, end: number, client: number): number {
    const meaning = this.#dialect.classify?.(data.toString('utf8', start, end), client) ?? 'noise'
    return meaning === 'push' ? PUSH : meaning === 'control' ? CONTROL : NOISE
  }
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
