/** The report for people: one line a check, and what was expected and seen under those that fail. */
import { formatDurationUs, formatPlural } from '../report/format.ts'
import { createPaint } from '../report/paint.ts'
import { type ReportFormat, tally } from './report-lines.ts'

/** A readable list, with colour or without. */
export function createListing(color: boolean): ReportFormat {
  const paint = createPaint(color)
  let suite = ''
  return {
    head: ({ dialect, url, total }) =>
      `${paint.strong(`stress verify  ${dialect}`)}  ${url}  ${formatPlural(total, 'check')}\n`,
    result: (result) => {
      const { name, outcome, durationMs } = result
      const begins = result.suite !== suite
      suite = result.suite
      const title = begins ? `\n${paint.strong(suite)}\n` : ''
      const time = paint.dim(formatDurationUs(Math.round(durationMs * 1000)))
      switch (outcome.state) {
        case 'pass':
          return `${title}  ${paint.good('✓')} ${name}  ${outcome.figures === '' ? time : outcome.figures}\n`
        case 'skip':
          return `${title}  ${paint.warn('–')} ${name}  ${paint.dim(`skipped: ${outcome.reason}`)}\n`
        case 'fail':
          return (
            `${title}  ${paint.bad('✗')} ${name}\n` +
            `      expected  ${outcome.expected}\n      seen      ${outcome.seen}\n`
          )
      }
    },
    end: (results, durationMs, interrupted) => {
      const { passed, failed, skipped } = tally(results)
      const badge = interrupted
        ? paint.badge('INTERRUPTED', 'warn')
        : failed > 0
          ? paint.badge('FAIL', 'bad')
          : paint.badge('PASS', 'good')
      const time = formatDurationUs(Math.round(durationMs * 1000))
      return `\n${badge}  ${passed} passed, ${failed} failed, ${skipped} skipped  in ${time}\n`
    },
  }
}
