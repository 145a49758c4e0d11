/** Trends, counters and ratios of a test from what its recorders hold, of all groups together and of each. */
import type { Plan } from '../plan/plan.ts'
import { viewPlan } from '../plan/view.ts'
import type { RecorderSnapshot } from '../record/recorder.ts'
import {
  COUNTERS,
  type CounterName,
  HIDDEN_TRENDS,
  TRENDS,
  type TrendName,
  unitOf,
} from '../record/series.ts'
import { balanceDeliveries, type Deliveries } from './deliveries.ts'
import { deriveErrorRatio } from './error-ratio.ts'
import { toTrendMetric } from './histogram.ts'
import type { Measurements } from './measurements.ts'
import { deriveRecovery } from './recovery.ts'
import type { Metric } from './run-result.ts'
import { hasMetric, specialOf, WHOLE_WITH_FAN_OUT } from './special-metrics.ts'
import { deriveStepMetrics } from './step-metrics.ts'
import { countSkipped, countUnsent } from './unsent.ts'

export type Metrics = Record<string, Metric>

export function isOpenPlan(plan: Plan): boolean {
  return plan.groups.some((group) => group.pacing.kind === 'open')
}

export function deriveMetrics(snapshot: RecorderSnapshot, measured: Measurements): Metrics {
  const { plan, status } = measured
  const deliveries = balanceDeliveries(snapshot, status !== 'aborted')
  return {
    ...deriveTrends(snapshot, plan, deliveries),
    ...deriveCounters(snapshot, measured, deliveries),
    ...deriveRatios(snapshot, plan, deliveries),
    ...(hasMetric(plan, 'return_ratio') ? deriveRecovery(snapshot) : {}),
  }
}

/** With several groups each has its own figures beside the whole's: `name{group=…}`. */
export function deriveGroupMetrics(measured: Measurements): Metrics {
  const { plan, groups } = measured
  if (groups.length < 2) return deriveStepMetrics(measured)
  const ofGroups = Object.fromEntries(
    groups.flatMap((snapshot, index) => {
      const group = plan.groups[index]!
      const own = deriveMetrics(snapshot, { ...measured, plan: { ...plan, groups: [group] } })
      return Object.entries(own)
        .filter(([name]) => plan.fanOut === null || !WHOLE_WITH_FAN_OUT.has(name))
        .map(([name, metric]) => [`${name}{group=${group.name}}`, metric])
    }),
  )
  return { ...ofGroups, ...deriveStepMetrics(measured) }
}

function deriveTrends(snapshot: RecorderSnapshot, plan: Plan, deliveries: Deliveries): Metrics {
  const { counters, trends } = snapshot
  const lost = counters.messages_lost
  /** What ranks above every sample. A message that was never sent has a due time, but no service. */
  const above: Partial<Record<TrendName, number>> = {
    service_time: lost,
    response_time: lost + countUnsent(snapshot),
    connect_time: counters.connections_failed,
    reconnect_time: Math.max(0, counters.reconnects_due - counters.reconnects),
    ping_time: counters.pings_lost,
    ping_service_time: counters.pings_lost,
    flow_time: counters.flows_failed + countSkipped(snapshot),
    delivery_time: deliveries.aboveDelivery,
    last_delivery_time: deliveries.aboveLast,
  }
  const metrics: Metrics = {}
  for (const name of TRENDS) {
    if (HIDDEN_TRENDS.has(name) || !hasMetric(plan, name)) continue
    const source = name === 'response_time' && !isOpenPlan(plan) ? 'service_time' : name
    metrics[name] = toTrendMetric(trends[source], above[name] ?? 0, unitOf(source))
  }
  return metrics
}

/** Rates over the hold: of counters that are of the hold alone, else of what is counted for it. */
const PER_SECOND: Readonly<Partial<Record<CounterName, CounterName>>> = {
  messages_due: 'messages_due',
  messages_sent: 'messages_sent',
  messages_received: 'replies_in_hold',
  deliveries_received: 'deliveries_in_hold',
  flows_due: 'flows_due',
  flows_started: 'flows_started',
  flows_completed: 'flows_in_hold',
  bytes_sent: 'bytes_sent',
  bytes_received: 'bytes_received',
}

function deriveCounters(
  snapshot: RecorderSnapshot,
  { plan, phases }: Measurements,
  deliveries: Deliveries,
): Metrics {
  const { counters } = snapshot
  const bySequence = viewPlan(plan).groups.every((group) => group.match === 'sequence')
  const hasPromise = plan.push?.everyUs != null
  const perSecond = (count: number) =>
    phases.holdUs === null || phases.holdUs <= 0 ? null : (count * 1e6) / phases.holdUs
  const metrics: Metrics = {}
  for (const name of COUNTERS) {
    if (!hasMetric(plan, name)) continue
    const ofReplies = name === 'messages_duplicated' || name === 'messages_reordered'
    const uncertain =
      (ofReplies && !bySequence) ||
      (specialOf(name) === 'promised' && !hasPromise) ||
      // How small a message becomes only the other engine knows.
      (name === 'bytes_sent' && plan.target.compress)
    const counted = uncertain ? undefined : PER_SECOND[name]
    metrics[name] = {
      type: 'counter',
      unit: name.startsWith('bytes') ? 'bytes' : 'count',
      count: uncertain ? null : counters[name],
      rate: counted === undefined ? null : perSecond(counters[counted]),
    }
  }
  if (plan.testType === 'flow')
    metrics.flows_skipped = { type: 'counter', unit: 'count', count: countSkipped(snapshot), rate: null }
  else metrics.messages_unsent = { type: 'counter', unit: 'count', count: countUnsent(snapshot), rate: null }
  if (plan.fanOut !== null)
    metrics.deliveries_lost = { type: 'counter', unit: 'count', count: deliveries.lost, rate: null }
  return metrics
}

function deriveRatios(snapshot: RecorderSnapshot, plan: Plan, deliveries: Deliveries): Metrics {
  const { counters } = snapshot
  const metrics: Metrics = {
    connect_success: ratio(counters.connections_opened, counters.connections_attempted),
    ...(plan.testType === 'flow'
      ? { flow_success: ratio(counters.flows_completed, counters.flows_due - counters.flows_unfinished) }
      : { reply_ratio: ratio(counters.messages_received, counters.messages_sent) }),
    pong_ratio: ratio(counters.pongs_sent, counters.pings_received),
    error_ratio: ratio(...deriveErrorRatio(snapshot, plan, deliveries)),
  }
  if (hasMetric(plan, 'ping_ratio')) metrics.ping_ratio = ratio(counters.pongs_received, counters.pings_sent)
  if (plan.fanOut !== null) {
    const reach = ratio(counters.deliveries_received, counters.deliveries_expected)
    metrics.delivery_ratio = deliveries.lost === null ? { ...reach, value: null } : reach
    metrics.amplification = {
      type: 'gauge',
      unit: 'count',
      value: counters.messages_sent === 0 ? null : counters.deliveries_received / counters.messages_sent,
    }
  }
  if (plan.push !== null)
    metrics.push_ratio =
      plan.push.everyUs === null
        ? ratio(0, 0)
        : ratio(Math.max(0, counters.pushes_expected - counters.pushes_missed), counters.pushes_expected)
  return metrics
}

function ratio(numerator: number, denominator: number): Extract<Metric, { type: 'ratio' }> {
  return { type: 'ratio', value: denominator > 0 ? numerator / denominator : null, numerator, denominator }
}
