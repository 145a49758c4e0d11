import { describe, expect, it } from 'vitest'
import { assembleResult } from '../../src/result/assemble.ts'
import { headlineRate, headlineTrend } from '../../src/result/headline.ts'
import type { RunResult, TestResult } from '../../src/result/run-result.ts'
import { makePassingResult, makeStormTest, makeThroughputTest } from '../support/sample-result.ts'
import { makePlan } from '../thresholds/make-plan.ts'
import { BROADCAST, CHAT, FREE_PUSH, PUSH } from './plans.ts'
import { makeBroadcastTest, makeFanOutThroughputTest, makePushTest } from './sample-audience.ts'

describe('what a test is about', () => {
  it.each([
    ['throughput', makePlan('throughput'), 'response_time', 'messages_received'],
    ['sustained', makePlan('sustained'), 'response_time', 'messages_received'],
    ['storm', makePlan('storm'), 'connect_time', null],
    ['throughput with fan-out', CHAT, 'response_time', 'messages_received'],
    ['broadcast', BROADCAST, 'delivery_time', 'deliveries_received'],
    ['push', PUSH, 'push_jitter', null],
    ['push without a promise', FREE_PUSH, 'push_interval', null],
  ] as const)('%s: its trend and its rate', (_, plan, trend, rate) => {
    expect(headlineTrend(plan)).toBe(trend)
    expect(headlineRate(plan.testType)).toBe(rate)
  })
})

function summaryOf(...tests: TestResult[]): RunResult['summary'] {
  return assembleResult({
    plan: {
      tests: [makePlan('throughput')],
      thresholds: [],
      baseline: [],
      anyway: false,
      abortOnFail: false,
      requireValid: false,
      outputs: [],
      verbosity: 'default',
      metricsAt: null,
      progress: false,
      color: false,
    },
    tests,
    environment: makePassingResult().environment,
    startedAt: new Date(0),
    finishedAt: new Date(1000),
    demoUrl: null,
    serverVisible: true,
  }).summary
}

describe('the summary', () => {
  it('of a broadcast test has deliveries a second, delivery times, and who got what', () => {
    const test = makeBroadcastTest({ lost: 1_255, duplicated: 3, misrouted: 7 })
    const delivery = test.metrics.delivery_time
    expect(summaryOf(test)).toMatchObject({
      messagesPerSecond: 12_424.5,
      p50Us: delivery?.type === 'trend' ? delivery.p50 : 0,
      reach: 0.99,
      lost: 1_255,
      duplicated: 3,
      misrouted: 7,
      amplification: 248.49,
    })
  })

  it('of pushes has no rate, and the jitter', () => {
    const test = makePushTest()
    const jitter = test.metrics.push_jitter
    expect(summaryOf(test)).toMatchObject({
      messagesPerSecond: null,
      p99Us: jitter?.type === 'trend' ? jitter.p99 : 0,
      reach: null,
    })
  })

  it('without fan-out has null for who got what', () => {
    const none = { reach: null, lost: null, duplicated: null, misrouted: null, amplification: null }
    expect(summaryOf(makeThroughputTest(), makeStormTest())).toMatchObject(none)
  })

  it('sums over the tests with fan-out, and does not know what one of them does not', () => {
    const lossy = makeBroadcastTest({ lost: 1_255, duplicated: 0, misrouted: 0 })
    const both = summaryOf(lossy, makeFanOutThroughputTest(), makeStormTest())
    expect(both).toMatchObject({ lost: 1_255, reach: (124_245 + 10_000) / 135_500 })
    const cut: TestResult = {
      ...lossy,
      metrics: {
        ...lossy.metrics,
        deliveries_lost: { type: 'counter', unit: 'count', count: null, rate: null },
        delivery_ratio: { type: 'ratio', value: null, numerator: 124_245, denominator: 125_500 },
      },
    }
    expect(summaryOf(cut)).toMatchObject({ lost: null, reach: null, duplicated: 0 })
  })
})
