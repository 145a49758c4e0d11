import { expect, it, test } from 'vitest'
import { createPlan } from '../../src/cli/create-plan.ts'
import type { RunPlan } from '../../src/plan/plan.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { SERVER_NAMES } from '../../src/servers/names.ts'
import type { CheckResult } from '../../src/verify/check.ts'
import type { VerifyTarget } from '../../src/verify/lab.ts'
import { listMeasurements, measurePerformance } from '../../src/verify/performance.ts'
import { makePassingResult } from '../support/sample-result.ts'

const TARGET: VerifyTarget = {
  dialect: 'echo',
  url: 'ws://127.0.0.1:9001/',
  httpUrl: 'http://127.0.0.1:9001',
  headers: {},
  insecure: false,
  jwtSecret: null,
  tokens: [],
  intervalMs: null,
  slow: false,
  fresh: false,
  timeoutMs: 2000,
}

interface Measured {
  readonly plans: RunPlan[]
  readonly results: CheckResult[]
}

/** Does the runs of a target with a run that has a fixed result. */
async function measure(target: Partial<VerifyTarget>, result = makePassingResult()): Promise<Measured> {
  const plans: RunPlan[] = []
  const results: CheckResult[] = []
  const full = { ...TARGET, ...target }
  await measurePerformance(listMeasurements(full), full, {
    serverPid: null,
    createPlan,
    run: async (plan) => {
      plans.push(plan)
      return result
    },
    signal: new AbortController().signal,
    onResult: (one) => results.push(one),
  })
  return { plans, results }
}

test.each([
  ['echo', ['throughput', 'storm', 'sustained']],
  ['momentum', ['throughput', 'storm', 'sustained']],
  ['rooms', ['throughput', 'storm', 'sustained']],
  ['feed', ['push']],
  ['sse', ['push']],
  ['heartbeat', []],
])('%s is measured by %j', (dialect, testTypes) => {
  const names = listMeasurements({ dialect, intervalMs: null }).map(({ name }) => name.split(',')[0])
  expect(names).toEqual(testTypes)
})

it('a heartbeat that is short enough is measured, too', () => {
  expect(listMeasurements({ dialect: 'heartbeat', intervalMs: 500 })).toHaveLength(1)
})

test.each(SERVER_NAMES)('the runs of %s are plans that stress run would make', async (dialect) => {
  const url = dialect === 'sse' ? 'http://127.0.0.1:9001/events' : TARGET.url
  const { plans } = await measure({ dialect, url, jwtSecret: dialect === 'momentum' ? 'S' : null })
  for (const plan of plans) {
    expect(plan.tests[0]?.target.urls).toEqual([url])
    expect(plan.tests[0]?.groups[0]?.dialect).toBe(dialect)
  }
})

it('headers, tokens and certificates go along', async () => {
  const { plans } = await measure({
    dialect: 'momentum',
    headers: { 'x-one': 'a: b' },
    tokens: ['T'],
    insecure: true,
  })
  expect(plans[0]?.tests[0]?.target).toMatchObject({
    headers: [['x-one', 'a: b']],
    tokens: ['T'],
    tls: { insecure: true },
  })
})

it('a secret and tokens that have no place in a dialect are left out', async () => {
  const { plans } = await measure({ tokens: ['T'], jwtSecret: 'S' })
  expect(plans[0]?.tests[0]?.target).toMatchObject({ tokens: [], jwtSecret: null })
})

it('passes with the figures of the run', async () => {
  const { results } = await measure({})
  const [first] = results
  expect(first?.name).toBe('throughput, 50 connections x 10 messages')
  expect(first?.outcome).toMatchObject({ state: 'pass' })
  expect(JSON.stringify(first)).toMatch(/msg\/s, response_time P50 .*, P99 /)
})

const PASSING = makePassingResult()

test.each<[string, RunResult, string]>([
  [
    'a message was lost',
    {
      ...PASSING,
      summary: { ...PASSING.summary, errors: 2 },
      tests: [{ ...PASSING.tests[0]!, errors: [{ class: 'no-reply', detail: '', count: 2, firstAtUs: 1 }] }],
    },
    '2 x no-reply',
  ],
  [
    'a connection failed',
    { ...PASSING, summary: { ...PASSING.summary, connectionsFailed: 3 } },
    '3 connections failed',
  ],
  ['it was not completed', { ...PASSING, status: 'failed' }, 'a run that was not completed'],
])('fails when %s', async (_what, result, seen) => {
  const { results } = await measure({}, result)
  expect(results[0]?.outcome).toMatchObject({ state: 'fail' })
  expect(JSON.stringify(results[0])).toContain(seen)
})
