import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PayloadLayout } from '../../src/dialects/dialect.ts'
import { echo } from '../../src/dialects/echo.ts'
import { layOut } from '../../src/dialects/mark.ts'
import { parseTemplate } from '../../src/dialects/template.ts'
import { Message } from '../../src/engine/message.ts'
import { createFrameDecoder, type Frame } from '../support/bad-server/wire.ts'

/** What a server reads of it: its frame decoded by other code, or the bare bytes. */
function layEcho(sizeBytes: number): PayloadLayout {
  return layOut(echo, sizeBytes, { room: 0, unixSeconds: 0 })
}

function readPayload(message: Message, framed: boolean): string {
  if (!framed) return message.bytes.toString()
  const frames: Frame[] = []
  createFrameDecoder((frame) => frames.push(frame))(message.bytes)
  expect(frames).toHaveLength(1)
  expect(frames[0]).toMatchObject({ fin: true, masked: true, reserved: 0, size: message.bytes.length })
  return frames[0]!.payload.toString()
}

const mark = (client: number, seq: number) =>
  `c${String(client).padStart(7, '0')}s${String(seq).padStart(10, '0')}`

/** Steps a message takes: the numbers, and whether the bytes were left in a full socket afterwards. */
const stepsArb = fc.array(
  fc.record({
    client: fc.integer({ min: 0, max: 9_999_999 }),
    seq: fc.oneof(
      fc.integer({ min: 0, max: 120 }),
      fc.constantFrom(0, 8, 9, 10, 11, 98, 99, 100, 999, 1000, 99_999, 100_000, 9_999_999_999),
    ),
    next: fc.boolean(),
    retire: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
)

describe.each([true, false])('framed: %s', (framed) => {
  it.each([19, 20, 32, 125, 126, 65_535, 65_536])('generated, %i bytes', (sizeBytes) => {
    const runs = sizeBytes > 1000 ? 3 : 60
    fc.assert(
      fc.property(stepsArb, (steps) => {
        const message = Message.fromLayout(layEcho(sizeBytes), false, framed)
        let last = -1
        for (const { client, seq, next, retire } of steps) {
          const number = next && last >= 0 && last < 9_999_999_999 ? last + 1 : seq
          message.prepare(client, number)
          const payload = readPayload(message, framed)
          expect(payload.slice(0, 19)).toBe(mark(client, number))
          expect(payload).toHaveLength(sizeBytes)
          expect(payload.slice(19)).toMatch(/^[a-z]*$/)
          last = number
          if (retire) message.retire()
        }
      }),
      { numRuns: runs },
    )
  })

  it('a template, at any number of digits', () => {
    fc.assert(
      fc.property(stepsArb, (steps) => {
        const parts = parseTemplate('回{client}: {seq}/{seq} {token}!')
        const message = Message.fromTemplate(parts, { client: 42, token: 'té' }, false, framed)
        let last = -1
        let digits = 1
        for (const { seq, next, retire } of steps) {
          const number = next && last >= 0 ? last + 1 : seq
          message.prepare(42, number)
          // Digits grow and stay: a smaller number after a greater one is padded.
          digits = Math.max(digits, String(number).length)
          const shown = String(number).padStart(digits, '0')
          expect(readPayload(message, framed)).toBe(`回42: ${shown}/${shown} té!`)
          last = number
          if (retire) message.retire()
        }
      }),
    )
  })
})

it('counts from 0 without padding in a template', () => {
  const message = Message.fromTemplate(parseTemplate('#{seq}.'), { client: 0, token: '' }, false, true)
  for (let seq = 0; seq <= 1001; seq++) {
    message.prepare(0, seq)
    expect(readPayload(message, true)).toBe(`#${seq}.`)
  }
})

it('the bytes of a message that waits in the socket do not change any more', () => {
  const message = Message.fromLayout(layEcho(32), false, true)
  message.prepare(3, 7)
  const waiting = message.bytes
  const before = Buffer.from(waiting)
  message.retire()
  message.prepare(4, 8)
  expect(waiting).toEqual(before)
  expect(readPayload(message, true).slice(0, 19)).toBe(mark(4, 8))
})

it('a layout is not changed by the messages made of it', () => {
  const layout = layEcho(32)
  const before = Buffer.from(layout.bytes)
  const message = Message.fromLayout(layout, false, false)
  message.prepare(1, 2)
  expect(layout.bytes).toEqual(before)
})

it('text and binary differ in their opcode', () => {
  expect(Message.fromLayout(layEcho(32), false, true).bytes[0]).toBe(0x81)
  expect(Message.fromLayout(layEcho(32), true, true).bytes[0]).toBe(0x82)
})

it('a binary template is taken byte by byte', () => {
  const message = Message.fromTemplate(parseTemplate('\xff\x00{seq}'), { client: 0, token: '' }, true, false)
  message.prepare(0, 12)
  expect(message.bytes).toEqual(Buffer.from([0xff, 0x00, 0x31, 0x32]))
})

it('a message without numbers stays as it is', () => {
  const message = Message.fromTemplate(parseTemplate('{"ping":1}'), { client: 0, token: '' }, false, true)
  const { bytes } = message
  message.prepare(0, 0)
  message.prepare(0, 1)
  expect(message.bytes).toBe(bytes)
  expect(readPayload(message, true)).toBe('{"ping":1}')
})
