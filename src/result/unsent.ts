import type { RecorderSnapshot } from '../record/recorder.ts'

/** Messages that were due and never sent, whatever the reason. */
export function countUnsent({ counters }: RecorderSnapshot): number {
  return counters.messages_unsent_full + counters.messages_unsent_closed + counters.messages_unsent_behind
}
