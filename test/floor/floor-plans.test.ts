/** The floor is measured by plans that anyone could write, and by nothing of the user's. */
import { describe, expect, it, vi } from 'vitest'
import { FLOOR_SIZES, planLatency, planMessages, planStorm } from '../../src/floor/floor-plans.ts'
import { countConnections } from '../../src/plan/plan.ts'

const target = { url: 'ws://127.0.0.1:4711', pid: 123 }

describe('the plans of a floor', () => {
  it.each([
    ['messages', planMessages(target, FLOOR_SIZES), 'throughput', 200, 'closed', 1_500_000],
    ['latency', planLatency(target, FLOOR_SIZES), 'throughput', 10, 'open', 1_000_000],
    ['storm', planStorm(target, 5000), 'storm', 5000, 'closed', null],
  ])('%s: one test, one worker, against the server that is watched', (...row) => {
    const [, { tests }, testType, connections, pacing, durationUs] = row
    expect(tests).toHaveLength(1)
    const [plan] = tests
    expect(plan).toMatchObject({ testType, workers: 1, target: { urls: [target.url], serverPid: 123 } })
    expect(countConnections(plan!)).toBe(connections)
    expect(plan!.groups).toMatchObject([{ pacing: { kind: pacing }, stop: { durationUs } }])
  })

  it('without an address they are for the demo echo server', () => {
    const { tests } = planLatency({ url: null, pid: null }, FLOOR_SIZES)
    expect(tests[0]!.target).toMatchObject({ urls: [], serve: ['echo'], serverPid: null })
  })

  it('the variables of the user are not for them', () => {
    vi.stubEnv('STRESS_CONNECTIONS', '7')
    expect(countConnections(planStorm(target, 20).tests[0]!)).toBe(20)
    vi.stubEnv('STRESS_COMPRESS', 'true')
    expect(planStorm(target, 20).tests[0]!.target.compress).toBe(false)
    vi.unstubAllEnvs()
  })
})
