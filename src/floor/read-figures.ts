/** Figures of the floor from the results of its runs. Pure. */
import type { TestResult } from '../result/run-result.ts'
import { MAX_LOOP_BUSY } from '../result/validity.ts'

/**
 * Messages/s that our loop can carry: what it carried. Where the server's thread was full before our loop was, that rate
 * ÷ our loop's load: what is left of the loop carries at least as much, since fuller turns cost less a message.
 */
export function findCapacity(test: TestResult): number | null {
  const received = test.metrics.messages_received
  const rate = received?.type === 'counter' ? received.rate : null
  const busy = gaugeOf(test, 'generator_loop_busy')
  if (rate === null || rate === 0) return null
  return test.validity.limitedBy === 'server' && busy !== null && busy < MAX_LOOP_BUSY ? rate / busy : rate
}

/** Connections/s over the time until all were open; null when one failed. */
export function findConnectRate(test: TestResult): number | null {
  const allOpenUs = gaugeOf(test, 'open_100')
  const opened = test.metrics.connections_opened
  if (allOpenUs === null || opened?.type !== 'counter' || opened.count === null) return null
  return (opened.count * 1e6) / allOpenUs
}

/** P50 and P99 of the service time, µs, of the run with the least P50. */
export function findLeastLatency(tests: readonly TestResult[]): { p50: number | null; p99: number | null } {
  let least: { p50: number | null; p99: number | null } = { p50: null, p99: null }
  for (const { metrics } of tests) {
    const service = metrics.service_time
    if (service?.type !== 'trend' || service.p50 === null) continue
    if (least.p50 === null || service.p50 < least.p50) least = { p50: service.p50, p99: service.p99 }
  }
  return least
}

/** What the figures suffer from; null: nothing known. `cores`: those that this process may run on. */
export function findNote(closed: readonly TestResult[], cores: number): string | null {
  if (cores === 1) return 'measured on one core, which generator and server shared'
  const loads = closed.map((test) => gaugeOf(test, 'generator_loop_busy')).filter((busy) => busy !== null)
  const neverFull = closed.every((test) => test.validity.limitedBy !== 'server')
  return loads.length > 0 && neverFull && Math.max(...loads) <= MAX_LOOP_BUSY
    ? 'other programs took CPU while it was measured: measure again on a quiet machine'
    : null
}

/** A gauge's value; null when it was not measured. */
export function gaugeOf(test: TestResult, name: string): number | null {
  const metric = test.metrics[name]
  return metric?.type === 'gauge' ? metric.value : null
}
