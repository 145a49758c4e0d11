/** Runs of two servers in turn, so that a machine that gets slower or faster slows or quickens both alike. */
import type { NamedRun } from '../compare/comparable.ts'
import type { RunResult } from '../result/run-result.ts'

export type Side = 'base' | 'head'

export interface Turn {
  readonly side: Side
  /** Of its side, from 1. */
  readonly number: number
  /** From 1; over 1 when it was not valid before. */
  readonly attempt: number
}

export interface InTurnOptions {
  /** Of each side. */
  readonly runs: number
  /** Null: interrupted before it ran. */
  readonly runOnce: (turn: Turn) => Promise<RunResult | null>
  /** A run is kept; one that is not valid only after its last attempt. */
  readonly onKept: (turn: Turn, result: RunResult) => void
  readonly signal: AbortSignal
}

/** A disturbed run is taken again at its place, so that one disturbance does not cost the whole comparison. */
const MOST_ATTEMPTS = 3

/** Base first and new first by turns (ABBA): then neither side is always the later one. */
export function listTurns(runs: number): Side[] {
  return Array.from({ length: runs }, (_, index): Side[] =>
    index % 2 === 0 ? ['base', 'head'] : ['head', 'base'],
  ).flat()
}

/** Of an interrupted comparison the runs that were completed. */
export async function runInTurn(options: InTurnOptions): Promise<Record<Side, NamedRun[]>> {
  const { runs, runOnce, onKept, signal } = options
  const kept: Record<Side, NamedRun[]> = { base: [], head: [] }
  for (const side of listTurns(runs)) {
    const number = kept[side].length + 1
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      if (signal.aborted) return kept
      const turn = { side, number, attempt }
      const result = await runOnce(turn)
      if (result?.status !== 'completed') return kept
      const isValid = result.tests.every(({ validity }) => validity.state === 'valid')
      if (!isValid && attempt < MOST_ATTEMPTS) continue
      kept[side].push({ name: `${side} ${number}`, result })
      onKept(turn, result)
      break
    }
  }
  return kept
}
