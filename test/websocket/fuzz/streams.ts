/** Byte streams of a server: frames by the grammar with flaws in them, and mutations of streams that were of interest. */
import { encodeClose, encodeFrame } from '../../support/bad-server/wire.ts'
import type { Random } from './random.ts'

const OPCODES = [0, 0, 1, 1, 1, 2, 2, 8, 9, 9, 10]
const LENGTHS = [0, 0, 1, 2, 3, 10, 10, 10, 124, 125, 126, 127, 128, 299, 300, 301]
const WORDS = ['', 'a', 'κόσμε', '€', '\u{10ffff}', 'ÿ', 'hello, world']
const CODES = [0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 2999, 3000, 4999, 5000]
const ANNOUNCED = [
  0n,
  1n,
  125n,
  126n,
  300n,
  301n,
  65_535n,
  65_536n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
]
/** Bytes that mean something in a header or in UTF-8. */
const TELLING = [
  0, 1, 2, 8, 9, 0x70, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0xc0, 0xed, 0xf4, 0xff,
]
const MAX_BYTES = 3000

function makePayload(random: Random, opcode: number): Buffer {
  if (opcode === 8) {
    const payload = encodeClose(random.oneIn(5) ? null : random.pick(CODES), random.pick(WORDS))
    return random.oneIn(8) ? random.bytes(random.below(4)) : payload
  }
  const kind = random.below(8)
  if (kind < 3) return Buffer.from(random.pick(WORDS) + random.pick(WORDS))
  if (kind === 3) return random.bytes(random.below(8))
  if (kind === 4) {
    const words = Buffer.from(random.pick(WORDS))
    return words.subarray(0, random.below(words.length + 1))
  }
  return Buffer.alloc(random.oneIn(2000) ? random.pick([65_535, 65_536]) : random.pick(LENGTHS), 'x')
}

function makeFrame(random: Random): Buffer {
  const opcode = random.oneIn(40) ? random.below(16) : random.pick(OPCODES)
  const isControl = opcode > 7
  return encodeFrame({
    opcode,
    payload: makePayload(random, opcode),
    fin: isControl ? !random.oneIn(20) : !random.oneIn(3),
    reserved: random.oneIn(40) ? random.below(8) : 0,
    masked: random.oneIn(50),
    lengthBits: random.oneIn(10) ? random.pick([16, 64] as const) : 7,
    ...(random.oneIn(30) ? { announce: random.pick(ANNOUNCED) } : {}),
  })
}

export function makeStream(random: Random): Buffer {
  return Buffer.concat(Array.from({ length: 1 + random.below(7) }, () => makeFrame(random)))
}

/** One change: a bit, a byte, a length, bytes taken out, doubled, put in, or the end of another stream. */
function changeOnce(random: Random, bytes: Buffer, other: Buffer): Buffer {
  const at = random.below(bytes.length + 1)
  const until = Math.min(bytes.length, at + 1 + random.below(12))
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, until), bytes.subarray(until)]
  switch (random.below(9)) {
    case 0: {
      const changed = Buffer.from(bytes)
      if (at < changed.length) changed[at]! ^= 1 << random.below(8)
      return changed
    }
    case 1: {
      const changed = Buffer.from(bytes)
      if (at < changed.length) changed[at] = random.pick(TELLING)
      return changed
    }
    case 2: {
      // A lie about the length of the first frame.
      const changed = Buffer.from(bytes)
      if (changed.length > 1) changed[1] = random.below(128)
      return changed
    }
    case 3:
      return Buffer.concat([before, after])
    case 4:
      return Buffer.concat([before, part, part, after])
    case 5:
      return Buffer.concat([before, random.bytes(1 + random.below(10)), part, after])
    case 6:
      return Buffer.concat([before, other.subarray(random.below(other.length + 1))])
    case 7:
      return before
    default:
      return Buffer.concat([before, makeFrame(random), part, after])
  }
}

export function mutateStream(random: Random, bytes: Buffer, other: Buffer): Buffer {
  let changed = bytes
  for (let times = 1 + random.below(4); times > 0; times--) changed = changeOnce(random, changed, other)
  return changed.length > MAX_BYTES ? changed.subarray(0, MAX_BYTES) : changed
}

/** Random places to cut at; every byte on its own now and then, unless there are many. */
export function cutAnywhere(random: Random, bytes: Buffer): Buffer[] {
  const largest = bytes.length > MAX_BYTES ? bytes.length : random.pick([1, 3, 20, 150, bytes.length])
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const step = 1 + random.below(largest)
    pieces.push(bytes.subarray(at, at + step))
    at += step
  }
  return pieces
}
