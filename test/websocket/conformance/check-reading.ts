/** A row against the two readers, without a socket. */
import type { FrameReader } from '../../../src/websocket/frame-reader.ts'
import { MemoryWatch } from '../memory-watch.ts'
import { type Reading, type ReadingOptions, readWith, readWs } from '../reading.ts'
import { piecesOf, type Row, seen } from './row.ts'

const MIB = 2 ** 20
/** Rows up to this size are also read in other pieces than their own. */
const SMALL_BYTES = 2000

function optionsOf({ maxMessageBytes = 16 * MIB, checkUtf8 = true }: Row): ReadingOptions {
  return { maxMessageBytes, checkUtf8 }
}

/** What the row promises of a reader. */
function owed(read: readonly string[], end: Row['end']): Reading {
  return {
    events: end === 'open' ? [...read, seen.close(1000)] : [...read],
    fault: typeof end === 'number' ? end : null,
  }
}

/** What a reading should have been, where it is not; null: it is. */
function compare(who: string, found: Reading, expected: Reading): string | null {
  const [a, b] = [found, expected].map(({ events, fault }) => `${events.join(' ')} fault ${fault}`)
  return a === b ? null : `${who}: read ${a}; expected ${b}`
}

/** Complaints about our reader; empty when the row holds in one piece, in the row's and byte by byte. */
export function checkOurs(row: Row, reader: typeof FrameReader): string[] {
  const options = optionsOf(row)
  const pieces = piecesOf(row)
  const whole = Buffer.concat(pieces)
  const expected = owed(row.read(), row.end)
  const ways: [string, Buffer[]][] = [['ours', pieces]]
  if (whole.length <= SMALL_BYTES) {
    ways.push(['ours, whole', [whole]], ['ours, byte by byte', [...whole].map((byte) => Buffer.of(byte))])
  }
  return [
    ...ways.map(([who, bytes]) => compare(who, readWith(reader, bytes, options), expected)),
    ...ways.map(([who, bytes]) => checkMemory(who, bytes, (some) => void readWith(reader, some, options))),
    checkMoment(row, pieces, (some) => readWith(reader, some, options).fault),
  ].filter((complaint) => complaint !== null)
}

/** Buffers for messages grow with what came, by doubling: all together at most four times as much. */
function checkMemory(who: string, bytes: Buffer[], read: (some: Buffer[]) => void): string | null {
  const watch = new MemoryWatch()
  watch.during(() => read(bytes))
  const came = bytes.reduce((sum, { length }) => sum + length, 0)
  return watch.total <= 4 * came ? null : `${who}: took ${watch.total} bytes for ${came}`
}

/** Complaints about `ws`'s reader, of which the row promises the same. */
export function checkWs(row: Row): string[] {
  const options = optionsOf(row)
  const pieces = piecesOf(row)
  const { events, fault } = readWs(pieces, options)
  const expected = owed(row.read(), row.end)
  return [
    compare('ws', { events, fault }, expected),
    checkMoment(row, pieces, (some) => readWs(some, options).fault),
  ].filter((complaint) => complaint !== null)
}

/** The fault must come with its piece, not before. */
function checkMoment(
  { failsAt, end }: Row,
  pieces: Buffer[],
  faultOf: (some: Buffer[]) => number | null,
): string | null {
  if (failsAt === undefined) return null
  const before = faultOf(pieces.slice(0, failsAt))
  const then = faultOf(pieces.slice(0, failsAt + 1))
  return before === null && then === end ? null : `fault ${before} before piece ${failsAt}, then ${then}`
}
