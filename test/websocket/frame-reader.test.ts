import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ByteBudget } from '../../src/websocket/byte-budget.ts'
import { FrameReader, isSendableCloseCode } from '../../src/websocket/frame-reader.ts'
import { illegalFrames } from '../support/bad-server/frames.ts'
import { encodeClose, encodeFrame, type FrameToSend } from '../support/bad-server/wire.ts'
import { seen } from './conformance/row.ts'
import { cutAt, readOurs, readWs, writeWs } from './reading.ts'

/** Every legal form of a frame, one after the other. */
const everyForm = Buffer.concat([
  encodeFrame({ payload: 'hello' }),
  encodeFrame({ payload: '' }),
  encodeFrame({ opcode: 9, payload: 'are you there' }),
  encodeFrame({ opcode: 2, payload: Buffer.from([0, 255, 1]) }),
  encodeFrame({ payload: 'x'.repeat(125) }),
  encodeFrame({ payload: 'y'.repeat(126) }),
  encodeFrame({ payload: 'long form of a short length', lengthBits: 64 }),
  encodeFrame({ payload: 'zwölf '.slice(0, 3), fin: false }),
  encodeFrame({ opcode: 10, payload: '' }),
  encodeFrame({ payload: '', opcode: 0, fin: false }),
  encodeFrame({ payload: 'Boxkämpfer', opcode: 0, fin: false }),
  encodeFrame({ opcode: 9, payload: 'p'.repeat(125) }),
  encodeFrame({ payload: '', opcode: 0 }),
  encodeFrame({ opcode: 2, payload: '', fin: false }),
  encodeFrame({ opcode: 0, payload: '' }),
  encodeFrame({ opcode: 8, payload: encodeClose(4001, 'dafür') }),
])

describe('splitting', () => {
  const whole = readOurs([everyForm])

  it('reads every legal form as ws does', () => {
    expect(whole).toEqual({ events: readWs([everyForm]).events, fault: null })
    expect(whole.events).toHaveLength(12)
  })

  it('gives the same events when cut in two at any place', () => {
    for (let at = 0; at <= everyForm.length; at++) expect(readOurs(cutAt(everyForm, [at]))).toEqual(whole)
  })

  it('gives the same events when cut in three at any two places', () => {
    const bytes = everyForm.subarray(everyForm.length - 190)
    const uncut = readOurs([bytes])
    for (let a = 0; a <= bytes.length; a++) {
      for (let b = a; b <= bytes.length; b++) {
        const cut = readOurs([bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)])
        if (cut.events.join() !== uncut.events.join() || cut.fault !== uncut.fault)
          expect([a, b, cut]).toEqual(uncut)
      }
    }
  })

  it('gives the same events one byte at a time, with empty reads between', () => {
    const bytes = [...everyForm].flatMap((byte) => [Buffer.of(byte), Buffer.alloc(0)])
    expect(readOurs(bytes)).toEqual(whole)
  })

  it('finds every fault wherever its bytes are cut', () => {
    for (const [name, { bytes, owedCode }] of Object.entries(illegalFrames)) {
      const behindOthers = Buffer.concat([encodeFrame({ payload: 'before' }), bytes])
      for (let at = 0; at <= behindOthers.length; at++) {
        expect([name, at, readOurs(cutAt(behindOthers, [at])).fault]).toEqual([name, at, owedCode])
      }
    }
  })
})

