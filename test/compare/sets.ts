/** Sets of runs for tests: a real-looking result with some figures of its own, and a time to have started at. */
import type { NamedRun } from '../../src/compare/comparable.ts'
import type { RunResult, TestResult } from '../../src/result/run-result.ts'
import { makeResult, makeThroughputTest } from '../support/sample-result.ts'

export interface Figures {
  readonly rate?: number | null
  readonly p50?: number | null
  readonly p99?: number | null
  readonly errors?: number
  readonly rss?: number | null
}

/** A closed throughput run, so with messages/s, P50, P99, errors and the server's memory as its figures. */
export function makeRun(name: string, minute: number, figures: Figures = {}): NamedRun {
  const { rate = 100_000, p50 = 900, p99 = 2000, errors = 0, rss = 85_000_000 } = figures
  const test = makeThroughputTest()
  const metrics: TestResult['metrics'] = {
    ...test.metrics,
    messages_received: { type: 'counter', unit: 'count', count: 500_000, rate },
    error_ratio: { type: 'ratio', value: errors, numerator: errors * 1000, denominator: 1000 },
    server_rss: { type: 'gauge', unit: 'bytes', value: rss },
  }
  const trend = metrics.response_time
  if (trend?.type !== 'trend') throw new Error('no response time')
  metrics.response_time = {
    ...trend,
    p50,
    p99,
    lost: p99 === null ? trend.count : 0,
    marks: { ...trend.marks, p50: 'ok', p99: p99 === null ? 'timeout' : 'ok' },
  }
  return { name, result: at(makeResult([{ ...test, metrics }]), minute) }
}

function at(result: RunResult, minute: number): RunResult {
  const time = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 12, minute, seconds)).toISOString()
  return { ...result, startedAt: time(0), finishedAt: time(30) }
}

/** Two sets made in turn, ABBA, or one after the other. */
export function makeSets(
  base: readonly Figures[],
  head: readonly Figures[],
  order: 'in turn' | 'apart' = 'in turn',
): [NamedRun[], NamedRun[]] {
  const minute = (side: 0 | 1, index: number): number =>
    order === 'apart' ? side * base.length + index : 2 * index + (index % 2 === 0 ? side : 1 - side)
  return [
    base.map((figures, index) => makeRun(`base-${index + 1}`, minute(0, index), figures)),
    head.map((figures, index) => makeRun(`head-${index + 1}`, minute(1, index), figures)),
  ]
}

/** Around 1, always the same: ten numbers that differ by up to ±`spread`. */
export function spreadOut(spread: number): number[] {
  return [0.1, -0.9, 0.5, -0.3, 0.9, -0.6, 0.3, -0.1, 0.7, -0.5].map((part) => 1 + part * spread)
}
