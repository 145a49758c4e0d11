/** Messages due are rate × time, to the message, for 40 minutes (2^31 µs are 36), 72 (2^32) and 30 days. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { LoopMeter } from '../../src/engine/loop-meter.ts'
import { createPacer, type PacerShare } from '../../src/engine/pacer.ts'
import { runPacerLoop } from '../../src/engine/pacer-loop.ts'
import { createSchedule } from '../../src/engine/schedule.ts'
import type { Stage } from '../../src/plan/plan.ts'
import { countDue } from '../../src/plan/rate-schedule.ts'

const clock = vi.hoisted(() => ({ us: 0 }))
vi.mock('../../src/engine/clock.ts', () => ({ nowUs: () => clock.us }))

const SECOND = 1_000_000
const FORTY_MINUTES = 2400
const OVER_2_32 = 4320
const THIRTY_DAYS = 2_592_000

const constant = (perSec: number): Stage[] => [{ fromPerSec: perSec, toPerSec: perSec, durationUs: 0 }]

/** ⌈messages/per × seconds⌉ without rounding. */
function exactCount(messages: number, per: number, seconds: number): number {
  const [m, p, s] = [BigInt(messages), BigInt(per), BigInt(seconds)]
  return Number((m * s + p - 1n) / p)
}

describe('a constant rate', () => {
  const rates: [messages: number, perSeconds: number][] = [
    [1, 3],
    [7, 1],
    [19_997, 1],
    [2000, 60],
    [333, 10],
    [1, 3600],
    [1_000_000, 7],
  ]
  it.each(
    rates.flatMap(([m, p]) => [60, FORTY_MINUTES, OVER_2_32, THIRTY_DAYS].map((seconds) => [m, p, seconds])),
  )('%d in %d s is exactly that over %d s', (messages, per, seconds) => {
    const stages = constant(messages! / per!)
    const exact = exactCount(messages!, per!, seconds!)
    expect(createSchedule(stages).countBefore(seconds! * SECOND)).toBe(exact)
    expect(countDue(stages, seconds! * SECOND)).toBe(exact)
  })

  it('of any kind is exactly that over any time', () => {
    const arb = [fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 3600 })] as const
    fc.assert(
      fc.property(...arb, fc.integer({ min: 1, max: THIRTY_DAYS }), (messages, per, seconds) => {
        const stages = constant(messages / per)
        expect(createSchedule(stages).countBefore(seconds * SECOND)).toBe(exactCount(messages, per, seconds))
      }),
      { numRuns: 2000 },
    )
  })

  it('has each message due at its own time to a hundredth of a microsecond, the last of 30 days too', () => {
    const arb = [fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 3600 })] as const
    fc.assert(
      fc.property(...arb, fc.double({ min: 0, max: 1, noNaN: true }), (messages, per, share) => {
        const n = Math.floor((share * THIRTY_DAYS * messages) / per)
        const nanoseconds = (BigInt(n) * BigInt(per) * 1_000_000_000n) / BigInt(messages)
        const dueUs = createSchedule(constant(messages / per)).dueUs(n)
        expect(Math.abs(dueUs - Number(nanoseconds) / 1000)).toBeLessThan(0.01)
      }),
      { numRuns: 2000 },
    )
  })
})

/** Sends of one share, without keeping them. */
function walk(stages: readonly Stage[], share: PacerShare, arrival: 'constant' | 'poisson' = 'constant') {
  const pacer = createPacer(createSchedule(stages), share, arrival, 1)
  const tenths = new Array<number>(10).fill(0)
  let [count, lastUs] = [0, -1]
  for (; pacer.dueUs < Number.POSITIVE_INFINITY; pacer.advance()) {
    if (pacer.dueUs < lastUs) throw new Error(`${pacer.dueUs} comes after ${lastUs}`)
    lastUs = pacer.dueUs
    count++
    tenths[Math.floor((10 * lastUs) / share.durationUs!)]!++
  }
  return { count, lastUs, tenths }
}

