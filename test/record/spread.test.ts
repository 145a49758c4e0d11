import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SPREAD_BYTES_PER_CONNECTION, Spread } from '../../src/record/spread.ts'

const newSpread = (connections: number) =>
  new Spread(new ArrayBuffer(connections * SPREAD_BYTES_PER_CONNECTION), 0, connections)

it("a connection's P50 is within 23 % of the exact one, and its replies are exact", () => {
  const latencies = fc.array(fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 6e7 })), {
    minLength: 1,
    maxLength: 50,
  })
  fc.assert(
    fc.property(latencies, (values) => {
      const spread = newSpread(1)
      for (const us of values) spread.record(0, us)
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
  spread.record(3, 100)
  spread.record(1, 100_000)
  spread.record(1, 100_000)
  const found = spread.read()
  expect(found.map(({ replies }) => replies)).toEqual([2, 1])
  expect(found[0]!.p50Us).toBeGreaterThan(80_000)
  expect(found[1]!.p50Us).toBeLessThan(123)
})

it('takes 0 and more than a minute', () => {
  const spread = newSpread(1)
  for (const us of [0, -1, 0.2, 6e7, 2 ** 40]) spread.record(0, us)
  expect(spread.read()).toMatchObject([{ replies: 5 }])
})
