/** A result as Markdown: for a job's summary, or as a comment beside a change. Short above, all else folded below. Pure. */
import { escapeControls } from '../../plan/escape-controls.ts'
import { headlineIndex } from '../../result/headline.ts'
import type { RunResult } from '../../result/run-result.ts'
import { adviseError } from '../advice.ts'
import { comparisonMarkdown } from '../comparison/markdown.ts'
import { nameError, sumErrors } from '../error-lines.ts'
import { listFootnotes } from '../footnotes.ts'
import { formatCount } from '../format.ts'
import { environmentLine, testDetails } from '../full-details.ts'
import { createPaint } from '../paint.ts'
import { publishedLines } from '../published-lines.ts'
import { RESOURCE_COLUMNS, resourceRows } from '../resource-table.ts'
import { describeClients, describePayload } from '../test-figures.ts'
import { TEST_COLUMNS, TREND_COLUMNS, tallyLines, testCells, trendRows } from '../tests-table.ts'
import { explainThreshold, nameThreshold, showThresholdValue } from '../threshold-text.ts'
import { describeLimit, describeTarget, listFigures } from '../verdict.ts'
import { clip } from '../wrap.ts'
import { code, prose } from './escape.ts'
import { headline } from './headline.ts'
import { markdownTable } from './table.ts'

/** A job that comments on a change finds its own comment by this, to update it. */
const MARKER = '<!-- stress report -->'

const MOST_THRESHOLDS = 30
const MOST_ERRORS = 10
const LONGEST_DETAIL = 80
/** Of the part that is folded away: GitHub takes 65,536 characters in a comment. */
const MOST_DETAILS = 30_000
const DETAILS_WIDTH = 100
const PLAIN = createPaint(false)

/** The whole comment, ending in a newline. */
export function renderMarkdown(result: RunResult): string {
  const several = result.tests.length > 1
  const blocks = [
    MARKER,
    headline(result),
    figures(result),
    conditions(result),
    thresholds(result),
    findings(result),
    baseline(result),
    notes(result),
    tests(result),
    several ? '' : trends(result),
    errors(result),
    memory(result),
    footnotes(result),
    '<details><summary>Details</summary>',
    several ? trends(result) : '',
    details(result),
    '</details>',
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function figures(result: RunResult): string {
  const test = result.tests[headlineIndex(result.tests)]
  if (test === undefined) return ''
  // Of a test that was cut short, or that cannot be believed, nothing is known about the server's limit.
  const limit = result.status === 'completed' && test.validity.state === 'valid' ? describeLimit(test) : ''
  const parts = [...listFigures(result, test, PLAIN), limit].filter((part) => part !== '')
  return parts.map(prose).join(' · ')
}

function conditions(result: RunResult): string {
  const { tool, tests } = result
  const [first] = tests
  const payload = first === undefined ? null : describePayload(first.plan)
  const parts = [
    code(`${tool.name} ${tool.version}`),
    code(describeTarget(result)),
    ...(first === undefined ? [] : [prose(describeClients(first.plan))]),
    ...(payload === null ? [] : [prose(payload)]),
  ]
  return parts.join(' · ')
}

function thresholds(result: RunResult): string {
  const failed = result.thresholds.filter((row) => row.result !== 'pass')
  const sorted = [...failed, ...result.thresholds.filter((row) => row.result === 'pass')]
  const rows = sorted
    .slice(0, MOST_THRESHOLDS)
    .map((row) => [
      row.result === 'pass' ? '✅' : '❌',
      code(nameThreshold(row, result)),
      prose(showThresholdValue(row, result)),
      prose(explainThreshold(row, result)),
    ])
  const columns = [left(''), left('threshold'), right('value'), left('')]
  return withRest(markdownTable(columns, rows), sorted.length - rows.length, 'thresholds')
}

function baseline({ comparison }: RunResult): string {
  return comparison === null ? '' : comparisonMarkdown({ comparison, thresholds: [] }, '###')
}

/** What the tests were run to find out. */
function findings(result: RunResult): string {
  const several = result.tests.length > 1
  return result.tests
    .flatMap(({ testType, findings }) =>
      findings.map(
        ({ verdict, message }) =>
          `- ${FOUND[verdict]} ${prose(several ? `${testType}: ${message}` : message)}`,
      ),
    )
    .join('\n')
}

const FOUND = { good: '✅', bad: '❌', unknown: '❔' } as const

/** Why it is not valid, and what else must be known before the figures are. */
function notes(result: RunResult): string {
  const several = result.tests.length > 1
  const lines = result.tests.flatMap(({ testType, validity, warnings }) => {
    const where = several ? `${testType}: ` : ''
    const reasons = validity.state === 'valid' ? [] : validity.reasons
    return [...reasons, ...warnings].map(({ message }) => `- ⚠️ ${prose(`${where}${message}`)}`)
  })
  return [...new Set(lines)].join('\n')
}

function tests(result: RunResult): string {
  const rows = result.tests.map((test) => testCells(test).map(prose))
  const tallies = result.tests.flatMap((test) =>
    tallyLines(test, Number.POSITIVE_INFINITY).map((line) => `${prose(test.testType)}: ${prose(line)}`),
  )
  return [markdownTable(TEST_COLUMNS, rows), ...tallies].join('\n\n')
}

function trends(result: RunResult): string {
  const rows = result.tests.flatMap((test) =>
    trendRows(test).map(([title = '', ...cells]) => [test.testType, title, ...cells].map(prose)),
  )
  return markdownTable([left('test'), left('distribution'), ...TREND_COLUMNS], rows)
}

function errors(result: RunResult): string {
  const all = sumErrors(result)
  const rows = all
    .slice(0, MOST_ERRORS)
    .map((error) => [
      code(clip(nameError(error), LONGEST_DETAIL)),
      formatCount(error.count),
      prose(adviseError(error.class, error.detail)),
    ])
  const columns = [left('error'), right('times'), left('likely cause, next step')]
  return withRest(markdownTable(columns, rows), all.length - rows.length, 'kinds of errors')
}

function memory(result: RunResult): string {
  const rows = resourceRows(result).map((row) => row.map(prose))
  return markdownTable([left('memory'), ...RESOURCE_COLUMNS], rows)
}

function footnotes(result: RunResult): string {
  const rows = [
    ...result.tests.flatMap((test) => [testCells(test), ...trendRows(test)]),
    ...resourceRows(result),
  ]
  const notes = listFootnotes(result, rows.flat()).map(({ long }) => prose(long))
  return notes.length === 0 ? '' : `<sub>${notes.join(' · ')}</sub>`
}

/** The long report's other tables as they stand in a terminal. */
function details(result: RunResult): string {
  const blocks = [
    ...result.tests.flatMap((test) => testDetails(test, DETAILS_WIDTH, PLAIN)),
    publishedLines(result, DETAILS_WIDTH, PLAIN),
    [environmentLine(result)],
  ].filter((lines) => lines.length > 0)
  const lines = blocks.flatMap((block) => [...block.map(escapeControls), '']).slice(0, -1)
  const text = clip(lines.join('\n'), MOST_DETAILS)
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

function withRest(table: string, left: number, noun: string): string {
  return left <= 0 ? table : `${table}\n\nand ${formatCount(left)} more ${noun}`
}

function left(title: string): { title: string; align: 'left' } {
  return { title, align: 'left' }
}

function right(title: string): { title: string; align: 'right' } {
  return { title, align: 'right' }
}
