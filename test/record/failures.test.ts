import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failures, mergeFailures, readTally, TALLY_SIZE } from '../../src/record/failures.ts'
import { tallyCloseCodes } from '../../src/result/error-counts.ts'

describe('Failures', () => {
  it('counts by class and detail, with the time of the first, and apart what ended an open connection', () => {
    const failures = new Failures()
    failures.add('reset', 'ECONNRESET', 30)
    failures.addEnd('reset', 'ECONNRESET', 40)
    failures.add('reset', 'EPIPE', 50, 5)
    failures.add('refused', 'ECONNRESET', 60)
    expect(failures.list()).toEqual([
      { class: 'reset', detail: 'ECONNRESET', count: 2, ends: 1, firstAtUs: 30 },
      { class: 'reset', detail: 'EPIPE', count: 5, ends: 0, firstAtUs: 50 },
      { class: 'refused', detail: 'ECONNRESET', count: 1, ends: 0, firstAtUs: 60 },
    ])
  })

  it('keeps the first hundred details and every standard close code, and counts the rest of a class as other: none is lost', () => {
    const failures = new Failures()
    for (let code = 0; code < 100_000; code++) failures.add('close-code', String(code), code)
    failures.add('upgrade-status', 'late', 7)
    failures.add('close-code', '5', 9)
    const list = failures.list()
    expect(list).toHaveLength(102 + 15)
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(100_002)
    expect(list.find(({ detail }) => detail === '5')?.count).toBe(2)
    expect(list.filter(({ detail }) => detail === 'other')).toEqual([
      { class: 'close-code', detail: 'other', count: 99_900 - 15, ends: 0, firstAtUs: 100 },
      { class: 'upgrade-status', detail: 'other', count: 1, ends: 0, firstAtUs: 7 },
    ])
  })
})

describe('a tally', () => {
  it('has what the list has, by class and by close code, in memory that can be shared', () => {
    const tally = new Float64Array(new SharedArrayBuffer(8 * TALLY_SIZE))
    const failures = new Failures(tally)
    expect(readTally(tally)).toEqual({ errors: {}, closeCodes: {} })
    failures.add('refused', 'ECONNREFUSED', 1)
    failures.add('no-reply', '', 2, 7)
    // Not open yet, so no connection ended.
    failures.add('close-code', '1000', 3)
    for (const code of ['1000', '1001', '1014', '1015', '999', '4000']) failures.addEnd('close-code', code, 4)
    failures.addEnd('reset', 'ECONNRESET', 5)
    failures.addEnd('close-code', '', 6)
    failures.addEnd('dropped-lagging', '1008', 7)
    failures.addEnd('protocol', 'masked', 8)
    expect(readTally(tally)).toEqual({
      errors: { refused: 1, 'no-reply': 7, 'close-code': 8, reset: 1, 'dropped-lagging': 1, protocol: 1 },
      closeCodes: { 1000: 1, 1001: 1, 1006: 2, 1008: 1, 1014: 1, other: 3 },
    })
    expect(tallyCloseCodes(mergeFailures([failures.list()]))).toEqual({
      999: 1,
      1000: 1,
      1001: 1,
      1006: 2,
      1008: 1,
      1014: 1,
      1015: 1,
      4000: 1,
    })
  })
})

it('mergeFailures sums, keeps the earliest time, and lists the most frequent first', () => {
  const entryArb = fc.record({
    class: fc.constantFrom('reset' as const, 'refused' as const),
    detail: fc.constantFrom('a', 'b'),
    count: fc.integer({ min: 1, max: 9 }),
    ends: fc.nat(9),
    firstAtUs: fc.nat(1000),
  })
  fc.assert(
    fc.property(fc.array(fc.array(entryArb)), (lists) => {
      const merged = mergeFailures(lists)
      const all = lists.flat()
      for (const { class: failure, detail, count, ends, firstAtUs } of merged) {
        const same = all.filter((one) => one.class === failure && one.detail === detail)
        expect(count).toBe(same.reduce((sum, one) => sum + one.count, 0))
        expect(ends).toBe(same.reduce((sum, one) => sum + one.ends, 0))
        expect(firstAtUs).toBe(Math.min(...same.map((one) => one.firstAtUs)))
      }
      const counts = merged.map(({ count }) => count)
      expect(counts).toEqual([...counts].sort((a, b) => b - a))
      expect(counts.reduce((a, b) => a + b, 0)).toBe(all.reduce((sum, { count }) => sum + count, 0))
    }),
  )
})
