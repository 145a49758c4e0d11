/** What must hold for every input. Each check throws an Error that says what does not. */
import type { FrameSink } from '../../../src/websocket/frame-reader.ts'
import { FrameReader } from '../../../src/websocket/frame-reader.ts'
import { checkResponse, findHeadEnd } from '../../../src/websocket/handshake.ts'
import type { MemoryWatch } from '../memory-watch.ts'
import { readOurs, readWs } from '../reading.ts'
import { ACCEPT, KEY, REDIRECTS } from './heads.ts'

function insist(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(what())
}

/** What was read, short: opcode, length and a sum of each message, and the fault. */
class Outline implements FrameSink {
  readonly events: number[] = []
  reader: FrameReader | null = null

  onMessage(opcode: number, data: Buffer, start: number, end: number): void {
    let sum = 0
    for (let at = start; at < end; at++) sum = (Math.imul(sum, 31) + data[at]!) | 0
    this.events.push(opcode, end - start, sum)
  }

  onControl(opcode: number, data: Buffer, start: number, end: number): void {
    this.onMessage(opcode, data, start, end)
    if (opcode === 8) this.reader?.stop()
  }
}

export interface ReadLimits {
  readonly maxMessageBytes: number
  readonly checkUtf8: boolean
}

/** The buffer that all connections of a thread read into: wiped after each read. */
const shared = Buffer.alloc(70_000)

function outline(
  pieces: readonly Buffer[],
  { maxMessageBytes, checkUtf8 }: ReadLimits,
  watch: MemoryWatch,
): string {
  const sink = new Outline()
  const reader = new FrameReader(sink, maxMessageBytes, checkUtf8)
  sink.reader = reader
  let came = 0
  watch.reset()
  for (const piece of pieces) {
    // Larger than the buffer only when it is read in one piece.
    const into = piece.length > shared.length - 8 ? piece : shared
    const start = into === shared ? 8 : 0
    if (into === shared) piece.copy(shared, 8)
    came += piece.length
    const fault = reader.read(into, start, start + piece.length)
    if (into === shared) shared.fill(0xee, 8, 8 + piece.length)
    insist(sink.events.length / 3 <= came / 2, () => 'more events than frames fit')
    insist(
      watch.largest <= Math.min(maxMessageBytes, 2 * came),
      () => `holds ${watch.largest} of ${came} bytes`,
    )
    insist(watch.total <= 4 * came, () => `took ${watch.total} bytes for ${came}`)
    insist(watch.largestStart <= 136, () => `keeps ${watch.largestStart} bytes of a frame's start`)
    if (fault !== null) return `${sink.events.join()} ${fault.closeCode} ${fault.reason}`
  }
  return `${sink.events.join()} none`
}

/** The same outcome whatever the pieces, memory by what came. Returns the outcome. */
export function checkStream(
  whole: Buffer,
  pieces: readonly Buffer[],
  limits: ReadLimits,
  watch: MemoryWatch,
): string {
  const once = outline([whole], limits, watch)
  const cut = outline(pieces, limits, watch)
  insist(once === cut, () => `in one piece ${once}; in ${pieces.length} ${cut}`)
  return once
}

/** Deliberate differences, counted when met. */
export interface Differences {
  /** ws refuses a Close frame of one byte at its header, ours when the byte has come. */
  oneByteClose: number
  /** Without checkUtf8 ws lets a close reason through unchecked too. */
  uncheckedReason: number
}

/** The same events and the same close code as ws's Receiver. */
export function checkAgainstWs(bytes: Buffer, limits: ReadLimits, known: Differences): void {
  const ours = readOurs([bytes], limits)
  const { events, fault, errorCode } = readWs([bytes], limits)
  const same = ours.fault === fault && ours.events.join() === events.join()
  if (same) return
  const endsInHeader = bytes.length >= 2 && bytes.readUInt16BE(bytes.length - 2) === 0x8801
  if (errorCode === 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH' && ours.fault === null && endsInHeader) {
    known.oneByteClose++
  } else if (!limits.checkUtf8 && ours.fault === 1007 && events.at(-1)?.startsWith('close:')) {
    known.uncheckedReason++
  } else {
    throw new Error(`ours ${ours.events.join()} ${ours.fault}; ws ${events.join()} ${fault}`)
  }
}

/** Lines without which no response may be accepted, looked for in another way than the checked code does. */
const OWED = [
  /^HTTP\/[1-9]\.\d 101[ \r]/,
  /\r\nupgrade:[ \t]*websocket[ \t]*\r\n/i,
  /\r\nconnection:[^\r]*upgrade/i,
]

/** One of the known redirects as it was written: a changed one may have its secret in the path, where it is shown. */
function hasOnlyRedirect(head: string): boolean {
  return REDIRECTS.some((line) => head.includes(line)) && head.match(/location/gi)?.length === 1
}

/** One of the verdicts, printable, short; nothing accepted that may not be. Returns the verdict in words. */
export function checkHead(head: string, offers: readonly string[]): string {
  const verdict = checkResponse(head, KEY, offers)
  if (!verdict.ok) {
    insist(
      verdict.class === 'upgrade-status' || verdict.class === 'upgrade-invalid',
      () => `class ${verdict.class}`,
    )
    insist(/^[\x20-\x7e]{1,199}$/.test(verdict.detail), () => `detail ${JSON.stringify(verdict.detail)}`)
    if (hasOnlyRedirect(head)) {
      insist(!verdict.detail.includes('SECRET'), () => `a secret in ${verdict.detail}`)
    }
    return `${verdict.class} ${verdict.detail}`
  }
  const end = head.indexOf('\r\n\r\n')
  const known = end === -1 ? `${head}\r\n` : head.slice(0, end + 2)
  for (const pattern of OWED) insist(pattern.test(known), () => `accepted without ${pattern}`)
  const keys = known.match(/\r\nsec-websocket-accept:[^\r]*/gi) ?? []
  insist(keys.length === 1 && keys[0]!.trimEnd().endsWith(ACCEPT), () => `accepted with ${keys.length} keys`)
  insist(!/\r\nsec-websocket-extensions:/i.test(known), () => 'accepted with an extension')
  insist(
    verdict.subprotocol === '' ? offers.length === 0 : offers.includes(verdict.subprotocol),
    () => `subprotocol ${verdict.subprotocol}`,
  )
  return `ok ${verdict.subprotocol}`
}

/** The end of a head is found once, where it is, however its bytes come. */
export function checkHeadEnd(bytes: Buffer, pieces: readonly Buffer[]): void {
  const at = bytes.indexOf('\r\n\r\n')
  const expected = at === -1 ? -1 : at + 4
  let known = 0
  for (const { length } of pieces) {
    const found = findHeadEnd(bytes, Math.max(0, known - 3), known + length)
    known += length
    insist(
      found === (expected !== -1 && expected <= known ? expected : -1),
      () => `end ${found} of ${expected}`,
    )
    if (found !== -1) return
  }
}
