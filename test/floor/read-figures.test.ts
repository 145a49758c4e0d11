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
    ['our loop full, the server too', closed(120_000, 0.99, 'server'), 2, 120_000],
    ['our loop full, the server with CPU to spare', closed(120_000, 0.99, 'generator'), 2, 120_000],
    ['the server full first: what the loop would carry', closed(90_000, 0.75, 'server'), 2, 120_000],
    ['neither full: the top was not seen', closed(60_000, 0.95, 'none'), 2, null],
    ['neither full, on the only core', closed(60_000, 0.5, 'none'), 1, 60_000],
    ['our loop full, the server out of sight', closed(60_000, 0.96, 'unknown'), 2, 60_000],
    ['our loop not full, the server out of sight', closed(60_000, 0.5, 'unknown'), 2, null],
    ['no figure of the loop', closed(60_000, null, 'server'), 2, 60_000],
    ['nothing came back', closed(0, 0.5, 'server'), 2, null],
  ])('%s', (_, test, cores, capacity) => {
    expect(findCapacity(test, cores)).toBe(capacity)
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
    ['the top was seen', 110_000, 2, null],
    ['nothing got to its top', null, 2, /other programs .* quiet machine/],
    ['one core', 60_000, 1, /one core/],
  ])('%s', (_, capacity, cores, note) => {
    const found = findNote(capacity, cores)
    if (note === null) expect(found).toBeNull()
    else expect(found).toMatch(note)
  })
})
