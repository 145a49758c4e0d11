/** Metrics that only some plans have, whether they are recorded or derived. */
import { type Plan, slowFromUs } from '../plan/plan.ts'

/** `pings`: clients ping. `silent`: clients that answer no ping. `promised`: pushes at an interval that the server promises. `stream`: event streams. `returns`: those, or clients that
 * come back; `reconnect`: the latter. `leak`: cycles after which the server is looked at; `count`: and asked for its own count. */
export type Special =
  | 'open'
  | 'fan-out'
  | 'push'
  | 'promised'
  | 'stream'
  | 'pings'
  | 'silent'
  | 'search'
  | 'flow'
  | 'returns'
  | 'reconnect'
  | 'leak'
  | 'count'
  | 'slow'

const NAMES: Readonly<Record<Special, readonly string[]>> = {
  open: ['pacer_lag'],
  'fan-out': [
    'delivery_time',
    'last_delivery_time',
    'deliveries_expected',
    'deliveries_received',
    'deliveries_late',
    'deliveries_in_hold',
    'deliveries_lost',
    'messages_misrouted',
    'joins_unconfirmed',
    'delivery_ratio',
    'amplification',
  ],
  push: ['first_push_time', 'push_interval', 'pushes_received'],
  promised: ['push_jitter', 'pushes_expected', 'pushes_missed', 'pushes_surplus', 'push_ratio'],
  pings: [
    'ping_time',
    'ping_service_time',
    'ping_lag',
    'pings_sent',
    'pongs_received',
    'pings_lost',
    'ping_ratio',
  ],
  silent: ['drop_time', 'missed_pongs'],
  flow: [
    'flow_time',
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
    'flow_success',
    'messages_overflowed',
    'connections_left',
    'step_time',
    'steps_failed',
  ],
  search: ['capacity'],
  stream: ['keep_alives_received'],
  returns: ['reconnects', 'reconnect_time'],
  leak: ['leak_per_connection', 'descriptors_per_connection', 'threads_per_connection'],
  count: ['connections_miscounted'],
  slow: [
    'slow_clients',
    'slow_dropped',
    'slow_messages_owed',
    'slow_p99_before',
    'slow_p99_after',
    'slow_dropped_after',
    'slow_kernel',
    'slow_memory',
  ],
  reconnect: [
    'reconnect_lag',
    'reconnects_due',
    'reconnect_attempts',
    'reconnects_failed',
    'reconnects_given_up',
    'connections_cut',
    'recovered_50',
    'recovered_90',
    'recovered_99',
    'recovered_100',
    'reconnect_peak',
    'return_ratio',
  ],
}

const BY_NAME: ReadonlyMap<string, Special> = new Map(
  Object.entries(NAMES).flatMap(([special, names]) => names.map((name) => [name, special as Special])),
)

/** What a flow does with its messages is known to it alone: no reply finds its message, none is due or lost. */
export const WITHOUT_FLOW: ReadonlySet<string> = new Set([
  'service_time',
  'response_time',
  'messages_due',
  'messages_lost',
  'messages_late',
  'messages_duplicated',
  'messages_reordered',
  'messages_unexpected',
  'messages_unsent',
  'messages_unsent_full',
  'messages_unsent_closed',
  'messages_unsent_behind',
  'messages_unanswered',
  'messages_control',
  'reply_ratio',
])

/**
 * With fan-out not known of one group: what a message's audience is, is counted where it is sent, and its deliveries
 * where they come.
 */
export const WHOLE_WITH_FAN_OUT: ReadonlySet<string> = new Set([
  'delivery_time',
  'last_delivery_time',
  'deliveries_expected',
  'deliveries_lost',
  'delivery_ratio',
  'amplification',
  'error_ratio',
])

/** What a plan must have for this metric; undefined: nothing special. */
export function specialOf(name: string): Special | undefined {
  return BY_NAME.get(name)
}

/** Is the metric in a result of this plan? Of pushes without a promised interval it is, and null. */
export function hasMetric(plan: Plan, name: string): boolean {
  const special = specialOf(name)
  if (plan.testType === 'flow' && WITHOUT_FLOW.has(name)) return false
  if (special === undefined) return true
  if (special === 'flow') return plan.testType === 'flow'
  if (special === 'slow') return slowFromUs(plan) !== null
  if (special === 'leak') return plan.leaving !== null
  if (special === 'count') return plan.leaving?.countUrl != null
  if (special === 'open') return plan.groups.some((group) => group.pacing.kind === 'open')
  if (special === 'pings') return plan.groups.some(({ behaviour }) => behaviour.pingEveryUs !== null)
  if (special === 'silent') return plan.groups.some(({ behaviour }) => !behaviour.pong)
  const returns = plan.groups.some(({ behaviour }) => behaviour.reconnect !== null)
  if (special === 'reconnect') return returns
  if (special === 'returns') return returns || plan.transport === 'event-stream'
  if (special === 'fan-out') return plan.fanOut !== null
  if (special === 'search') return plan.search !== null
  return special === 'stream' ? plan.transport === 'event-stream' : plan.push !== null
}
