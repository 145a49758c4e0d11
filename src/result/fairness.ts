import type { ConnectionLatency } from '../record/spread.ts'
import type { Fairness } from './run-result.ts'

/** How evenly the server serves its connections; null with fewer than two that got replies. */
export function deriveFairness(connections: readonly ConnectionLatency[]): Fairness {
  if (connections.length < 2) return null
  const replies = connections.map((one) => one.replies).sort(ascending)
  const medians = connections.map((one) => one.p50Us).sort(ascending)
  return {
    connections: connections.length,
    repliesMin: replies[0]!,
    repliesP50: middle(replies),
    repliesMax: replies.at(-1)!,
    p50MinUs: medians[0]!,
    p50MedianUs: middle(medians),
    p50MaxUs: medians.at(-1)!,
  }
}

function ascending(a: number, b: number): number {
  return a - b
}

function middle(sorted: readonly number[]): number {
  return sorted[(sorted.length - 1) >> 1]!
}
