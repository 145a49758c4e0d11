/** Pushes: every figure by its definition, and null where nothing is promised. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import type { Measurements } from '../../src/result/measurements.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import { deriveFrom, LOAD, type Recorded } from './measure.ts'
import { FREE_PUSH, PUSH } from './plans.ts'

function derive(plan: Plan, recorded: Recorded, change: Partial<Measurements> = {}): TestResult {
  return deriveFrom(plan, [recorded], change)
}

const HEARD: Recorded = {
  connections_attempted: 2,
  connections_opened: 2,
  first_push_time: [100, 200],
  push_interval: [1_000_000, 3_000_000],
  push_jitter: [0, 2_000_000],
  pushes_expected: 8,
  pushes_received: 6,
  pushes_missed: 2,
}

describe('pushes with a promised interval', () => {
  it('are held against it', () => {
    const { metrics } = derive(PUSH, HEARD)
    expect(metrics.push_ratio).toEqual({ type: 'ratio', value: 0.75, numerator: 6, denominator: 8 })
    expect(metrics.pushes_missed).toMatchObject({ count: 2 })
    expect(metrics.first_push_time).toMatchObject({ count: 2, lost: 0, max: 200 })
    expect(metrics.push_jitter).toMatchObject({ count: 2, lost: 0, max: 2_000_000 })
  })

  it('are errors when they are missed: of those received and missed, and the connections', () => {
    const test = derive(PUSH, { ...HEARD, connections_closed: 1 })
    expect(test.metrics.error_ratio).toMatchObject({ numerator: 2 + 1, denominator: 6 + 2 + 2 })
    expect(test.errors).toEqual([{ class: 'push-missed', detail: '', count: 2, firstAtUs: null }])
  })
})

describe('pushes without a promised interval', () => {
  it('are counted, and what the promise would tell is null', () => {
    const { metrics, errors } = derive(FREE_PUSH, { ...HEARD, push_jitter: [], pushes_expected: 0 })
    expect(metrics.pushes_received).toMatchObject({ count: 6 })
    expect(metrics.push_interval).toMatchObject({ count: 2 })
    expect(metrics.pushes_expected).toMatchObject({ count: null })
    expect(metrics.pushes_missed).toMatchObject({ count: null })
    expect(metrics.push_ratio).toMatchObject({ value: null })
    expect(metrics.push_jitter).toMatchObject({ count: 0, p50: null, max: null })
    expect(metrics.error_ratio).toMatchObject({ numerator: 0, denominator: 2 })
    expect(errors).toEqual([])
  })
})

describe('event streams', () => {
  it('have keep-alives and reconnects, WebSockets have not', () => {
    const recorded = { ...HEARD, keep_alives_received: 4, reconnects: 1, reconnect_time: [900_000] }
    const { metrics } = derive({ ...PUSH, transport: 'event-stream' }, recorded)
    expect(metrics.keep_alives_received).toMatchObject({ count: 4 })
    expect(metrics.reconnect_time).toMatchObject({ count: 1, max: 900_000 })
    expect(derive(PUSH, recorded).metrics).not.toHaveProperty('reconnects')
  })
})

describe('connections that never got a push', () => {
  const warningsOf = (plan: Plan, recorded: Recorded) =>
    derive(plan, recorded).warnings.map(({ code }) => code)

  it('are named, since no time of a push counts them', () => {
    expect(warningsOf(PUSH, { ...HEARD, first_push_time: [100] })).toEqual(['no-push'])
    expect(warningsOf(FREE_PUSH, { ...HEARD, first_push_time: [] })).toEqual(['no-push'])
    expect(warningsOf(PUSH, HEARD)).toEqual([])
  })

  it('are as they should be when none was due yet', () => {
    expect(warningsOf(PUSH, { connections_opened: 2, pushes_expected: 0 })).toEqual([])
  })
})

describe('validity of pushes', () => {
  it('is limited by a generator whose loop is full', () => {
    const holdLoad = { ...LOAD, loopBusy: 0.97, serverCpuPercent: 20, serverBusiestThreadPercent: 20 }
    const seen = { serverVisible: true, serverCores: 2 }
    expect(derive(PUSH, HEARD, { ...seen, holdLoad }).validity).toMatchObject({ state: 'generator-limited' })
    expect(derive(PUSH, HEARD, { ...seen, holdLoad: { ...holdLoad, loopBusy: 0.5 } }).validity).toEqual({
      state: 'valid',
      limitedBy: 'none',
      reasons: [],
    })
  })
})
