/** Whatever the generator may send comes back as a server sends it; `ws` says what that looks like. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Turned, turnFrames } from '../../src/floor/turn-frames.ts'
import { OPCODE, writeFrame } from '../../src/websocket/frame-writer.ts'
import { cutAt, writeWs } from '../websocket/reading.ts'

/** The generator's frame with another mask. */
function maskWith(key: Uint8Array, opcode: number, payload: Buffer): Buffer {
  const frame = writeFrame(opcode, payload)
  const start = frame.length - payload.length
  frame.set(key, start - 4)
  for (let i = 0; i < payload.length; i++) frame[start + i] = payload[i]! ^ key[i & 3]!
  return frame
}

/** Turns what comes in those pieces, as the server does: what is not whole waits for the next one. */
function turnAll(pieces: readonly Buffer[]): { sent: Buffer; rest: Buffer; outcome: Turned['outcome'] } {
  const turned: Turned = { sendBytes: 0, restFrom: 0, outcome: 'more' }
  const sent: Buffer[] = []
  let rest = Buffer.alloc(0)
  for (const piece of pieces) {
    // Not at the buffer's start, and with other bytes behind the end: both are so in a shared buffer.
    const data = Buffer.concat([Buffer.from([1, 2, 3]), rest, piece, Buffer.alloc(9, 0x81)])
    const end = data.length - 9
    const out = Buffer.alloc(end - 3)
    turnFrames(data, 3, end, out, turned)
    sent.push(out.subarray(0, turned.sendBytes))
    rest = data.subarray(turned.restFrom, end)
    if (turned.outcome !== 'more') break
  }
  return { sent: Buffer.concat(sent), rest, outcome: turned.outcome }
}

const aFrame = fc.record({
  opcode: fc.constantFrom(OPCODE.text, OPCODE.binary),
  key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  payload: fc
    .oneof(fc.nat(130), fc.constantFrom(125, 126, 127, 65_535), fc.nat(3000))
    .map((length) => Buffer.alloc(length, 'Grüße, 0123')),
})

describe('turnFrames', () => {
  it('gives back every frame as a server sends it, however they come in pieces', () => {
    fc.assert(
      fc.property(
        fc.array(aFrame, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(
            frames.map(({ key, opcode, payload }) => maskWith(key, opcode, payload)),
          )
          const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)
          const { sent, rest, outcome } = turnAll(cutAt(bytes, places))
          expect([rest.length, outcome]).toEqual([0, 'more'])
          expect(
            sent.equals(Buffer.concat(frames.map(({ opcode, payload }) => writeWs(payload, opcode)))),
          ).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('leaves a frame alone until it is whole, at every place where it can be cut', () => {
    for (const length of [0, 5, 200]) {
      const frame = writeFrame(OPCODE.text, Buffer.alloc(length, 'x'))
      for (let cut = 0; cut < frame.length; cut++) {
        const { sent, rest } = turnAll([frame.subarray(0, cut)])
        expect([sent.length, rest.equals(frame.subarray(0, cut))]).toEqual([0, true])
      }
    }
  })

  it('answers a ping with a pong of the same payload, and a pong not at all', () => {
    const bytes = Buffer.concat([
      writeFrame(OPCODE.ping, Buffer.from('p')),
      writeFrame(OPCODE.pong, Buffer.from('q')),
      writeFrame(OPCODE.text, Buffer.from('t')),
    ])
    const { sent } = turnAll([bytes])
    expect(sent).toEqual(
      Buffer.concat([writeWs(Buffer.from('p'), OPCODE.pong), writeWs(Buffer.from('t'), OPCODE.text)]),
    )
  })

  it('answers a Close frame with the same code, and nothing behind it', () => {
    const code = Buffer.from([3, 232])
    const bytes = Buffer.concat([
      writeFrame(OPCODE.close, code),
      writeFrame(OPCODE.text, Buffer.from('late')),
    ])
    const { sent, outcome } = turnAll([bytes])
    expect([sent, outcome]).toEqual([writeWs(code, OPCODE.close), 'close'])
  })

  const text = writeFrame(OPCODE.text, Buffer.from('text'))
  it.each([
    ['without a mask', writeWs(Buffer.from('longer than six'), OPCODE.text)],
    ['that is a fragment', Buffer.from(text).fill(0x01, 0, 1)],
    ['with a reserved bit', Buffer.from(text).fill(0xc1, 0, 1)],
    ['of 64 KiB', writeFrame(OPCODE.binary, Buffer.alloc(65_536))],
  ])('sends what came before a frame %s, and takes it for a fault', (_, frame) => {
    const { sent, outcome } = turnAll([Buffer.concat([text, frame, text])])
    expect([sent, outcome]).toEqual([writeWs(Buffer.from('text'), OPCODE.text), 'fault'])
  })
})
