import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  headerBytes,
  OPCODE,
  patchByte,
  writeCloseFrame,
  writeFrame,
} from '../../src/websocket/frame-writer.ts'
import { createFrameDecoder, type Frame } from '../support/bad-server/wire.ts'
import { seen, show } from './conformance/row.ts'
import { cutAt, readWs } from './reading.ts'

function decode(bytes: Buffer): Frame {
  const frames: Frame[] = []
  createFrameDecoder((frame) => frames.push(frame))(bytes)
  expect(frames).toHaveLength(1)
  return frames[0]!
}

describe('writeFrame', () => {
  it.each([
    ...[0, 1, 3, 4, 5, 124, 125].map((length) => [length, 6] as const),
    ...[126, 127, 128, 65_534, 65_535].map((length) => [length, 8] as const),
    ...[65_536, 65_537].map((length) => [length, 14] as const),
  ])('writes a payload of %i bytes behind a header of %i, the shortest there is', (length, header) => {
    const payload = Buffer.alloc(length, 'abc')
    const frame = writeFrame(OPCODE.text, payload)
    expect([headerBytes(length), frame.length]).toEqual([header, header + length])
    expect(decode(frame)).toMatchObject({ fin: true, reserved: 0, opcode: 1, masked: true, payload })
    expect(readWs([frame], { isServer: true }).events).toEqual([seen.text(payload)])
  })

  it('masks with a key that is not zero and leaves the payload as it was', () => {
    const payload = Buffer.from('payload')
    const frame = writeFrame(OPCODE.binary, payload)
    expect(frame.subarray(2, 6)).not.toEqual(Buffer.alloc(4))
    expect(frame.includes('payload')).toBe(false)
    expect(payload.toString()).toBe('payload')
  })

  it('is read by the ws package as it was meant, whatever the payloads and wherever cut', () => {
    const frame = fc.record({
      opcode: fc.constantFrom(1, 2, 9, 10),
      payload: fc.uint8Array({ maxLength: 125 }),
    })
    const names: Record<number, string> = { 1: 'text', 2: 'binary', 9: 'ping', 10: 'pong' }
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 10 }), fc.array(fc.nat()), (frames, places) => {
        const bytes = Buffer.concat(frames.map(({ opcode, payload }) => writeFrame(opcode, payload)))
        const read = readWs(cutAt(bytes, places), { isServer: true, checkUtf8: false })
        expect(read.fault).toBeNull()
        expect(read.events).toEqual(frames.map(({ opcode, payload }) => `${names[opcode]}:${show(payload)}`))
      }),
      { numRuns: 300 },
    )
  })
})

describe('patchByte', () => {
  it('changes that byte of the payload and no other, at every length form', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 5, 32, 125, 126, 300, 65_536),
        fc.nat(),
        fc.nat(255),
        (length, place, byte) => {
          const at = place % length
          const expected = Buffer.alloc(length, 'k')
          const frame = writeFrame(OPCODE.text, expected)
          patchByte(frame, headerBytes(length), at, byte)
          expected[at] = byte
          expect(decode(frame).payload.equals(expected)).toBe(true)
        },
      ),
    )
  })
})

describe('writeCloseFrame', () => {
  it.each([
    [1000, 'close:1000:'],
    [4999, 'close:4999:'],
    [null, 'close:1005:'],
  ])('%s', (code, event) => {
    expect(readWs([writeCloseFrame(code)], { isServer: true }).events).toEqual([event])
  })
})
