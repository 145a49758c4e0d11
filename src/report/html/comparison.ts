/** What a comparison found: a table of figures, each with a picture of its change and how sure it is. */
import type { ChangeFinding, Comparison, FigureChange } from '../../result/comparison-schema.ts'
import { numbers, words } from '../align-table.ts'
import {
  describeRules,
  explainOpen,
  FINDING_WORDS,
  nameChange,
  showChange,
  showInterval,
  showLevel,
  showValue,
  summarizeFinding,
} from '../comparison/words.ts'
import { html, type Markup } from './markup.ts'
import { roundTo } from './over-time.ts'
import { dataTable } from './table.ts'

export const FINDING_STATES: Readonly<Record<ChangeFinding, 'good' | 'warn' | 'bad'>> = {
  better: 'good',
  same: 'good',
  worse: 'bad',
  'cannot-tell': 'warn',
}
const FINDING_SIGNS: Readonly<Record<ChangeFinding, string>> = {
  better: '✓',
  same: '=',
  worse: '✗',
  'cannot-tell': '?',
}

/** Against the baseline of a run, as a section; null without one. */
export function renderBaseline(comparison: Comparison | null): Markup | null {
  if (comparison === null) return null
  return html`<section aria-labelledby="baseline"><h2 id="baseline">Against the baseline: ${FINDING_WORDS[comparison.finding]}</h2>
<p>${summarizeFinding(comparison)} (${countRuns(comparison)}).</p>
${renderChanges(comparison)}</section>`
}

export function countRuns({ base, head, order }: Comparison): string {
  return `${base.runs} base and ${head.runs} new runs${order === 'alternating' ? ', made in turn' : ''}`
}

/** Tables, what cannot be told and why, and how to read it. */
export function renderChanges(comparison: Comparison): Markup {
  const { tests, differences, notes } = comparison
  const open = explainOpen(tests.flatMap(({ figures }) => figures))
  const texts = [...open, ...[...differences, ...notes].map(({ message }) => message)]
  const list =
    texts.length === 0 ? null : html`<ul class="reasons">${texts.map((text) => html`<li>${text}</li>`)}</ul>`
  return html`${tests.map(({ testType, figures }) => {
    const heading = tests.length > 1 ? html`<h3>${testType}</h3>` : null
    return html`${heading}${renderFigures(figures, comparison, testType)}`
  })}${list}<p class="note">${describeRules(comparison)}</p>`
}

function renderFigures(figures: readonly FigureChange[], comparison: Comparison, testType: string): Markup {
  const widest = findWidest(figures, comparison.margin)
  const columns = [
    words('figure'),
    numbers('base'),
    numbers('new'),
    numbers('change'),
    numbers(`${showLevel(comparison)} interval`),
    words(`±${roundTo(widest * 100, 1)} %`),
    words('finding'),
  ]
  const rows = figures.map((figure) => [
    nameChange(figure),
    showValue(figure.base, figure),
    showValue(figure.head, figure),
    showChange(figure.change, figure),
    showInterval(figure),
    drawInterval(figure, widest, comparison.margin),
    html`<span class="sign ${FINDING_STATES[figure.finding]}">${FINDING_SIGNS[figure.finding]} ${FINDING_WORDS[figure.finding]}</span>`,
  ])
  return dataTable({ columns, rows }, `Changes of ${testType}`)
}

/** Beyond it a picture would show the widest interval alone. */
const MOST_SHOWN = 0.5
const WIDTH = 160
const HEIGHT = 18

/** Share that the picture's edges stand for. */
function findWidest(figures: readonly FigureChange[], margin: number): number {
  const ends = figures
    .filter(({ scale }) => scale === 'ratio')
    .flatMap(({ low, high, change }) => [low, high, change])
    .flatMap((value) => (value === null ? [] : [Math.abs(value)]))
  return Math.min(MOST_SHOWN, Math.max(0.02, margin * 1.5, ...ends) * 1.1)
}

/** The interval as a line with its middle as a dot, over the margin within which a change counts as none. */
function drawInterval(
  { low, high, change, scale, finding }: FigureChange,
  widest: number,
  margin: number,
): Markup | null {
  if (scale !== 'ratio' || change === null) return null
  const at = (share: number): number =>
    roundTo(WIDTH / 2 + (Math.max(-widest, Math.min(widest, share)) / widest) * (WIDTH / 2 - 4), 1)
  const [from, to] = [at(-margin / (1 + margin)), at(margin)]
  const line =
    low === null || high === null
      ? null
      : html`<line x1="${at(low)}" x2="${at(high)}" y1="9" y2="9" class="whisker ${FINDING_STATES[finding]}"/>`
  return html`<svg class="forest" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true"><rect x="${from}" y="0" width="${roundTo(to - from, 1)}" height="${HEIGHT}" class="margin"/><line x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="0" y2="${HEIGHT}" class="zero"/>${line}<circle cx="${at(change)}" cy="9" r="4" class="middle ${FINDING_STATES[finding]}"/></svg>`
}
