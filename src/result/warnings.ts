import { matchesBySequence } from '../plan/matching.ts'
import type { RecorderSnapshot } from '../record/recorder.ts'
import { countSamples } from '../record/trend.ts'
import { trendPercentileUs } from './histogram.ts'
import type { Measurements } from './measurements.ts'
import { countUnsent } from './unsent.ts'
import { SHORTEST_JUDGED_US } from './validity.ts'

/** A stall that a closed workload hides: this long, and this many times P99. */
const LEAST_STALL_US = 200_000
const STALL_RATIO = 20

interface Warning {
  readonly code: string
  readonly message: string
}

/** What a reader must know before believing a figure; each names what helps. */
export function deriveWarnings(
  { plan, phases, warmup, status, onOneCore }: Measurements,
  { counters, trends }: RecorderSnapshot,
): Warning[] {
  const warnings: Warning[] = []
  const failedEarly = warmup.counters.messages_lost + countUnsent(warmup)
  if (failedEarly > 0) {
    warnings.push({
      code: 'warmup-errors',
      message: `${failedEarly} messages of the warm-up were lost or not sent; no figure counts them`,
    })
  }
  const storm = plan.testType === 'storm'
  const closed = !storm && plan.groups.every((group) => group.pacing.kind === 'closed')
  if (!storm && phases.holdUs !== null && phases.holdUs < SHORTEST_JUDGED_US) {
    warnings.push({
      code: 'short-hold',
      message:
        'the hold was under 1 s: its rate is rough and CPU is not given; raise --messages or use --duration',
    })
  }
  const talking = plan.groups.filter(({ pacing, flow }) => pacing.kind !== 'silent' && flow === null)
  if (talking.some((group) => !matchesBySequence(group))) {
    warnings.push({
      code: 'fifo',
      message:
        'replies are matched in order of arrival, one message in flight: lost ones shift, duplicated and reordered cannot be seen',
    })
  }
  if (counters.messages_unexpected > 0 && counters.messages_received === 0 && counters.messages_sent > 0) {
    warnings.push({
      code: 'no-sequence',
      message: 'replies came, but none holds the sequence number that was sent: repeat with --match fifo',
    })
  }
  if (onOneCore) {
    warnings.push({
      code: 'shared-core',
      message:
        'generator and server share one core, so each takes time from the other; give them cores of their own (taskset), or another machine to one of them',
    })
  }
  if (plan.target.compress) {
    warnings.push({
      code: 'compressed',
      message: 'compressed runs use the ws engine, which reaches far lower rates than the plain one',
    })
  }
  const slowestUs = trends.service_time?.max ?? 0
  const p99Us = trendPercentileUs(trends.service_time, 99, 0).valueUs
  if (closed && p99Us !== null && slowestUs > Math.max(LEAST_STALL_US, STALL_RATIO * p99Us)) {
    warnings.push({
      code: 'stall-hidden',
      message: `the slowest reply took ${Math.round(slowestUs / 1000)} ms: without a rate nothing is sent while the server stalls, so P99 hardly shows it; set --rate`,
    })
  }
  const { deliveries_expected: expected, deliveries_received: received } = counters
  if (plan.fanOut !== null && status === 'aborted' && received < expected) {
    warnings.push({
      code: 'cut-off',
      message: `${expected - received} deliveries were lost or under way when the run was interrupted`,
    })
  } else if (counters.messages_unanswered > 0) {
    warnings.push({
      code: 'cut-off',
      message: `${counters.messages_unanswered} messages were in flight when the run was interrupted`,
    })
  }
  if (counters.flows_unfinished > 0) {
    warnings.push({
      code: 'cut-off',
      message: `${counters.flows_unfinished} flows were under way when the run ended, and count as neither completed nor failed`,
    })
  }
  if (counters.messages_overflowed > 0) {
    warnings.push({
      code: 'overflowed',
      message: `${counters.messages_overflowed} messages that no flow took were dropped: more waited than a client may keep (discard() forgets those that are not wanted)`,
    })
  }
  if (counters.joins_unconfirmed > 0) {
    warnings.push({
      code: 'joins-unconfirmed',
      message: `${counters.joins_unconfirmed} receivers joined without an answer to say so: what they missed at first counts as lost`,
    })
  }
  const pushed = trends.first_push_time === null ? 0 : countSamples(trends.first_push_time)
  const isPushDue = plan.push?.everyUs === null || counters.pushes_expected > 0
  if (plan.testType === 'push' && isPushDue && pushed < counters.connections_opened) {
    warnings.push({
      code: 'no-push',
      message: `${counters.connections_opened - pushed} of ${counters.connections_opened} connections never got a push; no push time counts them`,
    })
  }
  return warnings
}
