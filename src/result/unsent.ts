import type { RecorderSnapshot } from '../record/recorder.ts'

/** Messages that were due and never sent, whatever the reason. */
export function countUnsent({ counters }: RecorderSnapshot): number {
  return counters.messages_unsent_full + counters.messages_unsent_closed + counters.messages_unsent_behind
}

/** Flows that were due and never started, whatever the reason. */
export function countSkipped({ counters }: RecorderSnapshot): number {
  return counters.flows_skipped_busy + counters.flows_skipped_closed + counters.flows_skipped_behind
}
