import { closeCodeOf, type FailureClass, type FailureCount, NO_ERRORS } from '../record/failures.ts'
import type { RecorderSnapshot } from '../record/recorder.ts'
import { balanceDeliveries } from './deliveries.ts'
import type { Measurements } from './measurements.ts'
import type { ErrorCount } from './run-result.ts'

/** A publisher's own copy that did not come is one of the deliveries that were lost. */
const OWN_COPY: ReadonlySet<FailureClass> = new Set(['no-reply', 'connection-ended'])

/**
 * Failures by class and detail (who answers no ping is dropped as it should be), frames that should not have come and those that should have; most frequent first. Times
 * since the start.
 */
export function deriveErrors(measured: Measurements, total: RecorderSnapshot): ErrorCount[] {
  const { plan, startUs, status } = measured
  const { counters } = total
  const hasFanOut = plan.fanOut !== null
  const sinceStart = (us: number): number => Math.max(0, Math.round(us - startUs))
  // Null: without fan-out, or not known, and then the own copies are what is known.
  const lost = hasFanOut ? balanceDeliveries(total, status !== 'aborted').lost : null
  const isApart = (failure: FailureCount): boolean => lost === null || !OWN_COPY.has(failure.class)
  const failures = measured.failures.filter((failure) => !NO_ERRORS.has(failure.class))
  const copies = failures.filter((failure) => !isApart(failure))
  const firstLostUs = copies.length === 0 ? null : Math.min(...copies.map(({ firstAtUs }) => firstAtUs))
  const counted: ErrorCount[] = [
    stray('unexpected-message', counters.messages_unexpected),
    stray(hasFanOut ? 'duplicate-delivery' : 'duplicate-reply', counters.messages_duplicated),
    {
      class: 'delivery-lost',
      detail: '',
      count: lost ?? 0,
      firstAtUs: firstLostUs === null ? null : sinceStart(firstLostUs),
    },
    stray('misrouted', hasFanOut ? counters.messages_misrouted : 0),
    stray('push-missed', plan.push?.everyUs == null ? 0 : counters.pushes_missed),
    stray('push-surplus', plan.push?.everyUs == null ? 0 : counters.pushes_surplus),
  ]
  return [
    ...failures.filter(isApart).map(({ class: name, detail, count, firstAtUs }) => ({
      class: name,
      detail,
      count,
      firstAtUs: sinceStart(firstAtUs),
    })),
    ...counted.filter(({ count }) => count > 0),
  ].sort((a, b) => b.count - a.count)
}

function stray(name: string, count: number): ErrorCount {
  return { class: name, detail: '', count, firstAtUs: null }
}

/**
 * Connections that were open and that the server or the network ended, by close code. 1006: without a Close frame;
 * `other`: codes beyond those that are kept apart. Not in it: those that we ended over illegal bytes.
 */
export function tallyCloseCodes(failures: readonly FailureCount[]): Record<string, number> {
  const codes: Record<string, number> = {}
  for (const { class: failure, detail, ends } of failures) {
    const code = ends === 0 ? null : closeCodeOf(failure, detail)
    if (code !== null) codes[code] = (codes[code] ?? 0) + ends
  }
  return codes
}
