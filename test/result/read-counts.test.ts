import { deflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { encodeHistogram } from '../../src/result/histogram.ts'
import { readCounts } from '../../src/result/read-counts.ts'
import { makeTrend } from '../support/sample-result.ts'

const values = fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 200 })

function encode(numbers: readonly number[]): string {
  const trend = makeTrend(numbers)!
  return encodeHistogram(trend.counts, trend.min, trend.max)
}

describe('readCounts', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        expect(readCounts(encode(numbers))).toEqual(makeTrend(numbers)!.counts)
      }),
    )
  })

  it('reads what the library reads', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const ofLibrary = decodeFromCompressedBase64(encode(numbers), 32, false) as unknown as {
          _counts: Uint32Array
        }
        expect([...readCounts(encode(numbers))]).toEqual([...ofLibrary._counts])
      }),
      { numRuns: 20 },
    )
  })

  it('reads great counts', () => {
    const counts = makeTrend([5])!.counts
    counts[5] = 4_000_000_000
    expect(readCounts(encodeHistogram(counts, 5, 5))[5]).toBe(4_000_000_000)
  })

  const content = Buffer.alloc(40)
  content.writeInt32BE(0x1c849313, 0)
  content.writeInt32BE(3, 12)
  content.writeBigInt64BE(1n, 16)
  content.writeBigInt64BE(60_000_000n, 24)
  const pack = (words: readonly number[], change: (content: Buffer) => void = () => {}): string => {
    const whole = Buffer.concat([content, Buffer.from(words)])
    whole.writeInt32BE(words.length, 4)
    change(whole)
    const packed = deflateSync(whole)
    const prefix = Buffer.alloc(8)
    prefix.writeInt32BE(0x1c849314, 0)
    prefix.writeInt32BE(packed.length, 4)
    return Buffer.concat([prefix, packed]).toString('base64')
  }

  it('takes the smallest one made by hand', () => {
    expect(readCounts(pack([0x03, 0x0a])).indexOf(5)).toBe(2)
  })

  it.each([
    ['no base64', 'äöü', 'base64'],
    ['an empty text', '', 'base64'],
    ['another text', 'bm90IGEgaGlzdG9ncmFt', 'no HDR V2'],
    ['a text that is cut off', encode([1, 2, 3]).slice(0, 40), 'damaged'],
    ['more precision', pack([], (whole) => whole.writeInt32BE(5, 12)), 'another range'],
    [
      'a range that would take gigabytes',
      pack([], (whole) => whole.writeBigInt64BE(2n ** 62n, 24)),
      'another range',
    ],
    ['another lowest value', pack([], (whole) => whole.writeBigInt64BE(2n, 16)), 'another range'],
    ['a wrong length', pack([], (whole) => whole.writeInt32BE(7, 4)), 'damaged'],
    ['a count that has no end', pack([0x82, 0x80]), 'damaged'],
    ['a count beyond the last slot', pack([0xff, 0x8f, 0x02, 0x02, 0x02]), 'impossible'],
    ['empty slots beyond the last', pack([0xff, 0xff, 0xff, 0x7f]), 'impossible'],
    ['a count over 2^32', pack([0xfe, 0xff, 0xff, 0xff, 0xff, 0x7f]), 'impossible'],
    ['a count of nine bytes', pack(Array<number>(9).fill(0xff)), 'impossible'],
    ['gigabytes deflated', bomb(), 'damaged'],
    ['megabytes of text', 'A'.repeat(2_000_000), 'longer'],
  ])('refuses %s', (_, base64, problem) => {
    expect(() => readCounts(base64)).toThrow(problem)
  })

  /** 200 MB of zeros: 200 KB deflated. */
  function bomb(): string {
    const packed = deflateSync(Buffer.alloc(200_000_000))
    const prefix = Buffer.alloc(8)
    prefix.writeInt32BE(0x1c849314, 0)
    prefix.writeInt32BE(packed.length, 4)
    return Buffer.concat([prefix, packed]).toString('base64')
  }
})