/** A conversation of a server: messages in random fragments with control frames between them, as one stream. */
const payload = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 140 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 65_530, max: 65_560 }).map((length) => new Uint8Array(length).fill(7)),
  },
)
const control = fc.record({ opcode: fc.constantFrom(9, 10), payload: fc.uint8Array({ maxLength: 125 }) })
const message = fc
  .record({
    opcode: fc.constantFrom(1, 2),
    parts: fc.array(payload, { minLength: 1, maxLength: 4 }),
    controls: fc.array(fc.option(control, { freq: 2 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ opcode, parts, controls }) => {
    const frames = parts.flatMap((part, index) => {
      const between = controls[index]
      const data = writeWs(Buffer.from(part), index === 0 ? opcode : 0, index === parts.length - 1)
      return between === null || between === undefined
        ? [data]
        : [writeWs(Buffer.from(between.payload), between.opcode), data]
    })
    return Buffer.concat(frames)
  })

describe('against the ws package', () => {
  it('reads what its Sender writes as its Receiver does, cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat()), (messages, places) => {
        const bytes = Buffer.concat(messages)
        const theirs = readWs([bytes], { checkUtf8: false })
        expect(readOurs(cutAt(bytes, places), { checkUtf8: false })).toEqual({
          events: theirs.events,
          fault: null,
        })
      }),
      { numRuns: 200 },
    )
  })

  /** Frames with anything wrong that a frame can have wrong. */
  const anyFrame: fc.Arbitrary<FrameToSend> = fc
    .record({
      opcode: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 8, 9, 10) },
        { weight: 1, arbitrary: fc.nat(15) },
      ),
      fin: fc.oneof(
        { weight: 3, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      reserved: fc.oneof({ weight: 15, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
      masked: fc.oneof(
        { weight: 15, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      lengthBits: fc.constantFrom<7 | 16 | 64>(7, 7, 7, 16, 64),
      payload: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 130 }).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
        fc
          .tuple(fc.integer({ min: 0, max: 5200 }), fc.string({ maxLength: 5 }))
          .map(([code, reason]) => encodeClose(code, reason)),
      ),
      announce: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { freq: 15 }),
    })
    .map(({ announce, ...frame }) => (announce === null ? frame : { ...frame, announce }))

  /**
   * Deliberate difference: ws refuses a Close frame of one byte at its header, ours when the byte has come, as every
   * other control payload is read whole. Only a stream that ends right there shows it.
   */
  const endsInOneByteClose = (bytes: Buffer) =>
    bytes.length >= 2 && bytes.readUInt16BE(bytes.length - 2) === 0x8801

  function expectSameVerdict(bytes: Buffer, places: readonly number[], checkUtf8: boolean): void {
    const options = { maxMessageBytes: 300, checkUtf8 }
    const theirs = readWs([bytes], options)
    const ours = readOurs(cutAt(bytes, places), options)
    if (theirs.errorCode === 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH' && endsInOneByteClose(bytes)) return
    expect(ours).toEqual({ events: theirs.events, fault: theirs.fault })
  }

  it('agrees on random frames, legal and not', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (frames, places) => {
          expectSameVerdict(Buffer.concat(frames.map(encodeFrame)), places, true)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('agrees on legal streams with a few bytes changed', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (changes, places) => {
          const bytes = Buffer.from(everyForm)
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte
          expectSameVerdict(bytes, places, true)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('agrees on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(), { maxLength: 6 }), (bytes, places) => {
        expectSameVerdict(Buffer.from(bytes), places, true)
      }),
      { numRuns: 3000 },
    )
  })

  it('agrees on which close codes may stand in a frame', () => {
    for (let code = 0; code <= 65_535; code++) {
      if (code > 5200 && code % 1000 !== 0) continue
      const bytes = encodeFrame({ opcode: 8, payload: encodeClose(code) })
      const accepted = readWs([bytes]).fault === null
      expect([code, isSendableCloseCode(code), readOurs([bytes]).fault]).toEqual([
        code,
        accepted,
        accepted ? null : 1002,
      ])
    }
  })

  /** Deliberate: without `checkUtf8` ws lets a close reason through unchecked too; ours always checks it, it costs nothing there. */
  it('checks a close reason even when text is not checked', () => {
    const bytes = encodeFrame({ opcode: 8, payload: Buffer.from([0x03, 0xe8, 0xff]) })
    expect(readOurs([bytes], { checkUtf8: false }).fault).toBe(1007)
    expect(readWs([bytes], { checkUtf8: false }).fault).toBeNull()
  })
})

describe('limits', () => {
  it.each([
    ['one byte under', 299, null],
    ['at the limit', 300, null],
    ['one byte over', 301, 1009],
  ])('a message %s', (_, length, fault) => {
    const whole = encodeFrame({ payload: Buffer.alloc(length) })
    const half = Math.floor(length / 2)
    const parts = Buffer.concat([
      encodeFrame({ payload: Buffer.alloc(half), fin: false }),
      encodeFrame({ payload: Buffer.alloc(length - half), opcode: 0 }),
    ])
    for (const bytes of [whole, parts]) {
      expect(readOurs([bytes], { maxMessageBytes: 300 }).fault).toBe(fault)
      expect(readWs([bytes], { maxMessageBytes: 300 }).fault).toBe(fault)
    }
  })

  it('an announced length is refused before its bytes come', () => {
    const header = encodeFrame({ announce: 301n })
    expect(readOurs([header], { maxMessageBytes: 300 }).fault).toBe(1009)
  })

  it('reads nothing more after a fault or a stop', () => {
    const events: number[] = []
    const reader = new FrameReader(
      { onMessage: (opcode) => events.push(opcode), onControl: () => {} },
      300,
      true,
    )
    const bytes = Buffer.concat([encodeFrame({ opcode: 3 }), encodeFrame({ payload: 'after' })])
    expect(reader.read(bytes, 0, bytes.length)?.closeCode).toBe(1002)
    const legal = encodeFrame({ payload: 'after' })
    expect(reader.read(legal, 0, legal.length)).toBeNull()
    expect(events).toEqual([])
  })

  it('a large message in many pieces comes out whole', () => {
    const body = Buffer.alloc(1_000_003, 'abcdefg')
    const fragments = [body.subarray(0, 400_000), body.subarray(400_000, 400_001), body.subarray(400_001)]
    const bytes = Buffer.concat(
      fragments.map((part, index) => writeWs(part, index === 0 ? 1 : 0, index === 2)),
    )
    const places = Array.from({ length: 60 }, (_, index) => index * 17_001)
    expect(readOurs(cutAt(bytes, places)).events).toEqual([seen.text(body)])
  })

  it('a fragment of unknown total length makes its buffer grow by doubling, not by every read', () => {
    const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow')
    const pieces = 500
    const first = encodeFrame({ fin: false, announce: BigInt(pieces * 1000) })
    readOurs([first, ...Array.from({ length: pieces }, () => Buffer.alloc(1000))])
    expect(allocated.mock.calls.length).toBeLessThan(20)
    allocated.mockRestore()
  })
})

