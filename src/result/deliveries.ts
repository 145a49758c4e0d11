/** Fan-out: what became of the deliveries that were due. */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { countSamples } from '../record/trend.ts'
import { countUnsent } from './unsent.ts'

export interface Deliveries {
  /** Expected − received; null: the run was interrupted, and what is missing may have been under way. */
  readonly lost: number | null
  /** Above every sample of delivery_time: the lost, and for each message that was not sent an audience of usual size. */
  readonly aboveDelivery: number
  /** Above every sample of last_delivery_time: messages that somebody did not get, and those that were not sent. */
  readonly aboveLast: number
}

/** `isOver`: the drain has waited for what was under way, so that what is missing is lost. */
export function balanceDeliveries(snapshot: RecorderSnapshot, isOver: boolean): Deliveries {
  const { counters, trends } = snapshot
  const { deliveries_expected: expected, deliveries_received: received, messages_sent: sent } = counters
  const missing = Math.max(0, expected - received)
  const lost = isOver || missing === 0 ? missing : null
  const unsent = countUnsent(snapshot)
  const audience = sent === 0 ? 1 : expected / sent
  const complete = trends.last_delivery_time === null ? 0 : countSamples(trends.last_delivery_time)
  return {
    lost,
    aboveDelivery: (lost ?? 0) + Math.round(unsent * audience),
    aboveLast: Math.min(lost ?? 0, Math.max(0, sent - complete)) + unsent,
  }
}
