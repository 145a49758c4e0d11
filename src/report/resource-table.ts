import { headlineIndex } from '../result/headline.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatBytes, formatPercent } from './format.ts'
import type { Paint } from './paint.ts'
import { findCpu, findGauge } from './test-figures.ts'

/**
 * Memory over the whole run (idle before the first test, peak of all, after the last), CPU over the hold of the headline test, for the
 * server and the generator. Empty when nothing was measured.
 */
export function resourceTable(result: RunResult, paint: Paint): string[] {
  const { tests } = result
  const head = tests[headlineIndex(tests)]
  if (head === undefined) return []
  const rows = (['server', 'generator'] as const).flatMap((who) => {
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
  if (rows.length === 0) return []
  const columns = [
    words('memory', 9),
    numbers('idle', 8),
    numbers('peak', 8),
    numbers('after', 8),
    numbers('per connection'),
    numbers('CPU', 7),
  ]
  const hidden = result.target.serverVisible
    ? []
    : [paint.dim('server not visible: see it with --server-pid, -- COMMAND or --server-metrics URL')]
  return [...alignTable(columns, rows, paint.dim), ...hidden]
}

function gauges(tests: readonly TestResult[], name: string): number[] {
  return tests.flatMap((test) => findGauge(test, name) ?? [])
}
