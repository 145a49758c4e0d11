/** The intervals of all tests as CSV (RFC 4180), for spreadsheets and data frames: names and units are those of the JSON. */
import { escapeControls } from '../plan/escape-controls.ts'
import type { Interval, RunResult, TestResult } from '../result/run-result.ts'

type Cell = string | number | null

/** Fixed columns, always there and in this order; a column for each class of error and each close code comes after them. */
const COLUMNS = [
  'atUs',
  'durationUs',
  'phase',
  'connectionsOpen',
  'connectionsFailed',
  'sent',
  'received',
  'lost',
  'deliveriesExpected',
  'p50Us',
  'p99Us',
  'p999Us',
  'maxUs',
  'serviceP50Us',
  'serviceP99Us',
  'serviceP999Us',
  'pacerLagP99Us',
  'loopBusy',
  'generatorRssBytes',
  'generatorCpuPercent',
  'serverRssBytes',
  'serverCpuPercent',
] as const satisfies readonly (keyof Interval)[]

/** One header, then a row an interval; empty is what was not measured. */
export function renderCsv(result: RunResult): string {
  const intervals = result.tests.flatMap((test) => test.intervals)
  const classes = listKeys(intervals.map(({ errors }) => errors))
  const codes = listKeys(intervals.map(({ closeCodes }) => closeCodes))
  const head = [
    'test',
    ...COLUMNS,
    'errors',
    ...classes.map((name) => `errors.${name}`),
    ...codes.map((code) => `closeCodes.${code}`),
  ]
  const rows = result.tests.flatMap((test) => {
    const isCounted = countsErrors(test)
    return test.intervals.map((interval) => [
      test.testType,
      ...COLUMNS.map((name) => interval[name]),
      isCounted ? Object.values(interval.errors).reduce((sum, count) => sum + count, 0) : null,
      ...classes.map((name) => (isCounted ? (interval.errors[name] ?? 0) : null)),
      ...codes.map((code) => (isCounted ? (interval.closeCodes[code] ?? 0) : null)),
    ])
  })
  return [head, ...rows].map((row) => `${row.map(writeCell).join(',')}\r\n`).join('')
}

/** Results of earlier versions have errors of the test, and none of its intervals: then nothing is known of those. */
function countsErrors({ errors, intervals }: TestResult): boolean {
  return errors.length === 0 || intervals.some((interval) => Object.keys(interval.errors).length > 0)
}

function listKeys(records: readonly Readonly<Record<string, number>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort()
}

function writeCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  const line = escapeControls(cell)
  // A spreadsheet takes what begins so for a formula, and runs it.
  const text = /^[=+\-@]/.test(line) ? `'${line}` : line
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
