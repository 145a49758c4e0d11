/** The names and units of everything a shard records. The order is the layout of the shared memory (record/recorder.ts). */

/** Latency distributions, µs. */
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
] as const
export type TrendName = (typeof TRENDS)[number]

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
  /** Replies that came within the hold phase: the numerator of messages/s. */
  'replies_in_hold',
] as const
export type CounterName = (typeof COUNTERS)[number]
