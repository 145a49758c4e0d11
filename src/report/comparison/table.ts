/** A comparison for the terminal. */
import type { Comparison, FigureChange } from '../../result/comparison-schema.ts'
import type { ThresholdResult } from '../../result/run-result.ts'
import { alignTable, numbers, words } from '../align-table.ts'
import { formatInUnit, NONE } from '../format.ts'
import { createPaint, type Paint } from '../paint.ts'
import { clip, wrap } from '../wrap.ts'
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

export interface ComparisonOptions {
  /** Characters a line. */
  readonly width: number
  readonly color: boolean
  readonly quiet: boolean
}

export function renderComparison(
  judged: JudgedComparison,
  { width, color, quiet }: ComparisonOptions,
): string {
  const paint = createPaint(color)
  if (quiet) return `${summaryLine(judged, paint)}\n`
  const lines = [...sideLines(judged.comparison, width), '', ...comparisonLines(judged, width, paint)]
  return `${lines.join('\n')}\n`
}

/** What a run with a baseline shows, too. */
export function comparisonLines(judged: JudgedComparison, width: number, paint: Paint): string[] {
  const { comparison, thresholds } = judged
  const figures = comparison.tests.flatMap((test) => test.figures)
  const notes = [...comparison.differences, ...comparison.notes].map(({ message }) => message)
  return [
    verdictLine(judged, paint),
    '',
    ...figureTable(comparison, width, paint),
    ...(thresholds.length === 0 ? [] : ['', ...gateLines(thresholds, width, paint)]),
    ...explainOpen(figures)
      .flatMap((text) => wrap(text, width, '  '))
      .map(paint.dim),
    ...notes.flatMap((text) => wrap(text, width, '  ')).map(paint.warn),
    ...wrap(describeRules(comparison), width, '').map(paint.dim),
  ]
}

function sideLines({ base, head, order }: Comparison, width: number): string[] {
  const show = (title: string, { runs, names, from, to }: Comparison['base']): string => {
    const [first = '', last = ''] = [names[0], names.at(-1)]
    const which = first === last ? first : `${first} … ${last}`
    const when = `${from.slice(0, 16).replace('T', ' ')} to ${to.slice(11, 16)}`
    return clip(
      `${title}  ${String(runs).padStart(3)} run${runs === 1 ? ' ' : 's'}  ${when}  ${which}`,
      width,
    )
  }
  return [
    show('base', base),
    show('new ', head),
    ...(order === 'alternating' && base.runs > 1 ? ['made in turn'] : []),
  ]
}

function verdictLine(judged: JudgedComparison, paint: Paint): string {
  return `${badgeOf(judged, paint)}   ${summarizeFinding(judged.comparison)}`
}

function badgeOf({ comparison: { finding } }: JudgedComparison, paint: Paint): string {
  const state = finding === 'worse' ? 'bad' : finding === 'cannot-tell' ? 'warn' : 'good'
  return paint.badge(FINDING_WORDS[finding].toUpperCase(), state)
}

/** Several tests stand below each other, each under its name: side by side they would not fit into 80 columns. */
function figureTable(comparison: Comparison, width: number, paint: Paint): string[] {
  const several = comparison.tests.length > 1
  const rows = comparison.tests.flatMap(({ testType, figures }) => [
    ...(several ? [[paint.strong(testType), '', '', '', '', '']] : []),
    ...figures.map((figure) => [
      clip(nameChange(figure), Math.max(16, width - 64)),
      showValue(figure.base, figure),
      showValue(figure.head, figure),
      showChange(figure.change, figure),
      showInterval(figure),
      paintFinding(figure, paint),
    ]),
  ])
  const columns = [
    words('figure'),
    numbers('base'),
    numbers('new'),
    numbers('change'),
    numbers(`${showLevel(comparison)} interval`),
    words('finding'),
  ]
  return alignTable(columns, rows, paint.dim)
}

function paintFinding({ finding }: FigureChange, paint: Paint): string {
  const text = FINDING_WORDS[finding]
  if (finding === 'worse') return paint.bad(text)
  return finding === 'better' ? paint.good(text) : finding === 'cannot-tell' ? paint.warn(text) : text
}

function gateLines(thresholds: readonly ThresholdResult[], width: number, paint: Paint): string[] {
  const rows = thresholds.map((row) => {
    const isPass = row.result === 'pass'
    const note = row.result === 'no-data' ? `no data: ${row.note}` : row.note
    return [
      isPass ? paint.good('✓') : paint.bad('✗'),
      clip(row.expression, 40),
      row.value === null ? NONE : formatInUnit(row.value, row.unit),
      clip(note, Math.max(24, width - 56)),
    ]
  })
  return alignTable([words(''), words(''), numbers(''), words('')], rows)
}

function summaryLine(judged: JudgedComparison, paint: Paint): string {
  const { comparison, thresholds } = judged
  const figures = comparison.tests.flatMap((test) => test.figures)
  const told = figures.filter(({ finding }) => finding === 'worse' || finding === 'better')
  const shown = told.map(
    (figure) => `${nameChange(figure)} ${showChange(figure.change, figure)} (${showInterval(figure)})`,
  )
  const failed = thresholds.filter(({ result }) => result !== 'pass').length
  const gate = thresholds.length === 0 ? [] : [`${failed} of ${thresholds.length} thresholds failed`]
  const runs = `${comparison.base.runs} + ${comparison.head.runs} runs`
  return [badgeOf(judged, paint), ...shown, ...gate, runs].join('   ')
}
