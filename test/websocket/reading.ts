/** Our FrameReader and the `ws` package's Receiver behind one face, so that they can be held against each other. */
import * as ws from 'ws'
import { FrameReader } from '../../src/websocket/frame-reader.ts'
import { show } from './conformance/row.ts'

/** What came out of a stream of bytes; `fault` is the close code that the reader gives it. */
export interface Reading {
  /** `text:…`, `binary:…`, `ping:…`, `pong:…`, `close:CODE:REASON`, payloads as `show` writes them. */
  events: string[]
  fault: number | null
}

export interface ReadingOptions {
  maxMessageBytes?: number
  checkUtf8?: boolean
}

const DATA = ['', 'text', 'binary']
const CONTROL: Record<number, string> = { 9: 'ping', 10: 'pong' }

/** Ours, as `readWith` reads. */
export function readOurs(chunks: Buffer[], options: ReadingOptions = {}): Reading {
  return readWith(FrameReader, chunks, options)
}

/**
 * Each chunk is read out of a larger buffer that is wiped after the call, as the engine's shared one is. `Reader`: ours,
 * or a copy of it with a check taken out.
 */
export function readWith(
  Reader: typeof FrameReader,
  chunks: Buffer[],
  { maxMessageBytes = 2 ** 20, checkUtf8 = true }: ReadingOptions = {},
): Reading {
  const events: string[] = []
  const sink = {
    onMessage(opcode: number, data: Buffer, start: number, end: number) {
      events.push(`${DATA[opcode]}:${show(data.subarray(start, end))}`)
    },
    onControl(opcode: number, data: Buffer, start: number, end: number) {
      if (opcode !== 8) {
        events.push(`${CONTROL[opcode]}:${data.toString('hex', start, end)}`)
        return
      }
      const code = end === start ? 1005 : data.readUInt16BE(start)
      events.push(`close:${code}:${data.toString('hex', Math.min(start + 2, end), end)}`)
      // The engine stops reading here too (RFC 6455 §5.5.1: nothing follows a Close frame).
      reader.stop()
    },
  }
  const reader = new Reader(sink, maxMessageBytes, checkUtf8)
  const shared = Buffer.alloc(Math.max(0, ...chunks.map((chunk) => chunk.length)) + 20)
  for (const chunk of chunks) {
    chunk.copy(shared, 10)
    const found = reader.read(shared, 10, 10 + chunk.length)
    shared.fill(0xee)
    if (found !== null) return { events, fault: found.closeCode }
  }
  return { events, fault: null }
}

/** @types/ws leaves these two out; both are public exports of the package. */
interface Receiver {
  on(event: string, listener: (...values: never[]) => void): this
  write(chunk: Buffer): boolean
}
interface Untyped {
  Receiver: new (options: object) => Receiver
  Sender: { frame(data: Buffer, options: object): Buffer[] }
}
const { Receiver, Sender } = ws as unknown as Untyped

/** `isServer`: read masked frames, as a server does. */
export function readWs(
  chunks: Buffer[],
  {
    maxMessageBytes = 2 ** 20,
    checkUtf8 = true,
    isServer = false,
  }: ReadingOptions & { isServer?: boolean } = {},
): Reading & { errorCode: string | null } {
  const reading: Reading & { errorCode: string | null } = { events: [], fault: null, errorCode: null }
  const receiver = new Receiver({ isServer, maxPayload: maxMessageBytes, skipUTF8Validation: !checkUtf8 })
  const push = (name: string) => (data: Buffer) => void reading.events.push(`${name}:${show(data)}`)
  receiver.on('message', (data: Buffer, binary: boolean) => push(binary ? 'binary' : 'text')(data))
  receiver.on('ping', push('ping'))
  receiver.on('pong', push('pong'))
  receiver.on('conclude', (code: number, reason: Buffer) => push(`close:${code}`)(reason))
  receiver.on('error', () => {})
  // The error event comes a tick later; `_write` tells at once.
  const write = receiver as unknown as {
    _write(chunk: Buffer, encoding: string, done: (error?: Error) => void): void
  }
  for (const chunk of chunks) {
    write._write(Buffer.from(chunk), 'buffer', (error) => {
      if (error === undefined) return
      const symbol = Object.getOwnPropertySymbols(error)[0]!
      reading.fault = (error as unknown as Record<symbol, number>)[symbol]!
      reading.errorCode = (error as NodeJS.ErrnoException).code ?? null
    })
    if (reading.fault !== null || reading.events.at(-1)?.startsWith('close:')) break
  }
  return reading
}

/** A server's frame as `ws` writes it. */
export function writeWs(payload: Buffer, opcode: number, fin = true): Buffer {
  return Buffer.concat(
    Sender.frame(payload, { fin, opcode, mask: false, readOnly: true, rsv1: false, generateMask: undefined }),
  )
}

/** The bytes cut at these places (sorted or not). */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...sorted].map((from, index) => bytes.subarray(from, sorted[index] ?? bytes.length))
}
