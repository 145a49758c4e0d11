import { describe, expect, it } from 'vitest'
import { checkShards } from '../../../src/result/merge/check-shards.ts'
import type { PlanView, RunResult } from '../../../src/result/run-result.ts'
import {
  makePassingResult,
  makeResult,
  makeSustainedTest,
  makeThroughputTest,
} from '../../support/sample-result.ts'

const FIRST = makeResult([makeSustainedTest(50)])

function withPlan(change: Partial<PlanView>, ofGroup: Partial<PlanView['groups'][number]> = {}): RunResult {
  const test = makeSustainedTest()
  const groups = test.plan.groups.map((group) => ({ ...group, ...ofGroup }))
  return makeResult([{ ...test, plan: { ...test.plan, groups, ...change } }])
}

function problemOf(...others: readonly RunResult[]): string | null {
  const [mistake] = checkShards([FIRST, ...others].map((result, index) => ({ name: 'abc'[index]!, result })))
  return mistake === undefined ? null : `${mistake.name} ${mistake.problem}`
}

describe('results are parts of one run', () => {
  it.each([
    ['whose connections differ', withPlan({})],
    ['whose rates differ', withPlan({ connectRatePerSec: null }, { ratePerSec: 7, endRatePerSec: 7 })],
    [
      'whose workers and seeds differ',
      withPlan({ workers: 4, processes: 4, seed: 99, connectConcurrency: 10 }),
    ],
    ['at another address', { ...withPlan({}), target: { ...FIRST.target, urls: ['ws://10.0.0.2/'] } }],
    [
      'that ran a little later',
      { ...withPlan({}), startedAt: '2026-01-02T03:04:34.000Z', finishedAt: '2026-01-02T03:05:34.000Z' },
    ],
  ])('%s', (_, other) => {
    expect(problemOf(other)).toBeNull()
  })
})

describe('results are not', () => {
  it.each<[string, RunResult, string]>([
    ['the same one twice', structuredClone(FIRST), 'b is the same run as a'],
    ['of other tests', makeResult([makeThroughputTest()]), 'b has the tests throughput, a has sustained'],
    ['with a test less', makeResult([]), 'b has the tests none, a has sustained'],
    [
      'of another dialect',
      { ...withPlan({}), target: { ...FIRST.target, dialect: 'rooms' } },
      'b speaks rooms, a echo',
    ],
    [
      'with other payloads',
      withPlan({}, { payloadBytes: 64 }),
      'b has another plan than a: sustained: groups.0.payloadBytes',
    ],
    [
      'of another length',
      withPlan({}, { durationUs: 5 }),
      'b has another plan than a: sustained: groups.0.durationUs',
    ],
    ['with another timeout', withPlan({ replyTimeoutUs: 1 }), 'sustained: replyTimeoutUs'],
    [
      'with a connect rate where there was none',
      withPlan({ connectRatePerSec: 5 }),
      'sustained: connectRatePerSec',
    ],
    [
      'a search for the greatest load',
      withPlan({ search: { of: 'rate', from: 1, upTo: null, precision: 0.1, repeats: 1, objectives: [] } }),
      'b is a search (sustained): each generator went its own way',
    ],
    ['with an audience', withPlan({ fanOut: { audience: 'everyone', rooms: 1 } }), 'sustained: fanOut'],
    [
      'of another time',
      { ...withPlan({}), startedAt: '2026-01-02T03:04:35.000Z', finishedAt: '2026-01-02T03:05:00.000Z' },
      'b ran from 2026-01-02T03:04:35.000Z to 2026-01-02T03:05:00.000Z, not at the same time as a',
    ],
  ])('%s', (_, other, problem) => {
    expect(problemOf(other)).toContain(problem)
  })

  it('when one of several is there twice', () => {
    expect(problemOf(withPlan({}), structuredClone(FIRST))).toBe('c is the same run as a')
  })

  it('nor those of several tests that differ in one', () => {
    const [first, second] = [makePassingResult(), structuredClone(makePassingResult())]
    second.tests[2]!.plan.compress = true
    second.summary.errors = 1
    const mistakes = checkShards([
      { name: 'a', result: first },
      { name: 'b', result: second },
    ])
    expect(mistakes).toEqual([{ name: 'b', problem: 'has another plan than a: sustained: compress' }])
  })
})
