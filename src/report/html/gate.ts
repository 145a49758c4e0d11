/** What the run was held against, and what the tests found out. */
import type { RunResult, ThresholdResult } from '../../result/run-result.ts'
import { explainThreshold, nameThreshold, showThresholdValue } from '../threshold-text.ts'
import { html, type Markup } from './markup.ts'

const RESULTS = {
  pass: html`<span class="sign good">✓ holds</span>`,
  fail: html`<span class="sign bad">✗ fails</span>`,
  'no-data': html`<span class="sign bad">✗ no data</span>`,
} as const

/** A threshold in words. */
export interface ShownThreshold {
  readonly name: string
  readonly result: ThresholdResult['result']
  readonly value: string
  readonly comment: string
}

export function renderThresholds(result: RunResult): Markup | null {
  return listThresholds(
    result.thresholds.map((row) => ({
      name: nameThreshold(row, result),
      result: row.result,
      value: showThresholdValue(row, result),
      comment: explainThreshold(row, result),
    })),
  )
}

/** Failed ones first; null without thresholds. */
export function listThresholds(rows: readonly ShownThreshold[]): Markup | null {
  if (rows.length === 0) return null
  const failed = rows.filter(({ result }) => result !== 'pass')
  const items = [...failed, ...rows.filter(({ result }) => result === 'pass')].map(
    ({ name, result, value, comment }) =>
      html`<li>${RESULTS[result]} <code>${name}</code> <b>${value}</b> <span>${comment}</span></li>
`,
  )
  return html`<section aria-labelledby="thresholds"><h2 id="thresholds">Thresholds</h2>
<ul class="thresholds">${items}</ul></section>`
}

const VERDICTS = {
  good: html`<span class="sign good" role="img" aria-label="good">✓</span>`,
  bad: html`<span class="sign bad" role="img" aria-label="bad">✗</span>`,
  unknown: html`<span class="sign unknown" role="img" aria-label="not known">?</span>`,
} as const

/** Answers in plain words; null where there are none. */
export function renderFindings({ tests }: RunResult): Markup | null {
  const items = tests.flatMap((test) =>
    test.findings.map(({ verdict, message }) => {
      const where = tests.length > 1 ? html`<b>${test.testType}:</b> ` : null
      return html`<li>${VERDICTS[verdict]} <span>${where}${message}</span></li>`
    }),
  )
  if (items.length === 0) return null
  return html`<section aria-labelledby="findings"><h2 id="findings">Findings</h2><ul class="findings">${items}</ul></section>`
}
