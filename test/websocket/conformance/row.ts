/** What a row of the conformance table is, and the words to write one in. */
import { createHash } from 'node:crypto'
import { encodeClose, encodeFrame, type FrameToSend } from '../../support/bad-server/wire.ts'

/** One case for a client under test: what the server sends, and what the client must make of it. */
export interface Row {
  /** Of the Autobahn suite where there is one; `X.…` are our own. */
  readonly id: string
  readonly words: string
  /** The server's frames. A function, because some are megabytes. */
  readonly frames: () => readonly Buffer[]
  /** How they are written: all in one piece (the default), a frame each, or in pieces of that many bytes. */
  readonly chop?: 'frame' | number
  /** What the client reads, in order: `text:…`, `binary:…`, `ping:…`, `pong:…`, `close:CODE:REASON` as `show` writes payloads. */
  readonly read: () => readonly string[]
  /** `open`: the server then closes with 1000. `closed`: the row's own Close frame did it. A number: the client fails it with that code. */
  readonly end: 'open' | 'closed' | 1002 | 1007 | 1009
  /** The piece, counted from 0, at which the client fails it: not before. */
  readonly failsAt?: number
  readonly maxMessageBytes?: number
  /** On unless said otherwise. */
  readonly checkUtf8?: boolean
  /** Where the `ws` client answers otherwise, and why we differ. */
  readonly ws?: {
    readonly why: string
    readonly answers: readonly string[]
  }
}

/** A payload in an event: hex, or length and digest when it is long. */
export function show(payload: Uint8Array): string {
  return payload.length <= 256
    ? Buffer.from(payload).toString('hex')
    : `${payload.length} bytes ${createHash('sha1').update(payload).digest('base64url')}`
}

type Bytes = Buffer | string

/** Events, as `Row.read` has them. */
export const seen = {
  text: (payload: Bytes) => `text:${show(Buffer.from(payload))}`,
  binary: (payload: Bytes) => `binary:${show(Buffer.from(payload))}`,
  ping: (payload: Bytes) => `ping:${show(Buffer.from(payload))}`,
  pong: (payload: Bytes) => `pong:${show(Buffer.from(payload))}`,
  close: (code: number, reason: Bytes = '') => `close:${code}:${show(Buffer.from(reason))}`,
}

/** Frames. `more` makes a fragment that is not the last. */
export const text = (payload: Bytes) => encodeFrame({ payload })
export const binary = (payload: Bytes) => encodeFrame({ opcode: 2, payload })
export const ping = (payload: Bytes) => encodeFrame({ opcode: 9, payload })
export const pong = (payload: Bytes) => encodeFrame({ opcode: 10, payload })
export const more = (payload: Bytes, opcode = 1) => encodeFrame({ opcode, payload, fin: false })
export const rest = (payload: Bytes) => encodeFrame({ opcode: 0, payload })
export const middle = (payload: Bytes) => encodeFrame({ opcode: 0, payload, fin: false })
export const close = (code: number | null, reason = '') =>
  encodeFrame({ opcode: 8, payload: encodeClose(code, reason) })
export const frame = (parts: FrameToSend) => encodeFrame(parts)

/** A row whose bytes are few. */
export function row(
  id: string,
  words: string,
  frames: readonly Buffer[],
  read: readonly string[],
  end: Row['end'] = 'open',
  others: Partial<Row> = {},
): Row {
  return { id, words, frames: () => frames, read: () => read, end, ...others }
}

/** The pieces that the server writes, its own Close at the end of an `open` row among them. */
export function piecesOf({ frames, chop, end }: Row): Buffer[] {
  const all = end === 'open' ? [...frames(), close(1000)] : [...frames()]
  if (chop === 'frame') return all
  const bytes = Buffer.concat(all)
  if (chop === undefined) return [bytes]
  return Array.from({ length: Math.ceil(bytes.length / chop) }, (_, index) =>
    bytes.subarray(index * chop, (index + 1) * chop),
  )
}

/** What a client that echoes messages sends back: echoes, pongs, and one Close with the code it was given or the fault's. */
export function answersTo(read: readonly string[], end: Row['end']): string[] {
  const events = end === 'open' ? [...read, seen.close(1000)] : read
  const answers = events
    .filter((event) => !event.startsWith('pong:'))
    .map((event) => event.replace(/^ping:/, 'pong:').replace(/^(close:\d+):.*/, '$1:'))
  return typeof end === 'number' ? [...answers, seen.close(end)] : answers
}
