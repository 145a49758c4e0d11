/** The tests of a run: one row each when there are several, one row a distribution when there is one. */
import { isFanOutTest } from '../plan/plan.ts'
import { headlineTrend, kindOf } from '../result/headline.ts'
import type { TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { flowTable, flowTally, listFlowTrends } from './flow-table.ts'
import { formatCount, formatDurationUs, formatSpanUs } from './format.ts'
import type { Paint } from './paint.ts'
import { pushLines, showPushes } from './push-line.ts'
import { reachLines, showReach } from './reach-line.ts'
import { recoveryLines } from './recovery-line.ts'
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
export const TEST_COLUMNS = [
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
  return alignTable(TEST_COLUMNS, [], paint.dim)[0]!
}

/** A test's row in it, and for storms, open tests, fan-out and pushes a line of detail below. */
export function testRow(test: TestResult, paint: Paint): string[] {
  const [name = '', load = '', rate = '', p50 = '', p99 = '', p999 = '', errors = ''] = testCells(test)
  const row = [
    paint.strong(name),
    load,
    rate,
    p50,
    paint.strong(p99),
    p999,
    errors === '0' ? '0' : paint.bad(errors),
  ]
  const untitled = TEST_COLUMNS.map((column) => ({ ...column, title: '' }))
  const detail = detailLine(test)
  return [...alignTable(untitled, [row]), ...(detail === '' ? [] : [paint.dim(`${DETAIL_INDENT}${detail}`)])]
}

/** A test's figures, as TEST_COLUMNS have them. */
export function testCells(test: TestResult): string[] {
  const trend = headlineTrend(kindOf(test))
  return [
    test.testType,
    describeLoad(test),
    showRate(test),
    showPercentile(test, trend, 'p50'),
    showPercentile(test, trend, 'p99'),
    showPercentile(test, trend, 'p999'),
    formatCount(countErrors(test)),
  ]
}

/** The distributions of a single test side by side, percentiles across. */
export function trendTable(test: TestResult, paint: Paint): string[] {
  if (test.testType === 'flow') return flowTable(test, paint)
  const rows = trendRows(test).map((row, index) =>
    index === 0 ? row.map((text, place) => (place === P99_AT ? paint.strong(text) : text)) : row,
  )
  if (rows.length === 0) return []
  return alignTable([words(test.testType, 16), ...TREND_COLUMNS], rows, paint.dim)
}

export const TREND_COLUMNS = [
  numbers('P50', 8),
  numbers('P90', 8),
  numbers('P99', 8),
  numbers('P99.9', 8),
  numbers('max', 8),
  numbers('samples', 12),
]
/** In a row, behind its title. */
const P99_AT = 1 + TREND_COLUMNS.findIndex(({ title }) => title === 'P99')

/** The distributions that a test is about, its headline first: title, then TREND_COLUMNS. */
export function trendRows(test: TestResult): string[][] {
  return trendsOf(test).flatMap(([name, title]) => {
    const trend = findTrend(test, name)
    if (trend === null) return []
    const percentiles = (['p50', 'p90', 'p99', 'p999'] as const).map((key) => showPercentile(test, name, key))
    return [[title, ...percentiles, formatDurationUs(trend.max), formatCount(trend.count)]]
  })
}

/** What a single test is about besides its distributions: how many were open when, who got what. */
export function tallyLines(test: TestResult, width: number): string[] {
  if (test.testType === 'storm' || test.testType === 'idle') return [openLine(test)]
  if (test.testType === 'push') return pushLines(test, width)
  if (test.testType === 'flow') return flowTally(test)
  if (test.testType === 'reconnect') return recoveryLines(test, width)
  return test.plan.fanOut === null ? [] : reachLines(test, width)
}

/** Which distributions a test is about, by name and title. */
export function trendsOf(test: TestResult): [name: string, title: string][] {
  if (test.testType === 'flow') return listFlowTrends(test)
  if (test.testType === 'storm') {
    return [
      ['connect_time', 'connect time'],
      ['connect_tcp', '  TCP'],
      ['connect_tls', '  TLS'],
      ['connect_upgrade', '  upgrade'],
      ['response_time', 'first reply'],
    ]
  }
  if (test.testType === 'reconnect') {
    const groups = test.plan.groups.map(({ name }) => name)
    const rows: [string, string][] =
      groups.length === 1
        ? [['reconnect_time', 'time to be back']]
        : groups.map((name) => [`reconnect_time{group=${name}}`, `  ${name}`])
    return [...rows, ['response_time', 'response time']]
  }
  if (test.testType === 'heartbeat') {
    return [
      ['ping_time', 'ping time'],
      ['push_interval', "server's pings"],
      ['connection_lifetime', 'dropped after'],
    ]
  }
  if (test.testType === 'idle') {
    return [
      ['connect_time', 'connect time'],
      ['connection_lifetime', 'dropped after'],
      ['push_interval', 'push interval'],
    ]
  }
  if (test.testType === 'push') {
    const { push } = test.plan
    const noun = push?.by === 'ping' ? 'ping' : 'push'
    const promised = push === null || push.everyUs === null ? '' : ` (${formatSpanUs(push.everyUs)})`
    return [
      ['first_push_time', `first ${noun}`],
      ['push_interval', `interval${promised}`],
      ['push_jitter', 'jitter'],
      ['reconnect_time', 'reconnect'],
    ]
  }
  if (test.plan.fanOut !== null) {
    const deliveries: [string, string][] = [
      ['delivery_time', 'delivery time'],
      ['last_delivery_time', 'last delivery'],
    ]
    const replies: [string, string][] = [['response_time', 'response time']]
    const sorted = isFanOutTest(test.testType) ? [...deliveries, ...replies] : [...replies, ...deliveries]
    return [...sorted, ['pacer_lag', 'pacer lag']]
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

function detailLine(test: TestResult): string {
  if (test.testType === 'storm' || test.testType === 'idle') return openLine(test)
  if (test.testType === 'reconnect') return recoveryLines(test, Number.POSITIVE_INFINITY).join('')
  if (test.testType === 'heartbeat')
    return `server's pings each ${showPercentile(test, 'push_interval', 'p50')}`
  if (test.testType === 'push') {
    const show = (name: string): string => showPercentile(test, name, 'p99')
    return `${showPushes(test)}, first P99 ${show('first_push_time')}, interval P99 ${show('push_interval')}`
  }
  if (test.plan.fanOut !== null) {
    const name = isFanOutTest(test.testType) ? 'last_delivery_time' : 'delivery_time'
    const title = isFanOutTest(test.testType) ? 'last delivery' : 'delivery'
    return `${showReach(test)}, ${title} P99 ${showPercentile(test, name, 'p99')}`
  }
  return isOpen(test) ? lagLine(test) : ''
}

function lagLine(test: TestResult): string {
  if (findTrend(test, 'pacer_lag') === null) return ''
  return `service P99 ${showPercentile(test, 'service_time', 'p99')}, pacer lag P99 ${showPercentile(test, 'pacer_lag', 'p99')}`
}