describe('the budget that readers share', () => {
  const TOTAL = 1000
  const nothing = { onMessage() {}, onControl() {} }
  /** A text frame of `size` bytes of which `came` have come. */
  const begin = (size: number, came: number) =>
    encodeFrame({ payload: 'x'.repeat(came), announce: BigInt(size) })
  const setUp = (sink = nothing) => {
    const budget = new ByteBudget(TOTAL)
    const readers = [1, 2, 3].map(() => new FrameReader(sink, 900, true, budget))
    const read = (reader: number, bytes: Buffer) => readers[reader]!.read(bytes, 0, bytes.length)
    return { budget, readers, read }
  }

  it('is taken by what came, not by what was announced, and whole messages take nothing', () => {
    const { budget, read } = setUp()
    for (let n = 0; n < 100; n++) expect(read(0, encodeFrame({ payload: 'x'.repeat(900) }))).toBeNull()
    expect(budget.left).toBe(TOTAL)
    expect(read(0, begin(900, 10))).toBeNull()
    expect(budget.left).toBeLessThan(TOTAL)
    expect(budget.left).toBeGreaterThanOrEqual(TOTAL - 20)
  })

  it('refuses the connection that goes over it with 1009 and words of its own; the others go on', () => {
    const { budget, read } = setUp()
    expect(read(0, begin(500, 400))).toBeNull()
    expect(read(1, begin(500, 400))).toBeNull()
    const left = budget.left
    expect(read(2, begin(500, 400))).toEqual({
      closeCode: 1009,
      reason: 'unfinished messages over the limit of all connections',
    })
    expect(budget.left).toBe(left)
    expect(read(0, Buffer.alloc(100, 'x'))).toBeNull()
    expect(read(1, Buffer.alloc(100, 'x'))).toBeNull()
    expect(budget.left).toBe(TOTAL)
  })

  it.each([
    ['the message is finished', (read: (bytes: Buffer) => unknown) => read(Buffer.alloc(300, 'x'))],
    ['its text is not UTF-8', (read: (bytes: Buffer) => unknown) => read(Buffer.alloc(300, 0xff))],
  ])('is given back when %s', (_, end) => {
    const { budget, read } = setUp()
    read(0, begin(600, 300))
    expect(budget.left).toBeLessThanOrEqual(TOTAL - 300)
    end((bytes) => read(0, bytes))
    expect(budget.left).toBe(TOTAL)
  })

  it('is given back on a fault between fragments, and on stop(), once only', () => {
    const { budget, readers, read } = setUp()
    const fragment = encodeFrame({ payload: 'x'.repeat(200), fin: false })
    for (const part of [fragment.subarray(0, 100), fragment.subarray(100)]) {
      read(0, part)
      read(1, part)
    }
    expect(budget.left).toBeLessThanOrEqual(TOTAL - 400)
    expect(read(0, encodeFrame({ opcode: 3 }))?.closeCode).toBe(1002)
    expect(budget.left).toBeLessThanOrEqual(TOTAL - 200)
    readers[1]!.stop()
    for (const reader of readers) reader.stop()
    expect(budget.left).toBe(TOTAL)
  })

  it('is given back before the message is handed on, so that a stop there changes nothing', () => {
    const seenLeft: number[] = []
    const { budget, readers, read } = setUp({
      ...nothing,
      onMessage() {
        seenLeft.push(budget.left)
        readers[0]!.stop()
      },
    })
    read(0, begin(600, 300))
    read(0, Buffer.alloc(300, 'x'))
    expect([...seenLeft, budget.left]).toEqual([TOTAL, TOTAL])
  })
})
