import { describe, expect, it } from 'vitest'
import type { Interval } from '../../src/result/run-result.ts'
import type { ValidityFacts } from '../../src/result/validity.ts'
import type { Glance } from '../../src/run/glance.ts'
import { createProgressMeter } from '../../src/run/progress-meter.ts'
import { makeIntervals, makeTrend } from '../support/sample-result.ts'
import { makePlan } from '../thresholds/make-plan.ts'

const SECOND = 1_000_000
const PLAN = makePlan('throughput', { count: 10, stop: { durationUs: 5 * SECOND, messages: null } })
const HOLD = { phase: 'hold', sinceUs: 0, durationUs: 5 * SECOND } as const

const glanceAt = (atUs: number, over: Partial<Glance> = {}): Glance => ({
  atUs,
  sent: 0,
  sentInHold: 0,
  received: 0,
  opened: 10,
  closed: 0,
  failed: 0,
  errors: {},
  ...over,
})
const intervalOf = (over: Partial<Interval> = {}): Interval => ({
  ...makeIntervals(1, 500, 400, 900)[0]!,
  ...over,
})

const facts = (over: Partial<ValidityFacts> = {}): ValidityFacts => ({
  workload: 'closed',
  messagesDue: 0,
  messagesSent: 0,
  unsentByServer: 0,
  pacerLagP99Us: null,
  latencyP99Us: 900,
  retryLagP99Us: null,
  returnP99Us: null,
  isReadingMuch: false,
  replyTimeoutUs: 5 * SECOND,
  judgedUs: 2 * SECOND,
  load: {
    loopBusy: 0.5,
    coreWait: 0,
    generatorCpuPercent: 50,
    serverCpuPercent: 99,
    serverBusiestThreadPercent: 99,
  },
  serverVisible: true,
  serverCores: 2,
  onOneCore: false,
  failures: [],
  suspendedMs: 0,
  ...over,
})

describe('rates', () => {
  it('are of the last second, and at the begin of what there is', () => {
    const meter = createProgressMeter([PLAN], 0, PLAN.testType)
    const rates = [0, 200, 400, 600, 800, 1000, 1200, 1400].map(
      (ms, index) =>
        meter.look(glanceAt(ms * 1000, { sent: index * index * 10, received: index * 20 }), HOLD).sentPerSec,
    )
    expect(rates).toEqual([0, 50, 100, 150, 200, 250, 350, 450])
  })

  it('go on over a late glance', () => {
    const meter = createProgressMeter([PLAN], 0, PLAN.testType)
    meter.look(glanceAt(0), HOLD)
    expect(meter.look(glanceAt(4 * SECOND, { received: 400 }), HOLD).receivedPerSec).toBe(100)
    expect(meter.look(glanceAt(5 * SECOND, { received: 600 }), HOLD).receivedPerSec).toBe(200)
  })
})

describe('what is watched', () => {
  it('is null or 0 before the first interval', () => {
    const now = createProgressMeter([PLAN, PLAN], 1, PLAN.testType).look(
      glanceAt(SECOND, { failed: 3, closed: 1 }),
      HOLD,
    )
    expect(now).toMatchObject({
      test: 'throughput',
      testNumber: 2,
      testCount: 2,
      connectionsOpen: 9,
      connectionsFailed: 3,
      phaseElapsedUs: SECOND,
      phaseShare: 0.2,
      p99Us: null,
      currentP50Us: null,
      serverCpuPercent: null,
      generatorBusy: null,
      recent: [],
      validity: null,
    })
  })

  it('has the last interval, and the phase so far with what was lost above it', () => {
    const meter = createProgressMeter([PLAN], 0, PLAN.testType)
    const latency = makeTrend(Array.from({ length: 200 }, (_, n) => n + 1))
    meter.addInterval(intervalOf({ p99Us: 900 }), { latency, facts: facts() })
    expect(meter.look(glanceAt(SECOND), HOLD)).toMatchObject({
      latencyMetric: 'response_time',
      currentP50Us: 400,
      currentP99Us: 900,
      p50Us: 100,
      p99Us: 198,
      p99Mark: 'few',
    })
    meter.addInterval(intervalOf({ lost: 50 }), { latency, facts: facts() })
    expect(meter.look(glanceAt(2 * SECOND), HOLD)).toMatchObject({
      p50Us: 125,
      p99Us: null,
      p99Mark: 'timeout',
    })
  })

  it('has the times to connect while connecting, and what failed above them', () => {
    const meter = createProgressMeter([PLAN], 0, PLAN.testType)
    const latency = makeTrend(Array.from({ length: 200 }, () => 70))
    const interval = intervalOf({ phase: 'connect', connectionsFailed: 20 })
    meter.addInterval(interval, { latency, facts: facts() })
    expect(meter.look(glanceAt(SECOND), { ...HOLD, phase: 'connect' })).toMatchObject({
      latencyMetric: 'connect_time',
      latencyTimeoutUs: PLAN.limits.connectTimeoutUs,
      currentP50Us: null,
      p50Us: 70,
      p99Mark: 'timeout',
      recent: [],
    })
  })

  it('remembers whole intervals of load alone', () => {
    const meter = createProgressMeter([PLAN], 0, PLAN.testType)
    const add = (over: Partial<Interval>) =>
      meter.addInterval(intervalOf(over), { latency: null, facts: facts() })
    add({ phase: 'connect' })
    add({ received: 7, durationUs: 20_000 })
    add({ received: 300, durationUs: SECOND })
    add({ received: 300, durationUs: SECOND / 2 })
    const { recent } = meter.look(glanceAt(SECOND), HOLD)
    expect(recent.map(({ receivedPerSec }) => receivedPerSec)).toEqual([300, 600])
  })
})

describe('errors', () => {
  it('stand with their sum, the most frequent class first', () => {
    const meter = createProgressMeter([PLAN], 0, PLAN.testType)
    const errors = { refused: 2, 'no-reply': 3 }
    expect(meter.look(glanceAt(SECOND, { errors }), HOLD)).toMatchObject({
      errors: 5,
      errorClasses: [
        { class: 'no-reply', count: 3 },
        { class: 'refused', count: 2 },
      ],
    })
  })
})

describe('validity so far', () => {
  const judge = (...all: readonly Partial<ValidityFacts>[]) => {
    const meter = createProgressMeter([PLAN], 0, PLAN.testType)
    for (const one of all) meter.addInterval(intervalOf(), { latency: null, facts: facts(one) })
    return meter.look(glanceAt(SECOND), HOLD).validity
  }
  const busy = { ...facts().load, loopBusy: 0.99, serverCpuPercent: 10, serverBusiestThreadPercent: 10 }

  it('is by the rules of the end', () => {
    expect(judge({})).toMatchObject({ state: 'valid', limitedBy: 'server' })
    expect(judge({ load: busy })).toMatchObject({ state: 'generator-limited' })
  })

  it('waits for a second of load', () => {
    expect(judge({ judgedUs: 900_000 })).toBeNull()
    expect(judge({ judgedUs: null })).toBeNull()
  })

  it('waits for nothing when this machine has spoiled the run', () => {
    expect(judge({ judgedUs: null, suspendedMs: 5000 })).toMatchObject({ state: 'invalid' })
  })

  it('stays when the load is over', () => {
    expect(judge({ load: busy }, { judgedUs: null })).toMatchObject({ state: 'generator-limited' })
  })
})
