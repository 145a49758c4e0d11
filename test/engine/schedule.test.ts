import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, createSchedule } from '../../src/engine/schedule.ts'
import type { Stage } from '../../src/plan/plan.ts'

const constant = (perSec: number): Stage[] => [{ fromPerSec: perSec, toPerSec: perSec, durationUs: 0 }]
const SECOND = 1_000_000

describe('dueUs', () => {
  const cases: [what: string, stages: Stage[], n: number, us: number][] = [
    ['the first is due at the start', constant(1000), 0, 0],
    ['1,000/s: one a millisecond', constant(1000), 7, 7000],
    ['3/s: thirds of a second', constant(3), 3, SECOND],
    ['1/s after 30 days', constant(1), 2_592_000, 2_592_000 * SECOND],
    ['100,000/s after 30 days', constant(1e5), 259_200_000_000, 2_592_000 * SECOND],
    ['a ramp from 0 to 100/s over 10 s: half of 500 at 10 s ÷ √2', ramp(0, 100, 10), 250, 10e6 / Math.SQRT2],
    ['the end of the ramp', ramp(0, 100, 10), 500, 10e6],
    ['after the ramp its end rate holds', ramp(0, 100, 10), 600, 11e6],
    ['a ramp from 100 to 300/s over 10 s: 750 of 2,000 at half its time', ramp(100, 300, 10), 750, 5e6],
    ['a ramp down, 100/s to 0 over 10 s: its last message', ramp(100, 0, 10), 500, 10e6],
    ['and none after that', ramp(100, 0, 10), 501, Number.POSITIVE_INFINITY],
    [
      'over a pause of 1 s',
      [...ramp(100, 100, 1), ...ramp(0, 0, 1), ...ramp(100, 100, 1)],
      150,
      2.5 * SECOND,
    ],
    [
      'what falls on the edge of a pause comes after it',
      [...ramp(100, 100, 1), ...ramp(0, 0, 1), ...ramp(100, 100, 1)],
      100,
      2 * SECOND,
    ],
    ['a stage of no length is a jump', [...ramp(10, 10, 1), ...ramp(10, 1000, 0)], 20, SECOND + 10_000],
    ['no stages: never', [], 1, Number.POSITIVE_INFINITY],
  ]
  it.each(cases)('%s', (_, stages, n, us) => {
    const due = createSchedule(stages).dueUs(n)
    if (us === Number.POSITIVE_INFINITY) expect(due).toBe(us)
    else expect(Math.abs(due - us)).toBeLessThan(0.01)
  })
})

function ramp(fromPerSec: number, toPerSec: number, seconds: number): Stage[] {
  return [{ fromPerSec, toPerSec, durationUs: seconds * SECOND }]
}

const stagesArb = fc
  .array(
    fc.record({
      fromPerSec: fc.integer({ min: 0, max: 5000 }),
      toPerSec: fc.integer({ min: 0, max: 5000 }),
      durationUs: fc.integer({ min: 0, max: 20 * SECOND }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .filter((stages) => stages.at(-1)!.toPerSec > 0)

const integralOf = (stages: readonly Stage[]) =>
  stages.reduce((sum, one) => sum + ((one.fromPerSec + one.toPerSec) / 2) * (one.durationUs / SECOND), 0)
const lengthOf = (stages: readonly Stage[]) => stages.reduce((sum, one) => sum + one.durationUs, 0)

describe('any schedule', () => {
  it('never goes back', () => {
    fc.assert(
      fc.property(stagesArb, fc.integer({ min: 0, max: 200_000 }), (stages, n) => {
        const schedule = createSchedule(stages)
        expect(schedule.dueUs(n + 1)).toBeGreaterThanOrEqual(schedule.dueUs(n))
        expect(schedule.dueUs(n + 0.5)).toBeGreaterThanOrEqual(schedule.dueUs(n))
      }),
    )
  })

  it('sends as many over its stages as the integral of the rate says', () => {
    fc.assert(
      fc.property(stagesArb, (stages) => {
        const sent = createSchedule(stages).countBefore(lengthOf(stages))
        expect(Math.abs(sent - integralOf(stages))).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('countBefore is the n with schedule.dueUs(n − 1) < us ≤ schedule.dueUs(n), but for rounding', () => {
    fc.assert(
      fc.property(stagesArb, fc.double({ min: 0, max: 120e6, noNaN: true }), (stages, us) => {
        const schedule = createSchedule(stages)
        const n = schedule.countBefore(us)
        expect(schedule.dueUs(n + 2e-6)).toBeGreaterThanOrEqual(us)
        if (n > 0) expect(schedule.dueUs(n - 1)).toBeLessThan(us)
      }),
    )
  })

  it('has sent the integral at any moment, within a stage too', () => {
    const shareArb = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(stagesArb, shareArb, (stages, share) => {
        const schedule = createSchedule(stages)
        for (const [index, { fromPerSec, toPerSec, durationUs }] of stages.entries()) {
          const before = stages.slice(0, index)
          const partUs = share * durationUs
          // The mean rate of a part of a straight line is that at its middle.
          const middle = fromPerSec + ((toPerSec - fromPerSec) * share) / 2
          const expected = integralOf(before) + (middle * partUs) / SECOND
          expect(Math.abs(schedule.countBefore(lengthOf(before) + partUs) - expected)).toBeLessThanOrEqual(
            1.001,
          )
        }
      }),
    )
  })
})

it('a constant rate has no drift: the same distance between neighbours at the start and after 30 days', () => {
  const schedule = createSchedule(constant(8000))
  const month = 30 * 24 * 3600 * 8000
  for (const n of [0, 1, 1e6, month]) expect(schedule.dueUs(n + 1) - schedule.dueUs(n)).toBe(125)
})

describe('createRandom', () => {
  it('gives the same numbers for a seed and others for another', () => {
    const take = (seed: number) => Array.from({ length: 20 }, createRandom(seed))
    expect(take(7)).toEqual(take(7))
    expect(take(7)).not.toEqual(take(8))
  })

  it('stays within 0 and 1, without both, around one half', () => {
    const random = createRandom(3)
    const numbers = Array.from({ length: 100_000 }, random)
    expect(numbers.every((one) => one > 0 && one < 1)).toBe(true)
    expect(numbers.reduce((sum, one) => sum + one, 0) / 100_000).toBeCloseTo(0.5, 2)
  })
})
