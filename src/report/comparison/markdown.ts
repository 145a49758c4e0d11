/** A comparison as Markdown, for a pull request. */
import type { Comparison, FigureChange } from '../../result/comparison-schema.ts'
import type { ThresholdResult } from '../../result/run-result.ts'
import { numbers, words } from '../align-table.ts'
import { formatInUnit, NONE } from '../format.ts'
import { code, prose } from '../markdown/escape.ts'
import { markdownTable } from '../markdown/table.ts'
import {
  describeRules,
  explainOpen,
  FINDING_WORDS,
  type JudgedComparison,
  nameChange,
  showChange,
  showInterval,
  showLevel,
  showValue,
  summarizeFinding,
} from './words.ts'

/** A job that comments on a change finds its own comment by this, to update it. */
const MARKER = '<!-- stress comparison -->'

export function renderComparisonMarkdown(judged: JudgedComparison): string {
  return `${MARKER}\n\n${comparisonMarkdown(judged, '##')}\n`
}

/** Also a part of a run's report; `heading` is the level of its own. */
export function comparisonMarkdown(judged: JudgedComparison, heading: '##' | '###'): string {
  const { comparison, thresholds } = judged
  const { base, head, order } = comparison
  const runs = `${base.runs} base and ${head.runs} new runs${order === 'alternating' ? ', made in turn' : ''}`
  const figures = comparison.tests.flatMap((test) => test.figures)
  const notes = [
    ...explainOpen(figures),
    ...[...comparison.differences, ...comparison.notes].map(({ message }) => message),
  ]
  const blocks = [
    `${heading} ${heading === '##' ? 'stress compare' : 'Against the baseline'}: ${FINDING_WORDS[comparison.finding]}`,
    `${prose(summarizeFinding(comparison))} (${runs})`,
    ...comparison.tests.flatMap((test) => [
      ...(comparison.tests.length > 1 ? [`#### ${prose(test.testType)}`] : []),
      figureTable(test.figures, comparison),
    ]),
    gateTable(thresholds),
    notes.map((note) => `- ${prose(note)}`).join('\n'),
    prose(describeRules(comparison)),
  ]
  return blocks.filter((block) => block !== '').join('\n\n')
}

function figureTable(figures: readonly FigureChange[], comparison: Comparison): string {
  const columns = [
    words('figure'),
    numbers('base'),
    numbers('new'),
    numbers('change'),
    numbers(`${showLevel(comparison)} interval`),
    words('finding'),
  ]
  const rows = figures.map((figure) => {
    const finding = FINDING_WORDS[figure.finding]
    return [
      prose(nameChange(figure)),
      showValue(figure.base, figure),
      showValue(figure.head, figure),
      showChange(figure.change, figure),
      showInterval(figure),
      figure.finding === 'worse' || figure.finding === 'better' ? `**${finding}**` : finding,
    ]
  })
  return markdownTable(columns, rows)
}

function gateTable(thresholds: readonly ThresholdResult[]): string {
  const rows = thresholds.map(({ expression, result, value, unit, note }) => [
    result === 'pass' ? '✓' : '✗',
    code(expression),
    value === null ? NONE : formatInUnit(value, unit),
    prose(result === 'no-data' ? `no data: ${note}` : note),
  ])
  return markdownTable([words(''), words('threshold'), numbers('value'), words('')], rows)
}
