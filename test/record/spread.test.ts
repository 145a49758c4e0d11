import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SPREAD_BYTES_PER_CONNECTION, Spread } from '../../src/record/spread.ts'

const newSpread = (connections: number) =>
  new Spread(new ArrayBuffer(connections * SPREAD_BYTES_PER_CONNECTION), 0, connections)

it("a connection's P50 is within 23 % of the exact one, and its replies are exact", () => {
  const latencies = fc.array(fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 6e7 })), {
    minLength: 1,
    maxLength: 32,
  })
  fc.assert(
    fc.property(latencies, (values) => {
      const spread = newSpread(1)
      for (const [nth, us] of values.entries()) spread.record(0, nth, us)
      const [found] = spread.read()
      const exact = [...values].sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1]!
      expect(found?.replies).toBe(values.length)
      // Rounded to whole µs, so one more for the smallest.
      expect(Math.abs(found!.p50Us - exact)).toBeLessThanOrEqual(exact * 0.23 + 1)
    }),
  )
})

it('keeps connections apart and leaves out those without replies', () => {
  const spread = newSpread(4)
  spread.record(3, 0, 100)
  spread.record(1, 0, 100_000)
  spread.record(1, 1, 100_000)
  const found = spread.read()
  expect(found.map(({ replies }) => replies)).toEqual([2, 1])
  expect(found[0]!.p50Us).toBeGreaterThan(80_000)
  expect(found[1]!.p50Us).toBeLessThan(123)
})

it('takes 0 and more than a minute', () => {
  const spread = newSpread(1)
  for (const [nth, us] of [0, -1, 0.2, 6e7, 2 ** 40].entries()) spread.record(0, nth, us)
  expect(spread.read()).toMatchObject([{ replies: 5 }])
})

it('looks at every reply of the first 32 and one in eight after that, and counts all of them', () => {
  const spread = newSpread(1)
  for (let nth = 0; nth < 1000; nth++) spread.record(0, nth, nth < 32 || nth % 8 === 0 ? 100 : 1e6)
  spread.addReplies(0, 1000)
  const [found] = spread.read()
  expect(found!.replies).toBe(1000)
  expect(found!.p50Us).toBeLessThan(123)
})
