import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import type { Glance } from '../../src/run/glance.ts'
import { measurePhase, timeLeft } from '../../src/run/phase-progress.ts'
import { openPacing } from '../support/plan.ts'
import { makePlan } from '../thresholds/make-plan.ts'

const SECOND = 1_000_000
const GLANCE: Glance = {
  atUs: 0,
  sent: 0,
  sentInHold: 0,
  received: 0,
  opened: 0,
  closed: 0,
  failed: 0,
  errors: {},
}

const timed = (durationUs: number | null, messages: number | null = null): Plan =>
  makePlan('throughput', { count: 10, stop: { durationUs, messages } })
const ramped = (ratePerSec: number | null): Plan => ({
  ...timed(5 * SECOND),
  connect: { ratePerSec, concurrency: 250 },
})

describe('how far a phase is', () => {
  it.each<
    [string, Plan, Plan['cycles'], Partial<Glance>, 'connect' | 'hold' | 'drain', number | null, unknown]
  >([
    ['by the clock', timed(4 * SECOND), 1, {}, 'hold', 4 * SECOND, { share: 0.25, leftUs: 3 * SECOND }],
    ['late, by the clock', timed(SECOND / 2), 1, {}, 'hold', SECOND / 2, { share: 1, leftUs: 0 }],
    [
      'by a count',
      timed(null, 100),
      1,
      { sentInHold: 250 },
      'hold',
      null,
      { share: 0.25, leftUs: 3 * SECOND },
    ],
    [
      'by a count, at its begin',
      timed(null, 100),
      1,
      { sentInHold: 3 },
      'hold',
      null,
      { share: 0.003, leftUs: null },
    ],
    [
      'by a count over cycles',
      timed(null, 100),
      2,
      { sentInHold: 500 },
      'hold',
      null,
      { share: 0.25, leftUs: 3 * SECOND },
    ],
    [
      'by the count, that comes before the time',
      timed(10 * SECOND, 100),
      1,
      { sentInHold: 500 },
      'hold',
      10 * SECOND,
      { share: 0.5, leftUs: SECOND },
    ],
    [
      'connecting',
      ramped(null),
      1,
      { opened: 3, failed: 2 },
      'connect',
      null,
      { share: 0.5, leftUs: SECOND },
    ],
    [
      'connecting at a rate',
      ramped(2),
      1,
      { opened: 2 },
      'connect',
      null,
      { share: 0.2, leftUs: 4 * SECOND },
    ],
    [
      'connecting again and again',
      ramped(null),
      3,
      { opened: 15 },
      'connect',
      null,
      { share: null, leftUs: null },
    ],
    ['draining', timed(4 * SECOND), 1, {}, 'drain', null, { share: null, leftUs: null }],
  ])('%s', (_, plan, cycles, glance, phase, durationUs, expected) => {
    expect(
      measurePhase({ ...plan, cycles }, { phase, durationUs }, SECOND, { ...GLANCE, ...glance }),
    ).toEqual(expected)
  })

  it('is not known by a count when somebody sends without one', () => {
    const one = timed(null, 100)
    const plan = {
      ...one,
      groups: [...one.groups, { ...one.groups[0]!, stop: { durationUs: null, messages: null } }],
    }
    expect(measurePhase(plan, { phase: 'hold', durationUs: null }, SECOND, GLANCE).share).toBeNull()
  })
})

describe('how long the run still takes', () => {
  const plans = [
    { ...timed(5 * SECOND), warmupUs: SECOND },
    {
      ...makePlan('sustained', { pacing: openPacing(10), stop: { durationUs: 20 * SECOND, messages: null } }),
      warmupUs: 0,
    },
  ]
  it.each<[string, number, 'connect' | 'warmup' | 'hold' | 'drain', number | null, number | null]>([
    ['all of both while connecting', 0, 'connect', null, 26 * SECOND],
    ['the hold and the next test from the warm-up', 0, 'warmup', SECOND / 2, 25.5 * SECOND],
    ['the next test from the hold', 0, 'hold', 2 * SECOND, 22 * SECOND],
    ['what is left of the last hold', 1, 'hold', 3 * SECOND, 3 * SECOND],
    ['nothing that is known from the last drain', 1, 'drain', null, null],
  ])('%s', (_, index, phase, leftUs, expected) => {
    expect(timeLeft(plans, index, { phase }, { share: leftUs === null ? null : 0.5, leftUs })).toBe(expected)
  })

  it('is not known while a hold by count does not tell', () => {
    expect(timeLeft(plans, 0, { phase: 'hold' }, { share: 0.001, leftUs: null })).toBeNull()
  })
})
