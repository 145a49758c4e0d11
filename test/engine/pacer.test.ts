import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPacer, type PacerShare } from '../../src/engine/pacer.ts'
import { createSchedule } from '../../src/engine/schedule.ts'
import type { Plan, Stage } from '../../src/plan/plan.ts'
import { shardPlan } from '../../src/plan/shard-plan.ts'
import { makeGroup } from '../support/plan.ts'

const constant = (perSec: number): Stage[] => [{ fromPerSec: perSec, toPerSec: perSec, durationUs: 0 }]

interface Send {
  readonly dueUs: number
  /** Place within the group. */
  readonly place: number
}

function listSends(
  stages: readonly Stage[],
  share: PacerShare,
  arrival: 'constant' | 'poisson' = 'constant',
  seed = 1,
): Send[] {
  const pacer = createPacer(createSchedule(stages), share, arrival, seed)
  const sends: Send[] = []
  while (pacer.dueUs < Number.POSITIVE_INFINITY && sends.length < 1e6) {
    sends.push({ dueUs: pacer.dueUs, place: share.places[pacer.client]! })
    pacer.advance()
  }
  return sends
}

const everyone = (count: number) => Array.from({ length: count }, (_, place) => place)

/** Places of each shard as the plan deals them. */
function dealPlaces(counts: readonly number[], workers: number, index: number): (readonly number[])[] {
  const groups = counts.map((count) => makeGroup({ count }))
  const plan = { groups, workers, connect: { ratePerSec: null, concurrency: 250 } } as unknown as Plan
  return Array.from({ length: workers }, (_, shard) => shardPlan(plan, shard).groups[index]!.places)
}

describe('sharding', () => {
  it('the sends of all shards together are exactly the sends of one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 2000 }),
        fc.option(fc.integer({ min: 0, max: 6 }), { nil: null }),
        (count, before, workers, fromPerSec, toPerSec, messagesEach) => {
          const stages = [{ fromPerSec, toPerSec, durationUs: 300_000 }]
          const stop = { groupSize: count, messagesEach, durationUs: 300_000 }
          const shares = dealPlaces([before, count], workers, 1)
          const sharded = shares.flatMap((places) => listSends(stages, { ...stop, places }))
          sharded.sort((a, b) => a.dueUs - b.dueUs || a.place - b.place)
          const whole = listSends(stages, { ...stop, places: everyone(count) })
          whole.sort((a, b) => a.dueUs - b.dueUs || a.place - b.place)
          expect(sharded).toEqual(whole)
        },
      ),
    )
  })

  it('a shard without clients sends nothing', () => {
    const share = { groupSize: 3, places: [], messagesEach: null, durationUs: null }
    expect(listSends(constant(100), share)).toEqual([])
  })
})

describe('stops', () => {
  const share = { groupSize: 3, places: everyone(3), messagesEach: null, durationUs: null }

  it('a count: every client sends exactly that many, in turn', () => {
    const sends = listSends(constant(30), { ...share, messagesEach: 4 })
    expect(sends.map(({ place }) => place)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
    expect(sends.at(-1)?.dueUs).toBeCloseTo(11e6 / 30, 3)
  })

  it('a time: what is due before its end, not at it', () => {
    expect(listSends(constant(10), { ...share, durationUs: 1_000_000 })).toHaveLength(10)
    expect(listSends(constant(10), { ...share, durationUs: 1_000_001 })).toHaveLength(11)
  })

  it('whichever comes first', () => {
    expect(listSends(constant(10), { ...share, durationUs: 1_000_000, messagesEach: 2 })).toHaveLength(6)
    expect(listSends(constant(10), { ...share, durationUs: 300_000, messagesEach: 2 })).toHaveLength(3)
  })

  it('no messages, no sends', () => {
    expect(listSends(constant(10), { ...share, messagesEach: 0 })).toEqual([])
  })
})

describe('Poisson arrivals', () => {
  const share = { groupSize: 10, places: everyone(10), messagesEach: null, durationUs: 100_000_000 }

  it('are the same for the same seed, and others for another', () => {
    const short = { ...share, durationUs: 1_000_000 }
    expect(listSends(constant(100), short, 'poisson', 5)).toEqual(
      listSends(constant(100), short, 'poisson', 5),
    )
    expect(listSends(constant(100), short, 'poisson', 5)).not.toEqual(
      listSends(constant(100), short, 'poisson', 6),
    )
  })

  it('have the mean of the rate, and gaps that spread as far as their mean', () => {
    const sends = listSends(constant(1000), share, 'poisson')
    // 100,000 expected, standard deviation 316.
    expect(Math.abs(sends.length - 100_000)).toBeLessThan(5 * 316)
    const gaps = sends.slice(1).map(({ dueUs }, n) => dueUs - sends[n]!.dueUs)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1)
  })

  it('of a shard are its share of the rate', () => {
    const sends = listSends(constant(1000), { ...share, places: [1, 5, 9] }, 'poisson')
    expect(Math.abs(sends.length - 30_000)).toBeLessThan(5 * Math.sqrt(30_000))
    expect(new Set(sends.map(({ place }) => place))).toEqual(new Set([1, 5, 9]))
  })

  it('follow a ramp', () => {
    const stages = [{ fromPerSec: 0, toPerSec: 1000, durationUs: 100_000_000 }]
    const sends = listSends(stages, share, 'poisson')
    expect(Math.abs(sends.length - 50_000)).toBeLessThan(5 * Math.sqrt(50_000))
    const early = sends.filter(({ dueUs }) => dueUs < 50_000_000).length
    expect(Math.abs(early - 12_500)).toBeLessThan(5 * Math.sqrt(12_500))
  })
})
