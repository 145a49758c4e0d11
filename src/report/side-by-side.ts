/** Several results beside each other: a row a test of each. Pure. */
import { headlineTrend, kindOf } from '../result/headline.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { TOOL } from '../result/tool.ts'
import { alignTable, type Column, numbers, words } from './align-table.ts'
import { formatBytes, formatCount, NONE } from './format.ts'
import { createPaint } from './paint.ts'
import { type ReportOptions, renderReport } from './table.ts'
import {
  countErrors,
  describeClients,
  describeLoad,
  describePayload,
  findGauge,
  showPercentile,
  showRate,
} from './test-figures.ts'
import { clip, wrap } from './wrap.ts'

/** A result and what it is called: its file. */
export interface NamedResult {
  readonly name: string
  readonly result: RunResult
}

export interface SideBySideOptions extends Pick<ReportOptions, 'width' | 'color' | 'verbosity' | 'written'> {
  /** To be said below the table. */
  readonly notes: readonly string[]
}

const LEAST_LABEL = 12

/**
 * The table with its title and footnotes, ending in a newline; with `full` each report by itself as well, with `quiet`
 * only a line of each.
 */
export function renderSideBySide(runs: readonly NamedResult[], options: SideBySideOptions): string {
  const { verbosity } = options
  const one = ({ result }: NamedResult): string =>
    renderReport(result, { ...options, streamed: false, written: [] })
  if (verbosity === 'quiet') return runs.map((run) => `${run.name}: ${one(run)}`).join('')
  const table = `${listLines(runs, options).join('\n')}\n`
  return verbosity === 'full' ? [table, ...runs.map((run) => `\n${run.name}\n${one(run)}`)].join('') : table
}

function listLines(
  runs: readonly NamedResult[],
  { color, width, written, notes }: SideBySideOptions,
): string[] {
  const paint = createPaint(color)
  const { columns, rows } = sideBySide(runs)
  const rest = alignTable(
    columns.slice(1),
    rows.map((row) => row.slice(1)),
  )
  const room = width - Math.max(...rest.map((line) => line.length)) - 2
  const fitted = rows.map(([label = '', ...row]) => [clip(label, Math.max(LEAST_LABEL, room)), ...row])
  const loads = listLoads(runs)
  return [
    `${paint.strong(`${TOOL.name} ${TOOL.version}`)}   ${runs.length} results side by side`,
    ...(loads.length === 1 ? [paint.dim(clip(loads.join(), width))] : []),
    '',
    ...alignTable(columns, fitted, paint.dim),
    ...footnotesOf(rows).map(paint.dim),
    ...(loads.length === 1 ? [] : loads.flatMap((load) => wrap(load, width, '  '))),
    ...notes.flatMap((note) => wrap(`note: ${note}`, width, '  ')).map(paint.warn),
    ...(written.length === 0 ? [] : wrap(`written: ${written.join(', ')}`, width, '  ').map(paint.dim)),
  ]
}

export function footnotesOf(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.flat()
  const notes = [
    ...(cells.some((cell) => cell.startsWith('~')) ? ['~ under 10 samples beyond, or a hold under 1 s'] : []),
    ...(cells.includes(NONE) ? ['– too few, or not applicable'] : []),
  ]
  return notes.length === 0 ? [] : [notes.join('   ')]
}

/** A row a test; the first of each result is labelled. */
export function sideBySide(runs: readonly NamedResult[]): {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
} {
  const labels = shortenNames(runs.map(({ name }) => name))
  const tests = runs.flatMap(({ result }) => result.tests)
  const who = tests.some((test) => findGauge(test, 'server_rss') !== null) ? 'server' : 'generator'
  const columns = [
    words('result'),
    words('test'),
    numbers('msg/s'),
    numbers('P50'),
    numbers('P99'),
    numbers('errors'),
    numbers(`${who} memory`),
    words('validity'),
  ]
  const rows = runs.flatMap(({ result: { tests } }, run) => {
    const label = labels[run] ?? ''
    if (tests.length === 0) return [[label, 'no test', ...Array<string>(columns.length - 2).fill(NONE)]]
    return tests.map((test, index) => [index === 0 ? label : '', ...testCells(test, who)])
  })
  return { columns, rows }
}

function testCells(test: TestResult, who: 'server' | 'generator'): string[] {
  const trend = headlineTrend(kindOf(test))
  return [
    test.testType,
    showRate(test),
    showPercentile(test, trend, 'p50'),
    showPercentile(test, trend, 'p99'),
    formatCount(countErrors(test)),
    formatBytes(findGauge(test, `${who}_rss`)),
    test.validity.state === 'generator-limited' ? 'limited' : test.validity.state,
  ]
}

/** What was asked of each server: one line when it was the same, else one a result. */
export function listLoads(runs: readonly NamedResult[]): string[] {
  const loads = runs.map(({ result }) => describeLoads(result))
  if (new Set(loads).size === 1) return loads.slice(0, 1)
  const labels = shortenNames(runs.map(({ name }) => name))
  return loads.map((load, index) => `${labels[index]}: ${load}`)
}

function describeLoads({ tests }: RunResult): string {
  const [first] = tests
  if (first === undefined) return 'no test'
  const payload = describePayload(first.plan)
  const loads = tests.map((test) => (test.testType === 'storm' ? '' : describeLoad(test)))
  return [
    `${describeClients(first.plan)}${payload === null ? '' : ` × ${payload}`}`,
    ...loads.filter((load) => load !== ''),
  ].join(', ')
}

/** Without the folders that all have in common. */
export function shortenNames(names: readonly string[]): string[] {
  const folders = names.map((name) => name.split('/').slice(0, -1))
  let common = 0
  while (folders.every((steps) => common < steps.length && steps[common] === folders[0]?.[common])) common++
  return names.map((name) => name.split('/').slice(common).join('/'))
}
