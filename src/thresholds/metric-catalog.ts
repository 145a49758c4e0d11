/** Every metric name a threshold may use: its type, its unit, and what a plan must have to produce it. */

import { type Special, specialOf } from '../result/special-metrics.ts'

export type MetricUnit = 'us' | 'bytes' | 'count' | 'percent' | 'ratio'

/** What a test must be like to produce a metric. */
type Need = 'nothing' | 'messages' | 'tls' | 'sequence' | Special

type Samples = 'connections' | 'messages' | 'deliveries' | 'pushes' | 'pings' | 'flows' | 'unknown'

export interface MetricKind {
  readonly type: 'trend' | 'counter' | 'gauge' | 'ratio'
  readonly unit: MetricUnit
  readonly needs: Need
  /** What its samples are of, so that their number can be known before the run. */
  readonly samples: Samples | null
}

/** Percentiles that a result holds as they are; others are taken from its histograms. */
export const KEPT_PERCENTILES: ReadonlyMap<number, 'p50' | 'p90' | 'p95' | 'p99' | 'p999'> = new Map([
  [50, 'p50'],
  [90, 'p90'],
  [95, 'p95'],
  [99, 'p99'],
  [99.9, 'p999'],
])

const RSS_MOMENTS = ['', '_idle', '_connected', '_after']

export const METRICS: ReadonlyMap<string, MetricKind> = new Map([
  ...trends('connections', 'nothing', [
    'connect_time',
    'connect_lag',
    'connect_attempt',
    'connect_tcp',
    'connect_upgrade',
  ]),
  ...trends('connections', 'tls', ['connect_tls']),
  ...trends('connections', 'nothing', ['connection_lifetime']),
  ...trends('messages', 'messages', ['service_time', 'response_time']),
  ...trends('messages', 'open', ['pacer_lag']),
  ...trends('deliveries', 'fan-out', ['delivery_time']),
  ...trends('messages', 'fan-out', ['last_delivery_time']),
  ...trends('connections', 'push', ['first_push_time']),
  ...trends('pushes', 'push', ['push_interval', 'push_jitter']),
  ...trends('unknown', 'returns', ['reconnect_time']),
  ...trends('unknown', 'reconnect', ['reconnect_lag']),
  ...trends('pings', 'pings', ['ping_time', 'ping_service_time', 'ping_lag']),
  ...trends('connections', 'silent', ['drop_time']),
  ...trends('flows', 'flow', ['flow_time']),
  ...trends('unknown', 'flow', ['step_time']),
  ...kinds('counter', 'count', 'nothing', [
    'connections_attempted',
    'connections_opened',
    'connections_failed',
    'connections_closed',
    'messages_due',
    'messages_sent',
    'messages_received',
    'messages_lost',
    'messages_late',
    'messages_unanswered',
    'messages_unexpected',
    'messages_unsent',
    'messages_unsent_full',
    'messages_unsent_closed',
    'messages_unsent_behind',
    'messages_control',
    'pings_received',
    'pongs_sent',
    'replies_in_hold',
  ]),
  ...kinds('counter', 'count', 'sequence', ['messages_duplicated', 'messages_reordered']),
  ...kinds('counter', 'count', 'fan-out', [
    'deliveries_expected',
    'deliveries_received',
    'deliveries_lost',
    'deliveries_late',
    'deliveries_in_hold',
    'messages_misrouted',
    'joins_unconfirmed',
  ]),
  ...kinds('counter', 'count', 'push', [
    'pushes_received',
    'pushes_expected',
    'pushes_missed',
    'pushes_surplus',
  ]),
  ...kinds('counter', 'count', 'pings', ['pings_sent', 'pongs_received', 'pings_lost']),
  ...kinds('ratio', 'ratio', 'pings', ['ping_ratio']),
  ...kinds('gauge', 'count', 'silent', ['missed_pongs']),
  ...kinds('counter', 'count', 'flow', [
    'flows_due',
    'flows_started',
    'flows_completed',
    'flows_in_hold',
    'flows_failed',
    'flows_skipped',
    'flows_skipped_busy',
    'flows_skipped_closed',
    'flows_skipped_behind',
    'flows_unfinished',
    'steps_failed',
    'messages_overflowed',
    'connections_left',
  ]),
  ...kinds('ratio', 'ratio', 'flow', ['flow_success']),
  ...kinds('counter', 'count', 'stream', ['keep_alives_received', 'reconnects']),
  ...kinds('counter', 'count', 'reconnect', [
    'reconnects_due',
    'reconnect_attempts',
    'reconnects_failed',
    'reconnects_given_up',
    'connections_cut',
  ]),
  ...kinds('ratio', 'ratio', 'reconnect', ['return_ratio']),
  ...kinds('gauge', 'us', 'reconnect', ['recovered_50', 'recovered_90', 'recovered_99', 'recovered_100']),
  ...kinds('gauge', 'count', 'reconnect', ['reconnect_peak']),
  ...kinds('counter', 'count', 'slow', ['slow_clients', 'slow_dropped', 'slow_messages_owed']),
  ...kinds('gauge', 'us', 'slow', ['slow_p99_before', 'slow_p99_after', 'slow_dropped_after']),
  ...kinds('gauge', 'bytes', 'slow', ['slow_kernel', 'slow_memory']),
  ...kinds('gauge', 'bytes', 'leak', ['leak_per_connection']),
  ...kinds('gauge', 'count', 'leak', ['descriptors_per_connection', 'threads_per_connection']),
  ...kinds('gauge', 'count', 'count', ['connections_miscounted']),
  ...kinds('counter', 'bytes', 'nothing', ['bytes_sent', 'bytes_received']),
  ...kinds('ratio', 'ratio', 'nothing', ['connect_success', 'error_ratio']),
  ...kinds('ratio', 'ratio', 'messages', ['reply_ratio']),
  ...kinds('ratio', 'ratio', 'fan-out', ['delivery_ratio']),
  ...kinds('ratio', 'ratio', 'push', ['push_ratio']),
  ...kinds('ratio', 'ratio', 'nothing', ['pong_ratio']),
  ...['generator', 'server'].flatMap((who) => [
    ...kinds('gauge', 'bytes', 'nothing', [
      ...RSS_MOMENTS.map((moment) => `${who}_rss${moment}`),
      `${who}_rss_per_connection`,
    ]),
    ...kinds('gauge', 'percent', 'nothing', [`${who}_cpu`, `${who}_cpu_mean`]),
  ]),
  ...kinds('gauge', 'ratio', 'nothing', ['generator_loop_busy', 'generator_core_wait']),
  ...kinds('gauge', 'us', 'nothing', [
    'open_50',
    'open_90',
    'open_99',
    'open_100',
    'server_cpu_per_connection',
  ]),
  ...kinds('gauge', 'count', 'fan-out', ['amplification']),
  ...kinds('gauge', 'count', 'search', ['capacity']),
])

function trends(samples: Samples, needs: Need, names: readonly string[]): [string, MetricKind][] {
  return names.map((name) => [name, { type: 'trend', unit: 'us', needs: specialOf(name) ?? needs, samples }])
}

function kinds(
  type: 'counter' | 'gauge' | 'ratio',
  unit: MetricUnit,
  needs: Need,
  names: readonly string[],
): [string, MetricKind][] {
  return names.map((name) => [name, { type, unit, needs: specialOf(name) ?? needs, samples: null }])
}

/** Metrics of which there is one for each named step of a flow, and none without. */
export const OF_STEPS: ReadonlySet<string> = new Set(['step_time', 'steps_failed'])
