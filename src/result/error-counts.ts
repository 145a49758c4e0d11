import type { FailureCount } from '../record/failures.ts'
import type { RecorderSnapshot } from '../record/recorder.ts'
import type { ErrorCount } from './run-result.ts'

/** Failures by class and detail, and frames that should not have come; most frequent first. Times since `startUs`. */
export function deriveErrors(
  failures: readonly FailureCount[],
  { counters }: RecorderSnapshot,
  startUs: number,
): ErrorCount[] {
  const strays: ErrorCount[] = [
    stray('unexpected-message', counters.messages_unexpected),
    stray('duplicate-reply', counters.messages_duplicated),
  ]
  return [
    ...failures.map(({ firstAtUs, ...failure }) => ({
      ...failure,
      firstAtUs: Math.max(0, Math.round(firstAtUs - startUs)),
    })),
    ...strays.filter(({ count }) => count > 0),
  ].sort((a, b) => b.count - a.count)
}

function stray(name: string, count: number): ErrorCount {
  return { class: name, detail: '', count, firstAtUs: null }
}

/** Connections that the server or the network ended, by close code; 1006: without a Close frame. */
export function tallyCloseCodes(failures: readonly FailureCount[]): Record<string, number> {
  const codes: Record<string, number> = {}
  for (const { class: failure, detail, count } of failures) {
    const code =
      failure === 'close-code'
        ? detail
        : failure === 'closed-without-close-frame' || failure === 'reset'
          ? '1006'
          : null
    if (code !== null && /^\d+$/.test(code)) codes[code] = (codes[code] ?? 0) + count
  }
  return codes
}
