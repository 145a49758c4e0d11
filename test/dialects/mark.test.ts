import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTROL, NOISE, OTHERS, PUSH } from '../../src/dialects/dialect.ts'
import { echo } from '../../src/dialects/echo.ts'
import { createMarkMatcher, layOut, MARK_BYTES, smallestPayload } from '../../src/dialects/mark.ts'

const CONTEXT = { room: 0, unixSeconds: 0 }
const mark = (client: number, seq: number) =>
  `c${String(client).padStart(7, '0')}s${String(seq).padStart(10, '0')}`

/** As in a socket's read buffer: other bytes before and behind. */
function classify(text: string, client: number, matcher = createMarkMatcher(echo)): number {
  const reply = Buffer.from(text)
  const data = Buffer.concat([Buffer.from('c0000001s'), reply, Buffer.from('0000000001')])
  return matcher.classify(data, 9, 9 + reply.length, client)
}

describe('layOut', () => {
  it.each([19, 20, 32, 1000])('of %i bytes has places for both numbers inside', (sizeBytes) => {
    const { bytes, clientAt, clientDigits, seqAt, seqDigits } = layOut(echo, sizeBytes, CONTEXT)
    expect(bytes).toHaveLength(sizeBytes)
    expect({ clientAt, clientDigits, seqAt, seqDigits }).toEqual({
      clientAt: [1],
      clientDigits: 7,
      seqAt: [9],
      seqDigits: 10,
    })
    expect(bytes.toString()).toMatch(/^c0{7}s0{10}[a-z]*$/)
  })

  it('has room for the mark at its smallest', () => {
    expect(smallestPayload(echo, CONTEXT)).toBe(19)
    expect(MARK_BYTES).toBe(19)
  })

  it('has the numbers in the uuid too, wherever it is', () => {
    const layout = layOut(
      { ...echo, write: (content, { uuid }) => `${uuid} ${content} ${uuid}` },
      100,
      CONTEXT,
    )
    expect(layout.bytes).toHaveLength(100)
    expect([layout.clientAt, layout.seqAt]).toEqual([
      [38, 1, 65],
      [46, 26, 90],
    ])
  })

  it('refuses a dialect without the content', () => {
    expect(() => layOut({ ...echo, write: () => 'hello' }, 32, CONTEXT)).toThrow('leaves out the content')
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

  it('goes on finding it when the prefix changes', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 20 })
    const reply = fc.record({ prefix: words, suffix: words, seq: fc.nat(9_999_999_999) })
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 10 }), fc.nat(9_999_999), (replies, client) => {
        const matcher = createMarkMatcher(echo)
        for (const { prefix, suffix, seq } of replies) {
          expect(classify(`${prefix}${mark(client, seq)}${suffix}`, client, matcher)).toBe(seq)
        }
      }),
    )
  })

  it('takes what a regular expression takes, and never reads beyond the end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('c', 's', '0', '1', '9', 'x'), maxLength: 40 }),
        (text) => {
          const own = /c(\d{7})s(\d{10})/.exec(text)
          const expected = own === null ? NOISE : Number(own[1]) === 7 ? Number(own[2]) : OTHERS
          expect(classify(text, 7)).toBe(expected)
        },
      ),
    )
  })

  it('asks the dialect about frames without a mark only, with the text and the client', () => {
    const asked: unknown[] = []
    const matcher = createMarkMatcher({
      ...echo,
      classify: (text, client) => {
        asked.push([text, client])
        return text === 'tick ä' ? 'push' : text === 'pong' ? 'control' : 'noise'
      },
    })
    const found = ['tick ä', 'pong', 'hm', mark(7, 3), mark(8, 3)].map((text) => classify(text, 7, matcher))
    expect(found).toEqual([PUSH, CONTROL, NOISE, 3, OTHERS])
    expect(asked).toEqual([
      ['tick ä', 7],
      ['pong', 7],
      ['hm', 7],
    ])
  })
})
