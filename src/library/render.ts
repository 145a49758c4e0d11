import { UsageError } from '../errors.ts'
import type { OutputFormat } from '../plan/plan.ts'
import { renderComparisonJson } from '../report/comparison/json.ts'
import { renderComparisonMarkdown } from '../report/comparison/markdown.ts'
import { render as renderFormat } from '../report/render.ts'
import type { ComparisonResult } from '../result/comparison-schema.ts'
import type { RunResult } from '../result/run-result.ts'
import { formatTable, type TableOptions } from './format-table.ts'

/**
 * A result as the text of a file: `txt`, `json`, `html`, `md` (Markdown), `xml` (JUnit) or another format of `-o`; of a
 * comparison `txt`, `json` or `md`. Only text has more than one length.
 * @throws UsageError for a format that a comparison has not
 */
export function render(
  format: OutputFormat,
  result: RunResult | ComparisonResult,
  options: Pick<TableOptions, 'full' | 'quiet'> = {},
): string {
  if ('kind' in result) return renderComparison(format, result, options)
  const { full = false, quiet = false } = options
  return renderFormat(format, result, { verbosity: quiet ? 'quiet' : full ? 'full' : 'default' })
}

function renderComparison(
  format: OutputFormat,
  result: ComparisonResult,
  options: Pick<TableOptions, 'full' | 'quiet'>,
): string {
  if (format === 'json') return renderComparisonJson(result)
  if (format === 'md') return renderComparisonMarkdown(result)
  if (format === 'txt') return formatTable(result, { ...options, width: 100 })
  const problem = 'is a format that a comparison has not'
  throw new UsageError([
    {
      where: 'format',
      value: format,
      problem,
      accepted: 'txt, json or md',
      example: "render('md', comparison)",
    },
  ])
}
