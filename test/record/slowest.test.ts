import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keepSlowest, Slowest } from '../../src/record/slowest.ts'

it('keeps the ten slowest of any messages, slowest first, when asked as the hot path asks', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (latencies) => {
      const slowest = new Slowest()
      for (const [seq, latencyUs] of latencies.entries()) {
        if (latencyUs > slowest.thresholdUs) slowest.offer(1, seq, seq * 10, latencyUs)
      }
      const wanted = [...latencies].sort((a, b) => b - a).slice(0, 10)
      expect(slowest.list().map(({ latencyUs }) => latencyUs)).toEqual(wanted)
    }),
  )
})

it('of equals the earlier comes first, and lists of shards merge', () => {
  const at = (atUs: number, latencyUs: number) => ({ client: 0, seq: 0, atUs, latencyUs })
  expect(keepSlowest([at(5, 1), at(3, 1), at(9, 2)])).toEqual([at(9, 2), at(3, 1), at(5, 1)])
  expect(keepSlowest(Array.from({ length: 30 }, (_, n) => at(n, n)))).toHaveLength(10)
})
