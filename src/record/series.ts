/** The names and units of everything a shard records. The order is the layout of the shared memory (record/recorder.ts). */

/** Distributions of times, in units of unitOf(). */
export const TRENDS = [
  /** Upgraded − due time of the attempt. */
  'connect_time',
  /** Attempt − due: our own queue under the cap. */
  'connect_lag',
  /** Upgraded − attempt. */
  'connect_attempt',
  'connect_tcp',
  'connect_tls',
  'connect_upgrade',
  /** Upgraded − start of the connect phase: the source of open_50 … open_100. */
  'open_at',
  /** Reply − actual send. */
  'service_time',
  /** Reply − due time. Equal to service_time in a closed workload, and then recorded once. */
  'response_time',
  /** Actual send − due. Open workloads only. */
  'pacer_lag',
  /** Fan-out: a receiver has it − due time of the message. */
  'delivery_time',
  /** Fan-out: the last of all receivers has it − due. A message that somebody never gets has none. */
  'last_delivery_time',
  /** First push − connection open. */
  'first_push_time',
  /** Push − push before, of one connection. */
  'push_interval',
  /** Distance of a push interval from the promised one. */
  'push_jitter',
  /** Open again − lost. */
  'reconnect_time',
  /** Attempt to come back − its due time. */
  'reconnect_lag',
  /** Open again − the cut of all: the source of recovered_50 … recovered_100. */
  'back_at',
  /** Attempt to come back − start of the hold, in tenths of a second: the source of reconnect_peak. */
  'reconnect_at',
  /** Open − ended by the server or the network. */
  'connection_lifetime',
  /** Pong − due time of our ping. */
  'ping_time',
  /** Pong − actual send of our ping. */
  'ping_service_time',
  /** Actual send of our ping − due. */
  'ping_lag',
  /** Of clients that answer no ping: ended by the server − the first ping that was left unanswered. */
  'drop_time',
  /** The same clients: pings they had left unanswered when they were dropped. A count, not a time. */
  'pongs_missed',
  /** Of a flow that succeeded: its end − its due time. */
  'flow_time',
] as const
export type TrendName = (typeof TRENDS)[number]

/** Trends of times that may be longer than a trend can hold in µs: what one of their counts stands for. */
const LONG_UNITS_US: Readonly<Partial<Record<TrendName, number>>> = {
  connection_lifetime: 1000,
  drop_time: 1000,
  reconnect_time: 100,
  back_at: 100,
  reconnect_at: 100_000,
}

/** Recorded for what is derived of them, and no trends of a result. */
export const HIDDEN_TRENDS: ReadonlySet<TrendName> = new Set([
  'open_at',
  'pongs_missed',
  'back_at',
  'reconnect_at',
])

/** Microseconds that a value of a trend stands for: 1, but for those of long times. */
export function unitOf(name: TrendName): number {
  return LONG_UNITS_US[name] ?? 1
}

export const COUNTERS = [
  'connections_attempted',
  'connections_opened',
  'connections_failed',
  /** Opened, then ended by the server or the network before the drain. */
  'connections_closed',
  /** Messages whose due time came (open workloads: sent + unsent). */
  'messages_due',
  'messages_sent',
  'messages_received',
  /** No reply within the timeout, or the connection ended first. */
  'messages_lost',
  /** A reply after its message was given up as lost. */
  'messages_late',
  'messages_duplicated',
  'messages_reordered',
  /** Frames that answer nothing we sent. */
  'messages_unexpected',
  /**
   * Due, never sent: the socket was full (or, one message at a time, the reply before did not come), or the connection
   * was not open.
   */
  'messages_unsent_full',
  'messages_unsent_closed',
  /** Due, never sent: the generator was behind when the hold ended. */
  'messages_unsent_behind',
  /** In flight when the run was interrupted: neither received nor lost. */
  'messages_unanswered',
  'bytes_sent',
  'bytes_received',
  'pings_received',
  /** Ours; those that were answered, and those that were not in time. */
  'pings_sent',
  'pongs_received',
  'pings_lost',
  /** Replies that came within the hold phase: the numerator of messages/s. */
  'replies_in_hold',
  /** The server's pings that were answered. */
  'pongs_sent',
  /** Frames that are part of the dialect's protocol: someone joined, an answer to a ping. */
  'messages_control',
  /** Fan-out: members of the audience when a message was sent, summed over the messages. */
  'deliveries_expected',
  /** Fan-out: distinct messages that receivers got in time. */
  'deliveries_received',
  /** Fan-out: those that came after the timeout: they count as lost. */
  'deliveries_late',
  /** Fan-out: deliveries that came within the hold phase. */
  'deliveries_in_hold',
  /** Fan-out: a message of another room. */
  'messages_misrouted',
  /** Fan-out: receivers that joined without an answer to say so. */
  'joins_unconfirmed',
  /** Pushes that the promised interval makes due while a connection is open: those that came in time, and the missed. */
  'pushes_expected',
  'pushes_received',
  /** Promised intervals of a connection without a push. */
  'pushes_missed',
  /** More than one push within a promised interval. */
  'pushes_surplus',
  /** Comments of an event stream. */
  'keep_alives_received',
  /** Open again: event streams that the server had ended, and connections that came back by their policy. */
  'reconnects',
  /** Flows whose time came: started and skipped. */
  'flows_due',
  'flows_started',
  'flows_completed',
  /** Those that ended within the hold phase: the numerator of flows/s. */
  'flows_in_hold',
  'flows_failed',
  /** Due, never started: every client was busy, its connection was not open, or the generator was behind. */
  'flows_skipped_busy',
  'flows_skipped_closed',
  'flows_skipped_behind',
  /** Under way when the run ended: neither completed nor failed. */
  'flows_unfinished',
  /** Messages for a flow that came when as many as it may keep were waiting: the oldest went. */
  'messages_overflowed',
  /** Connections that a flow ended. */
  'connections_left',
  /** Connections that were lost and had to come back. */
  'reconnects_due',
  /** Attempts to come back, and those that failed. */
  'reconnect_attempts',
  'reconnects_failed',
  /** Connections that failed as often as their policy allows. */
  'reconnects_given_up',
  /** Ended by us in the hold, to see them come back. */
  'connections_cut',
  /** Subscribers that became slow readers, those of them that the server ended, and what was published for them since. */
  'slow_clients',
  'slow_dropped',
  'slow_messages_owed',
] as const
export type CounterName = (typeof COUNTERS)[number]
