import type { RunResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatBytes, formatCount, formatDurationUs, formatTimes, NONE } from './format.ts'
import type { Paint } from './paint.ts'
import { showRate } from './test-figures.ts'
import { clip } from './wrap.ts'

/** The published figures beside a throughput run: ours ÷ theirs when the conditions are alike, else what differs. */
export function publishedLines(result: RunResult, width: number, paint: Paint): string[] {
  const test = result.tests.find((one) => one.testType === 'throughput')
  // Beside a run that measured nothing there is nothing to compare.
  const rows = test === undefined || showRate(test) === NONE ? [] : test.published
  const [first] = rows
  if (first === undefined) return []
  const note = first.comparable
    ? 'published (payload and hardware not given), and ours ÷ theirs'
    : `published (payload and hardware not given), ${showDifferences(first.differences)}`
  const table = alignTable(
    [words(''), numbers(''), words(''), numbers(''), words(''), numbers(''), words('')],
    rows.map((row) => [
      row.system,
      `${formatCount(row.messagesPerSecond)} msg/s`,
      paint.strong(formatTimes(row.ratios.messagesPerSecond)),
      `P99 ${formatDurationUs(row.p99Us)}`,
      paint.strong(formatTimes(row.ratios.p99)),
      formatBytes(row.memoryBytes),
      paint.strong(formatTimes(row.ratios.memory)),
    ]),
  )
  return [paint.dim(clip(note, width)), ...table]
}

function showDifferences(differences: readonly string[]): string {
  const [only] = differences
  const wanted = /connections, not (\d+)$/.exec(only ?? '')
  if (differences.length === 1 && wanted !== null) return `comparable with -c ${wanted[1]}`
  return `not comparable: ${differences.join('; ')}`
}
