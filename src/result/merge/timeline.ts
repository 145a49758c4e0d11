/** One time for several generators: when each began a test, after the first of them, by its machine's clock. */
import type { RunResult, TestResult } from '../run-result.ts'

const SECOND_US = 1_000_000
/** Of the time of the longest load: less than that together, and their rates were never there at once. */
const LEAST_OVERLAP = 0.9

/** µs after the earliest. A later test of a run begins when the one before has ended. */
export function findOffsets(results: readonly RunResult[], test: number): number[] {
  const starts = results.map(
    ({ startedAt, tests }) =>
      Date.parse(startedAt) * 1000 + tests.slice(0, test).reduce((sum, one) => sum + lengthOf(one), 0),
  )
  const earliest = Math.min(...starts)
  return starts.map((start) => start - earliest)
}

function lengthOf({ intervals, phases }: TestResult): number {
  const last = intervals.at(-1)?.atUs
  return last ?? Object.values(phases).reduce<number>((sum, us) => sum + (us ?? 0), 0)
}

/** Since the start of its test. */
function holdOf({ phases }: TestResult): { fromUs: number; toUs: number } {
  const fromUs = (phases.connectUs ?? 0) + (phases.warmupUs ?? 0)
  return { fromUs, toUs: fromUs + (phases.holdUs ?? 0) }
}

/** Were the loads there at the same time, so that their rates add up? */
export function loadsOverlap(tests: readonly TestResult[], offsetsUs: readonly number[]): boolean {
  const holds = tests.map((test, index) => {
    const { fromUs, toUs } = holdOf(test)
    return { fromUs: fromUs + offsetsUs[index]!, toUs: toUs + offsetsUs[index]! }
  })
  const longest = Math.max(...holds.map(({ fromUs, toUs }) => toUs - fromUs))
  const shared = Math.min(...holds.map(({ toUs }) => toUs)) - Math.max(...holds.map(({ fromUs }) => fromUs))
  return shared >= LEAST_OVERLAP * longest
}

/** A stretch of time of a generator. */
export interface Span<T> {
  readonly fromUs: number
  readonly toUs: number
  readonly item: T
}

/** A stretch of the time of all, with what each generator has in it. */
export interface Row<T> {
  readonly fromUs: number
  readonly toUs: number
  readonly parts: readonly (readonly T[])[]
}

/**
 * Puts the stretches of every generator into rows: those of the first to begin, and what others have before and after.
 * A stretch belongs where its middle is. Before that, each generator's clock is moved by less than half a stretch, so that
 * all their loads begin on the same tick: else two of them might fall into one row, and none into the next.
 */
export function alignSpans<T>(
  tests: readonly TestResult[],
  offsetsUs: readonly number[],
  spansOf: (test: TestResult) => readonly Span<T>[],
): Row<T>[] {
  const first = offsetsUs.indexOf(0)
  const tickUs = Math.max(SECOND_US, ...tests.flatMap((test) => spansOf(test).map(lengthOfSpan)))
  const originUs = holdOf(tests[first]!).fromUs
  const order = [first, ...tests.keys()].filter((index, at, all) => all.indexOf(index) === at)
  const rows: { fromUs: number; toUs: number; parts: T[][] }[] = []
  for (const index of order) {
    const holdUs = holdOf(tests[index]!).fromUs
    const moveUs = Math.round((offsetsUs[index]! + holdUs - originUs) / tickUs) * tickUs + originUs - holdUs
    const known = [...rows]
    for (const { fromUs, toUs, item } of spansOf(tests[index]!)) {
      const middle = (fromUs + toUs) / 2 + moveUs
      let row = known.find((one) => one.fromUs <= middle && middle < one.toUs)
      if (row === undefined) {
        row = { fromUs: fromUs + moveUs, toUs: toUs + moveUs, parts: tests.map(() => []) }
        rows.push(row)
      }
      row.parts[index]!.push(item)
    }
  }
  return rows.sort((a, b) => a.toUs - b.toUs)
}

function lengthOfSpan({ fromUs, toUs }: Span<unknown>): number {
  return Math.round((toUs - fromUs) / SECOND_US) * SECOND_US
}
