/** Which test and which distribution stand for a whole run: in the summary, the headline and short thresholds. */

import { isFanOutTest } from '../plan/plan.ts'

/** What of a plan decides which figure it is about. */
export interface TestKind {
  readonly testType: string
  /** What the server sends by itself; null: nothing. */
  readonly push: { readonly everyUs: number | null } | null
}

export type HeadlineTrend =
  | 'connect_time'
  | 'response_time'
  | 'delivery_time'
  | 'push_jitter'
  | 'push_interval'
  | 'ping_time'
  | 'flow_time'
  | 'reconnect_time'

/** What the percentiles of a test's intervals are of. In a closed workload service and response time are one. */
export function intervalTrend(
  testType: string,
): 'response_time' | 'delivery_time' | 'push_interval' | 'ping_time' | 'flow_time' {
  if (testType === 'flow') return 'flow_time'
  if (isFanOutTest(testType)) return 'delivery_time'
  if (testType === 'heartbeat') return 'ping_time'
  return testType === 'push' ? 'push_interval' : 'response_time'
}

/** Index of the headline test: the first throughput test when there is one, else the first; -1 without tests. */
export function headlineIndex(tests: readonly { readonly testType: string }[]): number {
  const throughput = tests.findIndex((test) => test.testType === 'throughput')
  return throughput === -1 ? Math.min(0, tests.length - 1) : throughput
}

/**
 * The trend a test is about: time to connect for a storm, for idle connections and for cycles of them, delivery time for a broadcast test, its
 * own for a flow, for
 * heartbeats the time of our pings, for pushes how far they are from the promised interval (without a promise the interval itself), response time for everything
 * else.
 */
export function headlineTrend({ testType, push }: TestKind): HeadlineTrend {
  if (testType === 'storm' || testType === 'idle' || testType === 'leak') return 'connect_time'
  if (isFanOutTest(testType)) return 'delivery_time'
  if (testType === 'heartbeat') return 'ping_time'
  if (testType === 'flow') return 'flow_time'
  if (testType === 'reconnect') return 'reconnect_time'
  if (testType !== 'push') return 'response_time'
  return push === null || push.everyUs === null ? 'push_interval' : 'push_jitter'
}

/** A capacity test in connections a second is about what a storm is about. */
export function kindOf(test: {
  readonly testType: string
  readonly plan: Pick<TestKind, 'push'> & { readonly search: { readonly of: string } | null }
}): TestKind {
  const testType = test.plan.search?.of === 'connect-rate' ? 'storm' : test.testType
  return { testType, push: test.plan.push }
}

const WITHOUT_RATE: ReadonlySet<string> = new Set(['storm', 'push', 'idle', 'heartbeat', 'reconnect', 'leak'])

/** The counter whose rate is a test's messages/s; null: it has none. */
export function headlineRate(testType: string): 'messages_received' | 'deliveries_received' | null {
  if (WITHOUT_RATE.has(testType)) return null
  return isFanOutTest(testType) ? 'deliveries_received' : 'messages_received'
}
