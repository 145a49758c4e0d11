/** The collector's intervals, with clock and timers in our hand: whatever a timer does, every message is in one of them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ResourceSample, ResourceSampler } from '../../src/observe/resource-sampler.ts'
import type { Phase, Plan } from '../../src/plan/plan.ts'
import { shardPlan } from '../../src/plan/shard-plan.ts'
import { mapShardMemory } from '../../src/record/shard-memory.ts'
import { countSamples } from '../../src/record/trend.ts'
import type { Interval } from '../../src/result/run-result.ts'
import { createCollector } from '../../src/run/collector.ts'
import { makeGroup } from '../support/plan.ts'

const clock = vi.hoisted(() => ({ us: 0 }))
vi.mock('../../src/engine/clock.ts', () => ({ nowUs: () => clock.us }))

const SECOND = 1_000_000
const START = 2 ** 32 - 5 * SECOND

beforeEach(() => {
  clock.us = START
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const SAMPLE: ResourceSample = {
  atUs: 0,
  generatorRssBytes: 1,
  generatorRssPeakBytes: 1,
  generatorCpuPercent: 1,
  serverRssBytes: null,
  serverCpuPercent: null,
  serverBusiestThreadPercent: null,
}

function start() {
  const groups = [makeGroup({ count: 2 })]
  const plan = { groups, workers: 1, connect: { ratePerSec: null, concurrency: 250 } } as unknown as Plan
  const shard = mapShardMemory(shardPlan(plan, 0))
  const sampler: ResourceSampler = {
    serverVisible: false,
    serverCores: null,
    onOneCore: false,
    sample: () => SAMPLE,
    sampleMoment: () => SAMPLE,
    look: () => ({ rssBytes: null, descriptors: null, threads: null }),
    takeWarnings: () => [],
  }
  const told: Interval[] = []
  const collector = createCollector({
    shards: [shard],
    sampler,
    latency: 'service_time',
    received: 'messages_received',
    expected: null,
    open: false,
    startUs: START,
    onInterval: (interval) => told.push(interval),
  })
  const [group] = shard.groups
  /** The generator's thread goes on, whatever the main thread does: so many messages of that latency. */
  const answer = (count: number, side: 'hold' | 'warmup', latencyUs = 500) => {
    const recorder = group![side]
    recorder.add('messages_sent', count)
    recorder.add('messages_received', count)
    for (let n = 0; n < count; n++) recorder.trends.service_time.record(latencyUs)
  }
  return { collector, answer, told }
}

/** Lets time pass; the timers that are due in it run at its end, so that they are up to that late. */
function pass(ms: number): void {
  clock.us += ms * 1000
  vi.advanceTimersByTime(ms)
}

const total = (intervals: readonly Interval[], name: 'sent' | 'received' | 'durationUs') =>
  intervals.reduce((sum, interval) => sum + interval[name], 0)

describe('an interval', () => {
  it('ends each second, and no timer is waited for twice', () => {
    const { collector, answer, told } = start()
    for (let second = 0; second < 10; second++) {
      answer(100, 'hold')
      pass(1000)
    }
    expect(told.map(({ atUs, sent }) => [atUs, sent])).toEqual(
      Array.from({ length: 10 }, (_, index) => [(index + 1) * SECOND, 100]),
    )
    expect(collector.intervals).toEqual(told)
  })

  it.each([
    ['30 ms', [1030, 1030, 1030, 1030, 1030, 1030, 1030, 1030]],
    ['now and then by seconds', [1000, 4700, 1000, 1000, 12_345, 1000, 999, 1]],
    ['and early', [999, 999, 999, 999, 999, 999, 999, 999, 999]],
  ])('that comes late, %s, has all that came meanwhile, once', (_, waits) => {
    const { collector, answer } = start()
    for (const [index, ms] of waits.entries()) {
      answer(index + 1, 'hold')
      pass(ms)
    }
    collector.stop()
    const { intervals } = collector
    expect(total(intervals, 'sent')).toBe((waits.length * (waits.length + 1)) / 2)
    expect(total(intervals, 'durationUs')).toBe(waits.reduce((sum, ms) => sum + ms) * 1000)
    // One after the other, without a gap: each begins where the one before has ended.
    let endUs = 0
    for (const { atUs, durationUs } of intervals) {
      expect(atUs - durationUs).toBe(endUs)
      endUs = atUs
    }
    expect(vi.getTimerCount()).toBe(0)
  })

  it('goes back to the second after a delay, not to twice as many', () => {
    const { answer, told } = start()
    pass(1000)
    answer(1, 'hold')
    pass(3500)
    for (let n = 0; n < 5; n++) pass(1000)
    expect(told).toHaveLength(7)
    expect(told.slice(2).every(({ durationUs }) => durationUs === SECOND)).toBe(true)
  })

  it('across the hour is folded for the result, and told as it is', () => {
    const { collector, answer, told } = start()
    for (let second = 0; second < 3700; second++) {
      answer(1, 'hold')
      pass(1000)
    }
    expect(told).toHaveLength(3700)
    expect(collector.intervals.length).toBeLessThanOrEqual(3600)
    expect(total(collector.intervals, 'sent')).toBe(3700)
    expect(collector.seconds.length).toBeLessThan(120)
  })
})

describe('a phase', () => {
  const inPhase = (intervals: readonly Interval[], phase: Phase) =>
    intervals.filter((interval) => interval.phase === phase)

  it('that the timer enters late has all of its latencies', () => {
    const { collector, answer } = start()
    collector.enter('warmup', START)
    answer(50, 'warmup', 9000)
    collector.enter('hold', START + 500_000)
    // Two seconds of the hold pass before the main thread sees that it has begun.
    answer(2000, 'hold', 700)
    pass(2500)
    answer(1000, 'hold', 800)
    pass(1000)
    collector.stop()
    const trends = collector.seconds.map(({ trend }) => countSamples(trend))
    expect(trends.reduce((sum, count) => sum + count, 0)).toBe(3000)
    expect(total(collector.intervals, 'sent')).toBe(3050)
    expect(inPhase(collector.intervals, 'hold').every(({ maxUs }) => maxUs! < 1000)).toBe(true)
  })

  it('of a later cycle has only its own', () => {
    const { collector, answer } = start()
    collector.enter('hold', clock.us)
    answer(1000, 'hold', 30_000)
    pass(1000)
    collector.enter('drain', clock.us)
    pass(1000)
    collector.enter('connect', clock.us)
    pass(1000)
    collector.enter('hold', clock.us)
    answer(1000, 'hold', 500)
    pass(1000)
    collector.stop()
    expect(inPhase(collector.intervals, 'hold').map(({ p50Us }) => p50Us! > 10_000)).toEqual([true, false])
  })
})
