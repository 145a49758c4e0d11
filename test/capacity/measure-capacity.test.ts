import { describe, expect, it } from 'vitest'
import { measureCapacity } from '../../src/capacity/measure-capacity.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { viewPlan } from '../../src/plan/view.ts'
import type { Metric, TestResult } from '../../src/result/run-result.ts'
import { resolve } from '../plan/resolve.ts'
import { counter, distribute, gauge, makeThroughputTest, ratio } from '../support/sample-result.ts'

const MODEL = { serviceUs: 150, perSec: 5000, reach: Number.POSITIVE_INFINITY }

function rateOf(plan: Plan): number {
  return plan.groups.reduce(
    (sum, { pacing }) => sum + (pacing.kind === 'open' ? pacing.stages.at(-1)!.toPerSec : 0),
    0,
  )
}

/** A server with one queue: what comes is answered up to `perSec`, and waits the longer the nearer it comes to that. */
function measureModel(plan: Plan, model = MODEL): TestResult {
  const perSec = Math.round(rateOf(plan))
  const share = Math.min(0.999, perSec / model.perSec)
  const p99Us = Math.round(((1e6 / model.perSec) * Math.log(100)) / (1 - share)) + model.serviceUs
  const seconds = (plan.groups[0]!.stop.durationUs ?? 0) / 1e6
  const due = Math.round(perSec * seconds)
  const answered = Math.min(perSec, model.perSec)
  const response = {
    ...distribute(2000, 300, 400).metric,
    count: due,
    p99: p99Us,
    p50: p99Us / 4,
    mean: p99Us / 3,
  }
  const limited = perSec > model.reach
  const metrics: Record<string, Metric> = {
    ...makeThroughputTest().metrics,
    response_time: response,
    messages_due: counter(due),
    messages_received: counter(answered * seconds, 'count', answered),
    error_ratio: ratio(0, due),
    server_cpu_mean: gauge(share * 100, 'percent'),
  }
  return {
    ...makeThroughputTest(),
    testType: plan.testType,
    plan: viewPlan(plan),
    phases: { connectUs: 1, warmupUs: 1, holdUs: seconds * 1e6, drainUs: 1 },
    metrics,
    validity: {
      state: limited ? 'generator-limited' : 'valid',
      limitedBy: limited ? 'generator' : share > 0.9 ? 'server' : 'none',
      reasons: limited ? [{ code: 'pacer-late', message: 'sent late', value: 1, limit: 1 }] : [],
    },
  }
}

async function find(words: string, model = MODEL, steps = Number.POSITIVE_INFINITY) {
  const { plan } = resolve('--test-type', 'capacity', ...words.split(' ').filter((word) => word !== ''))
  const [test] = plan.tests
  let left = steps
  const result = await measureCapacity(
    test!,
    test!.search!,
    async (step) => {
      left--
      return measureModel(step, model)
    },
    () => left <= 0,
  )
  return { plan, result }
}

describe('a capacity test', () => {
  it('finds the rate that a server can answer, and shows the step at it', async () => {
    const { result } = await find('--threshold response_time:p(99)<10s')
    const { capacity } = result!.metrics
    expect(capacity).toMatchObject({ type: 'gauge', unit: 'count' })
    const value = capacity?.type === 'gauge' ? capacity.value! : 0
    // Up to a twentieth more is answered behind time without being called behind.
    expect(value).toBeGreaterThan(4850)
    expect(value).toBeLessThanOrEqual(5263)
    expect(result!.testType).toBe('capacity')
    expect(result!.plan.groups[0]!.ratePerSec).toBeCloseTo(value)
    expect(result!.findings[0]).toMatchObject({ code: 'capacity', verdict: 'good', value, low: value })
    expect(result!.findings[0]!.high! / value).toBeLessThan(1.04)
    expect(result!.findings[1]).toMatchObject({ code: 'capacity-limit' })
  })

  it('finds the rate at which P99 crosses the objective, by the formula of the queue', async () => {
    const { result } = await find('--threshold response_time:p(99)<20ms')
    // μ − ln(100) ÷ P99, with the 150 µs that every message takes besides.
    const truth = 5000 - Math.log(100) / (0.02 - 150e-6)
    const finding = result!.findings[0]!
    expect(finding.value! / truth).toBeGreaterThan(0.96)
    expect(finding.value! / truth).toBeLessThanOrEqual(1.001)
    expect(finding.high!).toBeGreaterThan(truth * 0.999)
    expect(finding.message).toContain('response_time:p(99)<20ms')
    expect(result!.steps.every(({ outcome, load }) => (outcome === 'met') === load <= truth)).toBe(true)
  })

  it('says at least so much where this machine was the limit, and is no valid answer', async () => {
    const { result } = await find('', { ...MODEL, perSec: 100_000, reach: 20_000 })
    expect(result!.findings.slice(0, 1)).toMatchObject([
      { code: 'capacity', verdict: 'unknown', high: null, message: expect.stringContaining('at least') },
    ])
    expect(result!.validity.state).toBe('generator-limited')
  })

  it('finds nothing where the objective never holds', async () => {
    const { result } = await find('--threshold response_time:p(99)<100us')
    expect(result!.metrics.capacity).toEqual(gauge(null, 'count' as never))
    expect(result!.findings[0]).toMatchObject({ verdict: 'bad', value: null })
  })

  it('is aborted with what is known, or without a step is nothing', async () => {
    const { result } = await find('', MODEL, 2)
    expect(result).toMatchObject({ status: 'aborted' })
    expect(result!.findings[0]).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('interrupted'),
    })
    expect((await find('', MODEL, 0)).result).toBeNull()
  })

  it('holds each load against the thresholds, and the answer against those on capacity', async () => {
    const { plan } = await find('--threshold p99<20ms --threshold capacity>=4k', MODEL, 0)
    expect(plan.thresholds).toEqual(['capacity>=4k'])
    expect(plan.tests[0]!.search!.objectives).toEqual(['p99<20ms'])
    expect(plan.requireValid).toBe(true)
  })
})
