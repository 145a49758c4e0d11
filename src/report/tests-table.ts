/** The tests of a run: one row each when there are several, one row a distribution when there is one. */
import { headlineTrend } from '../result/headline.ts'
import type { TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatCount, formatDurationUs } from './format.ts'
import type { Paint } from './paint.ts'
import {
  countErrors,
  describeLoad,
  findGauge,
  findTrend,
  isOpen,
  showPercentile,
  showRate,
} from './test-figures.ts'

// Fixed widths: rows are printed one by one, as the tests end.
const COLUMNS = [
  words('test', 10),
  words('load', 16),
  numbers('msg/s', 9),
  numbers('P50', 8),
  numbers('P99', 8),
  numbers('P99.9', 8),
  numbers('errors', 8),
]
const DETAIL_INDENT = ' '.repeat(12)

/** The heading of the table of several tests. */
export function testsHead(paint: Paint): string {
  return alignTable(COLUMNS, [], paint.dim)[0]!
}

/** A test's row in it, and for storms and open tests a line of detail below. */
export function testRow(test: TestResult, paint: Paint): string[] {
  const trend = headlineTrend(test.testType)
  const errors = countErrors(test)
  const row = [
    paint.strong(test.testType),
    describeLoad(test),
    showRate(test),
    showPercentile(test, trend, 'p50'),
    paint.strong(showPercentile(test, trend, 'p99')),
    showPercentile(test, trend, 'p999'),
    errors === 0 ? '0' : paint.bad(formatCount(errors)),
  ]
  const untitled = COLUMNS.map((column) => ({ ...column, title: '' }))
  const detail = test.testType === 'storm' ? openLine(test) : isOpen(test) ? lagLine(test) : ''
  return [...alignTable(untitled, [row]), ...(detail === '' ? [] : [paint.dim(`${DETAIL_INDENT}${detail}`)])]
}

/** The distributions of a single test side by side, percentiles across. */
export function trendTable(test: TestResult, paint: Paint): string[] {
  const rows = trendsOf(test)
    .filter(([name]) => findTrend(test, name) !== null)
    .map(([name, title], index) => {
      const trend = findTrend(test, name)!
      const show = (key: 'p50' | 'p90' | 'p99' | 'p999'): string => showPercentile(test, name, key)
      const p99 = show('p99')
      return [
        title,
        show('p50'),
        show('p90'),
        index === 0 ? paint.strong(p99) : p99,
        show('p999'),
        formatDurationUs(trend.max),
        formatCount(trend.count),
      ]
    })
  if (rows.length === 0) return []
  const columns = [
    words(test.testType, 16),
    numbers('P50', 8),
    numbers('P90', 8),
    numbers('P99', 8),
    numbers('P99.9', 8),
    numbers('max', 8),
    numbers('samples', 12),
  ]
  const open = test.testType === 'storm' ? openLine(test) : ''
  return [...alignTable(columns, rows, paint.dim), ...(open === '' ? [] : [open])]
}

function trendsOf(test: TestResult): [name: string, title: string][] {
  if (test.testType === 'storm') {
    return [
      ['connect_time', 'connect time'],
      ['connect_tcp', '  TCP'],
      ['connect_tls', '  TLS'],
      ['connect_upgrade', '  upgrade'],
      ['response_time', 'first reply'],
    ]
  }
  if (!isOpen(test)) return [['response_time', 'response time']]
  return [
    ['response_time', 'response time'],
    ['service_time', 'service time'],
    ['pacer_lag', 'pacer lag'],
  ]
}

/** `50 % open 5.2 ms, 99 % 9.8 ms, all 10.1 ms`; a share that was never reached says so. */
function openLine(test: TestResult): string {
  const show = (name: string): string => {
    const us = findGauge(test, name)
    return us === null ? 'never' : formatDurationUs(us)
  }
  return `50 % open ${show('open_50')}, 99 % ${show('open_99')}, all ${show('open_100')}`
}

function lagLine(test: TestResult): string {
  if (findTrend(test, 'pacer_lag') === null) return ''
  return `service P99 ${showPercentile(test, 'service_time', 'p99')}, pacer lag P99 ${showPercentile(test, 'pacer_lag', 'p99')}`
}
