import { headlineIndex } from '../result/headline.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatBytes, formatPercent } from './format.ts'
import type { Paint } from './paint.ts'
import { findCpu, findGauge } from './test-figures.ts'

/** Empty when nothing was measured. */
export function resourceTable(result: RunResult, paint: Paint): string[] {
  const rows = resourceRows(result)
  if (rows.length === 0) return []
  const hidden = result.target.serverVisible
    ? []
    : [paint.dim('server not visible: see it with --server-pid, -- COMMAND or --server-metrics URL')]
  return [...alignTable([words('memory', 9), ...RESOURCE_COLUMNS], rows, paint.dim), ...hidden]
}

export const RESOURCE_COLUMNS = [
  numbers('idle', 8),
  numbers('peak', 8),
  numbers('after', 8),
  numbers('per connection'),
  numbers('CPU', 7),
]

/**
 * Memory over the whole run (idle before the first test, peak of all, after the last), CPU over the hold of the headline
 * test, of the server and the generator: who, then RESOURCE_COLUMNS.
 */
export function resourceRows({ tests }: RunResult): string[][] {
  const head = tests[headlineIndex(tests)]
  if (head === undefined) return []
  return (['server', 'generator'] as const).flatMap((who) => {
    const peaks = gauges(tests, `${who}_rss`)
    if (peaks.length === 0) return []
    return [
      [
        who,
        formatBytes(gauges(tests, `${who}_rss_idle`).at(0) ?? null),
        formatBytes(Math.max(...peaks)),
        formatBytes(gauges(tests, `${who}_rss_after`).at(-1) ?? null),
        formatBytes(gauges(tests, `${who}_rss_per_connection`).at(0) ?? null),
        formatPercent(findCpu(head, who)),
      ],
    ]
  })
}

function gauges(tests: readonly TestResult[], name: string): number[] {
  return tests.flatMap((test) => findGauge(test, name) ?? [])
}
