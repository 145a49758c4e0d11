import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { createSchedule } from '../../src/engine/schedule.ts'
import {
  countDue,
  needsHoldLength,
  parseRateSchedule,
  scheduleLengthUs,
  timeUntilDueUs,
  toStages,
} from '../../src/plan/rate-schedule.ts'

const SECOND = 1_000_000

describe('a written schedule', () => {
  test.each([
    ['1k/s', [{ fromPerSec: 1000, toPerSec: 1000, durationUs: null }]],
    ['100..1000', [{ fromPerSec: 100, toPerSec: 1000, durationUs: null }]],
    [
      '0..1k/s over 10s, 1k/s',
      [
        { fromPerSec: 0, toPerSec: 1000, durationUs: 10 * SECOND },
        { fromPerSec: 1000, toPerSec: 1000, durationUs: null },
      ],
    ],
  ])('%s', (text, stages) => {
    expect(parseRateSchedule(text)).toEqual({ ok: true, value: stages })
  })

  test.each([
    ['0', 'is zero'],
    ['0..0 over 5s', 'is zero'],
    ['1k, 2k', 'has no "over TIME" in stage 1'],
    ['1k over 5x', 'has a time "5x" that is not a length of time'],
    ['1k over 0s', 'has a stage 1 of no length'],
    ['1k over 5s over 6s', 'has "over" twice in one stage'],
    ['1k over 5s,', 'is empty'],
  ])('"%s" %s', (text, problem) => {
    expect(parseRateSchedule(text)).toEqual({ ok: false, problem })
  })
})

it('has a length only when every stage has one', () => {
  const known = { fromPerSec: 0, toPerSec: 10, durationUs: 5 * SECOND }
  expect(scheduleLengthUs([known, known])).toBe(10 * SECOND)
  expect(scheduleLengthUs([known, { ...known, durationUs: null }])).toBe(null)
})

it('needs a hold length only for a ramp without a length of its own', () => {
  expect(needsHoldLength([{ fromPerSec: 1, toPerSec: 5, durationUs: null }])).toBe(true)
  expect(needsHoldLength([{ fromPerSec: 5, toPerSec: 5, durationUs: null }])).toBe(false)
  expect(needsHoldLength([{ fromPerSec: 1, toPerSec: 5, durationUs: SECOND }])).toBe(false)
})

it('fills the hold with the last stage and multiplies a rate a connection', () => {
  const schedule = [
    { fromPerSec: 0, toPerSec: 10, durationUs: 5 * SECOND },
    { fromPerSec: 10, toPerSec: 20, durationUs: null },
  ]
  expect(toStages(schedule, 30 * SECOND, 100)).toEqual([
    { fromPerSec: 0, toPerSec: 1000, durationUs: 5 * SECOND },
    { fromPerSec: 1000, toPerSec: 2000, durationUs: 25 * SECOND },
  ])
})

test.each([
  ['a constant rate', [[100, 100, 5]], 20, 2000],
  ['a ramp', [[0, 1000, 10]], 10, 5000],
  ['part of a ramp', [[0, 1000, 10]], 5, 1250],
  ['the end rate beyond the stages', [[0, 1000, 10]], 12, 7000],
  [
    'two stages',
    [
      [0, 100, 10],
      [100, 0, 10],
    ],
    20,
    1000,
  ],
  ['a first message at the start', [[1, 1, 5]], 0.5, 1],
])('%s has the messages of its integral', (_, stages, seconds, due) => {
  const plan = stages.map(([fromPerSec = 0, toPerSec = 0, length = 0]) => ({
    fromPerSec,
    toPerSec,
    durationUs: length * SECOND,
  }))
  expect(countDue(plan, seconds * SECOND)).toBe(due)
})

const stage = fc.record({
  fromPerSec: fc.integer({ min: 1, max: 5000 }),
  toPerSec: fc.integer({ min: 1, max: 5000 }),
  durationUs: fc.integer({ min: SECOND, max: 20 * SECOND }),
})

it('counts what the engine will send', () => {
  fc.assert(
    fc.property(
      fc.array(stage, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 60 }),
      (stages, seconds) => {
        const difference =
          countDue(stages, seconds * SECOND) - createSchedule(stages).countBefore(seconds * SECOND)
        expect(Math.abs(difference)).toBeLessThanOrEqual(1)
      },
    ),
  )
})

it('knows when a count is due', () => {
  fc.assert(
    fc.property(
      fc.array(stage, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 50_000 }),
      (stages, count) => {
        expect(timeUntilDueUs(stages, count)).toBeCloseTo(createSchedule(stages).dueUs(count), 0)
      },
    ),
  )
  expect(timeUntilDueUs([{ fromPerSec: 100, toPerSec: 0, durationUs: SECOND }], 51)).toBe(null)
})
