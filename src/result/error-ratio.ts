import type { Plan } from '../plan/plan.ts'
import type { RecorderSnapshot } from '../record/recorder.ts'
import { countSamples } from '../record/trend.ts'
import type { Deliveries } from './deliveries.ts'
import { countSkipped, countUnsent } from './unsent.ts'

/**
 * Errors ÷ what could have gone wrong; never over 1. Of replies: lost and unsent ÷ due. Of deliveries: lost, misrouted and
 * unsent messages ÷ expected, misrouted and unsent; a publisher's own copy is one of them. Of promised pushes: missed ÷
 * due. Of flows: failed and skipped ÷ due. Always with connections: failed and closed ÷ attempted. Duplicates are counted apart.
 */
export function deriveErrorRatio(
  snapshot: RecorderSnapshot,
  plan: Plan,
  { lost }: Deliveries,
): [errors: number, possible: number] {
  const { counters, trends } = snapshot
  if (plan.testType === 'flow')
    return [
      counters.connections_failed +
        counters.connections_closed +
        counters.flows_failed +
        countSkipped(snapshot),
      counters.connections_attempted + counters.flows_due,
    ]
  const unsent = countUnsent(snapshot)
  // Who answers no ping is dropped as it should be.
  const asAsked = trends.drop_time === null ? 0 : countSamples(trends.drop_time)
  const slow = counters.slow_dropped
  // Who was lost and is back is none; who is not, is, whoever cut it.
  const returned = Math.min(counters.reconnects_due, counters.reconnects) - counters.connections_cut
  let errors = counters.connections_failed + counters.connections_closed - asAsked - slow - returned + unsent
  let possible = counters.connections_attempted
  if (plan.fanOut === null) {
    errors += counters.messages_lost
    possible += counters.messages_due
  } else {
    errors += (lost ?? 0) + counters.messages_misrouted
    possible += counters.deliveries_expected + counters.messages_misrouted + unsent
  }
  if (plan.push !== null && plan.push.everyUs !== null) {
    errors += counters.pushes_missed
    possible += Math.max(counters.pushes_expected, counters.pushes_missed)
  }
  return [errors, possible]
}
