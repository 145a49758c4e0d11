import type { CounterName } from './series.ts'

/**
 * Connections that are open, but for those that we closed at the end of a cycle. An event stream that comes back was never
 * counted as closed.
 */
export function countOpen(count: (name: CounterName) => number): number {
  const back = Math.min(count('reconnects'), count('reconnects_due'))
  const over = count('connections_closed') + count('connections_cut') + count('connections_left')
  return count('connections_opened') + back - over
}
