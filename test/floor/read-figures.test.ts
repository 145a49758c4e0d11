/** Figures of the floor from results made up for them. */
import { describe, expect, it } from 'vitest'
import { findCapacity, findConnectRate, findLeastLatency, findNote } from '../../src/floor/read-figures.ts'
import type { Metric, TestResult } from '../../src/result/run-result.ts'
import { counter, distribute, makeStormTest, makeThroughputTest } from '../support/sample-result.ts'

type LimitedBy = TestResult['validity']['limitedBy']

function withMetrics(test: TestResult, metrics: Record<string, Metric>): TestResult {
  return { ...test, metrics: { ...test.metrics, ...metrics } }
}

function closed(ratePerSec: number, loopBusy: number | null, limitedBy: LimitedBy): TestResult {
  const test = withMetrics(makeThroughputTest(), {
    messages_received: counter(5 * ratePerSec, 'count', ratePerSec),
    generator_loop_busy: { type: 'gauge', unit: 'ratio', value: loopBusy },
  })
  return { ...test, validity: { ...test.validity, limitedBy } }
}

describe('findCapacity', () => {
  it.each([
    ['our loop full, the server too', closed(120_000, 0.99, 'server'), 120_000],
    ['our loop full, the server with CPU to spare', closed(120_000, 0.99, 'generator'), 120_000],
    ['the server full first: what the loop would carry', closed(90_000, 0.75, 'server'), 120_000],
    ['neither full: nothing is made up', closed(60_000, 0.5, 'none'), 60_000],
    ['a server out of sight', closed(60_000, 0.5, 'unknown'), 60_000],
    ['no figure of the loop', closed(60_000, null, 'server'), 60_000],
    ['nothing came back', closed(0, 0.5, 'server'), null],
  ])('%s', (_, test, capacity) => {
    expect(findCapacity(test)).toBe(capacity)
  })
})

describe('findConnectRate', () => {
  const opening = (opened: number, us: number | null): TestResult =>
    withMetrics(makeStormTest(), {
      connections_opened: counter(opened),
      open_100: { type: 'gauge', unit: 'us', value: us },
    })
  it.each([
    ['all open after half a second', opening(5000, 500_000), 10_000],
    ['one never opened', opening(4999, null), null],
  ])('%s', (_, test, rate) => {
    expect(findConnectRate(test)).toBe(rate)
  })
})

describe('findLeastLatency', () => {
  const serving = (p50Us: number) =>
    withMetrics(makeThroughputTest(), { service_time: distribute(2000, p50Us, p50Us * 4).metric })
  it('takes P50 and P99 of the run with the least P50', () => {
    const { p50, p99 } = distribute(2000, 40, 160).metric
    expect(findLeastLatency([serving(70), serving(40), serving(50)])).toEqual({ p50, p99 })
  })
  it('is null without replies', () => {
    const none = withMetrics(makeThroughputTest(), { service_time: distribute(0, 1, 2).metric })
    expect(findLeastLatency([none])).toEqual({ p50: null, p99: null })
    expect(findLeastLatency([])).toEqual({ p50: null, p99: null })
  })
})

describe('findNote', () => {
  it.each([
    ['two cores, the loop full in one run', [closed(1, 0.5, 'none'), closed(1, 0.99, 'generator')], 2, null],
    ['two cores, the server full', [closed(1, 0.9, 'server')], 2, null],
    ['two cores, neither ever full', [closed(1, 0.7, 'none'), closed(1, 0.95, 'none')], 2, /other programs/],
    ['no figure of the loop', [closed(1, null, 'unknown')], 2, null],
    ['one core', [closed(1, 0.99, 'generator')], 1, /one core/],
  ])('%s', (_, tests, cores, note) => {
    const found = findNote(tests, cores)
    if (note === null) expect(found).toBeNull()
    else expect(found).toMatch(note)
  })
})
