/** Figures of the floor from the results of its runs. Pure. */
import type { TestResult } from '../result/run-result.ts'
import { MAX_CORE_WAIT, MAX_LOOP_BUSY } from '../result/validity.ts'

/**
 * Messages/s that our loop can carry. What it carried when it was full, or when it shared the only core. Where the
 * server's thread was full first, that rate ÷ our loop's load: the rest of the loop carries at least as much, since
 * fuller turns cost less a message. Null when neither was full: something else held both up, and the top was not seen.
 */
export function findCapacity(test: TestResult, cores: number): number | null {
  const received = test.metrics.messages_received
  const rate = received?.type === 'counter' ? received.rate : null
  const busy = gaugeOf(test, 'generator_loop_busy')
  if (rate === null || rate === 0) return null
  if (cores === 1 || busy === null || busy > MAX_LOOP_BUSY) return rate
  return test.validity.limitedBy === 'server' ? rate / busy : null
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

/** True when a thread of the generator had to wait for a core in one of the runs. */
export function isDisturbed(tests: readonly TestResult[]): boolean {
  return tests.some((test) => (gaugeOf(test, 'generator_core_wait') ?? 0) > MAX_CORE_WAIT)
}

/** What a floor's figures suffer from; null: nothing known. `cores`: those that this process may run on. */
export function findNote(capacity: number | null, cores: number): string | null {
  if (cores === 1) return 'measured on one core, which generator and server shared'
  return capacity === null
    ? 'other programs took CPU while it was measured, so rates and latencies are not known: measure again on a quiet machine'
    : null
}

/** A gauge's value; null when it was not measured. */
export function gaugeOf(test: TestResult, name: string): number | null {
  const metric = test.metrics[name]
  return metric?.type === 'gauge' ? metric.value : null
}
