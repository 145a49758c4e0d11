/** How to speak to one kind of server. Pure: no socket, no clock. */
export interface Dialect {
  readonly name: string
  /** Under this there is no room for a client and a sequence number, and replies are matched first in, first out. */
  readonly minPayloadBytes: number
  /** A payload of `sizeBytes` (≥ minPayloadBytes) with fixed-width places for the numbers. */
  message(sizeBytes: number): PayloadLayout
  createMatcher(): Matcher
}

/** Bytes of a payload, and where the digits of its numbers stand (offsets of the first digit; zero-padded). */
export interface PayloadLayout {
  readonly bytes: Buffer
  readonly clientAt: number
  readonly clientDigits: number
  readonly seqAt: number
  readonly seqDigits: number
}

/** Not a sequence number but: another client's message, or nothing we know. */
export const OTHERS = -1
export const NOISE = -2

/** Finds in a reply whose message it answers. Has a memory of where it last looked, so one a thread. */
export interface Matcher {
  /** The sequence number (≥ 0) when data[start, end) answers `client`, else OTHERS or NOISE. */
  classify(data: Buffer, start: number, end: number, client: number): number
}
