/** What was left of the server after the cycles of a leak test: a row for each way to leave. */
import { type Leak, listLeaks } from '../result/leaks.ts'
import type { TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatBytes, formatCount, NONE } from './format.ts'
import type { Paint } from './paint.ts'

/** From the first cycle that counts to the last; empty when the test has not come so far. */
export function cycleLines({ cycles, testType }: TestResult, paint: Paint): string[] {
  const rows = listLeaks(cycles).map((leak) => {
    const { leave, kept, memory, descriptors, threads } = leak
    return [
      leave,
      formatCount(connectionsOf(leak)),
      span(kept.at(0)?.serverRssBytes, kept.at(-1)?.serverRssBytes, formatBytes),
      memory === null || memory.verdict === 'unknown' ? NONE : formatBytes(memory.slope),
      descriptors === null ? NONE : span(descriptors.first, descriptors.last, formatCount),
      threads === null ? NONE : span(threads.first, threads.last, formatCount),
    ]
  })
  if (rows.length === 0) return []
  return alignTable(
    [
      words(testType, 8),
      numbers('connections', 11),
      numbers('memory', 18),
      numbers('each', 8),
      numbers('open files', 15),
      numbers('threads'),
    ],
    rows,
    paint.dim,
  )
}

function connectionsOf({ kept }: Leak): number {
  return (kept.at(-1)?.connections ?? 0) - (kept.at(0)?.connections ?? 0)
}

/** `61 MB → 63 MB`, or once when both read the same. */
function span(
  first: number | null | undefined,
  last: number | null | undefined,
  format: (value: number) => string,
): string {
  if (first == null || last == null) return NONE
  const [from, to] = [format(first), format(last)]
  return from === to ? from : `${from} → ${to}`
}
