/** What reports say of one threshold, as text. */
import { headlineTrend, kindOf } from '../result/headline.ts'
import type { RunResult, TestResult, ThresholdResult } from '../result/run-result.ts'
import { formatCount, formatInUnit, formatSpanUs, NONE } from './format.ts'
import { timeoutOf } from './test-figures.ts'

/** The expression, with its test in front when there are several and it names none. */
export function nameThreshold(row: ThresholdResult, result: RunResult): string {
  const several = result.tests.length > 1
  return several && !row.expression.includes('/') ? `${row.test}/${row.expression}` : row.expression
}

/** `210 ms`; `> 5 s` among lost messages; `–` without data. */
export function showThresholdValue(row: ThresholdResult, result: RunResult): string {
  if (row.value !== null) return formatInUnit(row.value, row.unit)
  if (row.result !== 'fail') return NONE
  const test = findTest(result, row)
  return test === undefined ? row.note : `> ${formatSpanUs(timeoutOf(test, row.metric))}`
}

/** Of one that failed: by how much it is missed and since when, or why there is no data. */
export function explainThreshold(row: ThresholdResult, result: RunResult): string {
  if (row.result === 'no-data') return `no data: ${row.note}`
  if (row.result === 'pass') return row.note
  // Of a change since a baseline: it has no moment, and its limit is often nothing.
  if (row.unit.startsWith('change')) return row.value === null ? 'among lost messages' : row.note
  const test = findTest(result, row)
  const parts = [
    row.value === null ? 'among lost messages' : missedBy(row.value, row.limit),
    since(row, test),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

function missedBy(value: number, limit: number): string {
  if (limit === 0 || value === limit) return ''
  const percent = Math.abs(value / limit - 1) * 100
  const amount =
    percent >= 1000 ? `${formatCount(value / limit)} times` : `${Math.max(1, Math.round(percent))} %`
  return percent >= 1000 ? `${amount} the limit` : `${amount} ${value > limit ? 'over' : 'under'}`
}

/** When it first was so: the first second of the hold over the limit, or the first error. */
function since(row: ThresholdResult, test: TestResult | undefined): string {
  if (test === undefined) return ''
  // What the figures of each second are of.
  const isHeadline = OVER_TIME.has(row.metric) && row.metric === headlineTrend(kindOf(test))
  if (isHeadline && row.aggregation === 'p(99)' && row.value !== null) {
    const first = test.intervals.find(
      ({ phase, p99Us }) => phase === 'hold' && p99Us !== null && p99Us > row.limit,
    )
    return first === undefined ? '' : `since ${showMoment(first.atUs - first.durationUs)}`
  }
  if (row.value !== null && !/error|lost|failed|success|reply|delivery_ratio|missed/.test(row.metric))
    return ''
  const times = test.errors.flatMap(({ firstAtUs }) => (firstAtUs === null ? [] : [firstAtUs]))
  return times.length === 0 ? '' : `since ${showMoment(Math.min(...times))}`
}

const OVER_TIME: ReadonlySet<string> = new Set([
  'response_time',
  'delivery_time',
  'push_interval',
  'ping_time',
  'flow_time',
])

/** Of the run, to a tenth of a second. */
function showMoment(us: number): string {
  return us < 1e6
    ? formatSpanUs(Math.max(0, Math.round(us / 1e3) * 1e3))
    : formatSpanUs(Math.round(us / 1e5) * 1e5)
}

function findTest(result: RunResult, row: ThresholdResult): TestResult | undefined {
  return result.tests.find((test) => test.testType === row.test)
}