describe('shards', () => {
  const days: Stage[] = [{ fromPerSec: 0, toPerSec: 0.2, durationUs: THIRTY_DAYS * SECOND }]
  const cases: [what: string, stages: Stage[], seconds: number, count: number][] = [
    ['1/3 a second for 30 days', constant(1 / 3), THIRTY_DAYS, 864_000],
    ['333/s for 40 minutes', constant(333), FORTY_MINUTES, 799_200],
    ['7/s for 72 minutes', constant(7), OVER_2_32, 30_240],
    ['2,000 a minute for one', constant(2000 / 60), 60, 2000],
    ['2,000 a minute for 40 minutes', constant(2000 / 60), FORTY_MINUTES, 80_000],
    ['a ramp from 0 to 0.2/s over 30 days', days, THIRTY_DAYS, 259_200],
    [
      'a ramp down over 40 minutes',
      [{ fromPerSec: 100, toPerSec: 0, durationUs: FORTY_MINUTES * SECOND }],
      FORTY_MINUTES,
      120_000,
    ],
    [
      '20 minutes up, 20 minutes on',
      [{ fromPerSec: 1, toPerSec: 99, durationUs: 1200 * SECOND }, ...constant(99)],
      FORTY_MINUTES,
      178_800,
    ],
  ]
  it.each(cases)('together send %s', (_, stages, seconds, count) => {
    // 7 clients: two shards have 3 of them, one has 1.
    const shards = [[0, 1, 2], [3, 4, 5], [6]].map((places) =>
      walk(stages, { groupSize: 7, places, messagesEach: null, durationUs: seconds * SECOND }),
    )
    expect(shards.reduce((sum, shard) => sum + shard.count, 0)).toBe(count)
    const whole = walk(stages, {
      groupSize: 7,
      places: [0, 1, 2, 3, 4, 5, 6],
      messagesEach: null,
      durationUs: seconds * SECOND,
    })
    expect(whole.count).toBe(count)
    expect(Math.max(...shards.map(({ lastUs }) => lastUs))).toBe(whole.lastUs)
  })

  it('of Poisson arrivals keep the rate over 30 days, the last tenth like the first', () => {
    const share = { groupSize: 7, messagesEach: null, durationUs: THIRTY_DAYS * SECOND }
    const shards = [[0, 1, 2], [3, 4, 5], [6]].map((places) =>
      walk(constant(1 / 3), { ...share, places }, 'poisson'),
    )
    for (const [index, places] of [3, 3, 1].entries()) {
      const expected = (864_000 * places) / 7
      expect(Math.abs(shards[index]!.count - expected)).toBeLessThan(5 * Math.sqrt(expected))
      for (const tenth of shards[index]!.tenths) {
        expect(Math.abs(tenth - expected / 10)).toBeLessThan(5 * Math.sqrt(expected / 10))
      }
    }
  })
})

describe('the loop', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each([
    ['40 minutes, past 2^31 µs', 0, FORTY_MINUTES],
    ['across 2^32 µs', 2 ** 32 - 60 * SECOND, 120],
    ['a minute, 30 days after the boot', THIRTY_DAYS * SECOND, 60],
    ['a minute, ten years after the boot', 120 * THIRTY_DAYS * SECOND, 60],
  ])('sends each message at its time: %s', async (_, startUs, seconds) => {
    clock.us = startUs
    // Time passes only here: a timer takes what it was asked to take, a turn of the loop 200 µs.
    const later = (us: number, action: () => void) => {
      queueMicrotask(() => {
        clock.us += us
        action()
      })
      return 0
    }
    vi.stubGlobal('setTimeout', (action: () => void, ms: number) => later(ms * 1000, action))
    vi.stubGlobal('setImmediate', (action: () => void) => later(200, action))
    const stages = constant(7)
    const durationUs = seconds * SECOND
    const sent: { dueUs: number; lagUs: number }[] = []
    let skipped = 0
    await runPacerLoop({
      pacer: createPacer(
        createSchedule(stages),
        { groupSize: 3, places: [0, 1, 2], messagesEach: null, durationUs },
        'constant',
        1,
      ),
      startUs,
      endUs: startUs + durationUs,
      send: (_, dueUs) => sent.push({ dueUs: dueUs - startUs, lagUs: clock.us - dueUs }),
      skip: () => skipped++,
      reads: () => 0,
      meter: new LoopMeter(startUs),
      signal: new AbortController().signal,
    })
    expect([sent.length, skipped]).toEqual([seconds * 7, 0])
    // Ten years are 3e14 µs, of which a double tells a sixteenth.
    const wrong = sent.filter(({ dueUs }, n) => !(Math.abs(dueUs - (n * SECOND) / 7) <= 0.1))
    expect(wrong).toEqual([])
    expect(sent.filter(({ lagUs }) => !(lagUs >= 0 && lagUs <= 200))).toEqual([])
  })
})
