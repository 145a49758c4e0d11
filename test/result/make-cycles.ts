import type { Leave } from '../../src/result/leaks.ts'
import type { Cycle } from '../../src/result/run-result.ts'

/** A server's memory, open files and threads after so many cycles of 1,000 connections; `at` counts from 0. */
export function makeCycles(
  leaves: readonly Leave[],
  look: (at: number, leave: Leave) => Partial<Cycle> = () => ({}),
): Cycle[] {
  const before: Cycle = {
    cycle: 0,
    atUs: 0,
    leave: null,
    connections: 0,
    silent: 0,
    serverRssBytes: 90e6,
    serverDescriptors: 21,
    serverThreads: 11,
    openConnected: null,
    countConnected: null,
    countAfter: null,
  }
  const rows: Cycle[] = [before]
  let silent = 0
  for (const [at, leave] of leaves.entries()) {
    if (leave === 'silent') silent += 1000
    const cycle = at + 1
    const usual = { cycle, atUs: cycle * 1e6, leave, connections: cycle * 1000, silent }
    rows.push({ ...before, ...usual, openConnected: 1000 + silent, ...look(at, leave) })
  }
  return rows
}

export function repeat(leave: Leave, times: number): Leave[] {
  return Array<Leave>(times).fill(leave)
}

/** MB that a heap has taken since it last collected garbage: up for `period` cycles, then back. */
export function sawtooth(at: number, period: number, height: number): number {
  return ((at % period) / period) * height * 1e6
}
