import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countConnections, type Plan } from '../../src/plan/plan.ts'
import { shardPlan, splitEvenly } from '../../src/plan/shard-plan.ts'
import { resolve } from './resolve.ts'

const base = resolve('-c', '10').plan.tests[0]!

function planOf(counts: readonly number[], workers: number, concurrency: number): Plan {
  const groups = counts.map((count, index) => ({ ...base.groups[0]!, name: `g${index}`, count }))
  return { ...base, groups, workers, connect: { ...base.connect, concurrency } }
}

const plans = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 300 }),
  )
  .map(([counts, workers, concurrency]) => planOf(counts, workers, concurrency))

function shardsOf(plan: Plan): ReturnType<typeof shardPlan>[] {
  return Array.from({ length: plan.workers }, (_, shard) => shardPlan(plan, shard))
}

it('gives every client to exactly one shard, the one that its id names', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const seen: number[] = []
      for (const { shard, shards, groups } of shardsOf(plan)) {
        for (const { firstId, places } of groups) {
          for (const place of places) {
            expect((firstId + place) % shards).toBe(shard)
            seen.push(firstId + place)
          }
        }
      }
      expect(seen.sort((a, b) => a - b)).toEqual(
        Array.from({ length: countConnections(plan) }, (_, id) => id),
      )
    }),
  )
})

it('keeps a client in its group, with places in order', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      for (const { groups } of shardsOf(plan)) {
        groups.forEach(({ group, places }, index) => {
          expect(group).toBe(plan.groups[index])
          expect(places.every((place) => place >= 0 && place < group.count)).toBe(true)
          expect(places).toEqual([...places].sort((a, b) => a - b))
        })
      }
    }),
  )
})

it('splits the handshakes under way so that they add up, and none has zero', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const parts = shardsOf(plan).map(({ connectConcurrency }) => connectConcurrency)
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(1)
      const sum = parts.reduce((a, b) => a + b, 0)
      expect(sum).toBe(Math.max(plan.connect.concurrency, plan.workers))
    }),
  )
})

it('splits into parts that add up and differ by one at most', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 64 }), (total, parts) => {
      const split = Array.from({ length: parts }, (_, index) => splitEvenly(total, index, parts))
      expect(split.reduce((a, b) => a + b, 0)).toBe(total)
      expect(Math.max(...split) - Math.min(...split)).toBeLessThanOrEqual(1)
    }),
  )
})
