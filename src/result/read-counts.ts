/**
 * The counts of an encoded histogram, from a text that may hold anything. The library's own reader is not used: it makes
 * as much room as the text asks for, and lets it write beside its counts.
 */
import { inflateSync } from 'node:zlib'
import { HIGHEST_US, SLOTS } from '../record/trend.ts'

/** Cookie and length, then deflated: the V2 header, and the counts as ZigZag LEB128. */
const PREFIX_BYTES = 8
const HEADER_BYTES = 40
const COMPRESSED_COOKIE = 0x1c849314
const V2_COOKIE = 0x1c849313
const MAX_WORD_BYTES = 9
const MAX_CONTENT_BYTES = HEADER_BYTES + SLOTS * MAX_WORD_BYTES
/** Deflated no text is much longer than plain. */
const MAX_CHARACTERS = 2 * MAX_CONTENT_BYTES

/**
 * Reads base64 of the HDR V2 format of our one shape (1 µs to 60 s, 3 digits), in bounded time and memory.
 * @throws RangeError with what is wrong, in one clause
 */
export function readCounts(base64: string): Uint32Array {
  const content = inflate(base64)
  if (content.length < HEADER_BYTES || content.readInt32BE(0) !== V2_COOKIE) refuse('is no HDR V2 histogram')
  const isOurs =
    content.readInt32BE(12) === 3 &&
    content.readBigInt64BE(16) === 1n &&
    content.readBigInt64BE(24) === BigInt(HIGHEST_US)
  if (!isOurs) refuse('is a histogram of another range or precision')
  if (content.readInt32BE(4) !== content.length - HEADER_BYTES) refuse('is a damaged histogram')
  return unpack(content.subarray(HEADER_BYTES))
}

function inflate(base64: string): Buffer {
  if (base64.length > MAX_CHARACTERS) refuse('is longer than any histogram')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) refuse('is not base64')
  const packed = Buffer.from(base64, 'base64')
  if (packed.length < PREFIX_BYTES || packed.readInt32BE(0) !== COMPRESSED_COOKIE)
    refuse('is no HDR V2 histogram')
  if (packed.readInt32BE(4) !== packed.length - PREFIX_BYTES) refuse('is a damaged histogram')
  try {
    return inflateSync(packed.subarray(PREFIX_BYTES), { maxOutputLength: MAX_CONTENT_BYTES })
  } catch {
    refuse('is a damaged histogram')
  }
}

/** A positive number is the count of the next slot, a negative one how many slots are empty. */
function unpack(words: Buffer): Uint32Array {
  const counts = new Uint32Array(SLOTS)
  let slot = 0
  let at = 0
  while (at < words.length) {
    // Of the words that are legal here none has more than five bytes, so that plain numbers hold them.
    let word = 0
    let scale = 1
    for (;;) {
      const byte = words[at++] ?? refuse('is a damaged histogram')
      word += (byte & 0x7f) * scale
      if (byte < 0x80) break
      scale *= 128
      if (scale > 2 ** 35) refuse('is a histogram with impossible counts')
    }
    if (word % 2 === 1) {
      slot += (word + 1) / 2
      if (slot > SLOTS) refuse('is a histogram with impossible counts')
    } else {
      if (slot >= SLOTS || word / 2 >= 2 ** 32) refuse('is a histogram with impossible counts')
      counts[slot++] = word / 2
    }
  }
  return counts
}

function refuse(problem: string): never {
  throw new RangeError(problem)
}
