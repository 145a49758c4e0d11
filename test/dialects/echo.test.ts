import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOISE, OTHERS } from '../../src/dialects/dialect.ts'
import { echo } from '../../src/dialects/echo.ts'

const mark = (client: number, seq: number) =>
  `c${String(client).padStart(7, '0')}s${String(seq).padStart(10, '0')}`

/** As in a socket's read buffer: other bytes before and behind. */
function classify(text: string, client: number, matcher = echo.createMatcher()): number {
  const reply = Buffer.from(text)
  const data = Buffer.concat([Buffer.from('c0000001s'), reply, Buffer.from('0000000001')])
  return matcher.classify(data, 9, 9 + reply.length, client)
}

describe('message', () => {
  it.each([19, 20, 32, 1000])('of %i bytes has places for both numbers inside', (sizeBytes) => {
    const { bytes, clientAt, clientDigits, seqAt, seqDigits } = echo.message(sizeBytes)
    expect(bytes).toHaveLength(sizeBytes)
    bytes.write('0000042', clientAt)
    bytes.write('0000000345', seqAt)
    expect([clientDigits, seqDigits]).toEqual([7, 10])
    expect(bytes.toString().slice(0, 19)).toBe(mark(42, 345))
    expect(bytes.toString()).toMatch(/^[a-z0-9]+$/)
    expect(classify(bytes.toString(), 42)).toBe(345)
  })

  it('has room for the mark at its smallest', () => {
    expect(echo.minPayloadBytes).toBe(19)
  })
})

describe('classify', () => {
  const cases: [what: string, reply: string, found: number][] = [
    ['unchanged', `${mark(7, 12)}abc`, 12],
    ['the smallest', mark(7, 0), 0],
    ['the greatest number', mark(7, 9_999_999_999), 9_999_999_999],
    ['behind a prefix', `Echo: ${mark(7, 12)}abc`, 12],
    ['behind a prefix of other letters', `回显: ${mark(7, 12)}`, 12],
    ['before a suffix', `${mark(7, 12)} (from server)`, 12],
    ['before digits', `${mark(7, 12)}99`, 12],
    ['inside JSON', JSON.stringify({ type: 'echo', data: `${mark(7, 12)}ab`, at: 1 }), 12],
    ['inside JSON with the letter c before', `{"cccccccscccc":"c1s","d":"${mark(7, 12)}"}`, 12],
    ["another client's", mark(8, 12), OTHERS],
    ["another client's behind a prefix", `Echo: ${mark(8, 12)}`, OTHERS],
    ['empty', '', NOISE],
    ['too short', mark(7, 12).slice(0, 18), NOISE],
    ['no mark', 'something else altogether, long enough', NOISE],
    ['a digit that is a letter', mark(7, 12).replace('0000012', '00000x2'), NOISE],
    ['a mark cut off at the end', `Echo: ${mark(7, 12)}`.slice(0, -1), NOISE],
  ]
  it.each(cases)('%s', (_, reply, found) => {
    expect(classify(reply, 7)).toBe(found)
  })

  it('finds its own number behind any prefix without a mark, and before any suffix, also when the prefix changes', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 20 })
    const reply = fc.record({ prefix: words, suffix: words, seq: fc.integer({ min: 0, max: 9_999_999_999 }) })
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 10 }), fc.nat(9_999_999), (replies, client) => {
        const matcher = echo.createMatcher()
        for (const { prefix, suffix, seq } of replies) {
          expect(classify(`${prefix}${mark(client, seq)}${suffix}`, client, matcher)).toBe(seq)
        }
      }),
    )
  })

  it('never takes noise for a reply, nor reads beyond the end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('c', 's', '0', '1', '9', 'x'), maxLength: 40 }),
        (text) => {
          const found = classify(text, 7)
          const own = /c(\d{7})s(\d{10})/.exec(text)
          expect(found).toBe(own === null ? NOISE : Number(own[1]) === 7 ? Number(own[2]) : OTHERS)
        },
      ),
    )
  })
})
