import type { OutputFormat } from '../plan/plan.ts'
import { render as renderFormat } from '../report/render.ts'
import type { RunResult } from '../result/run-result.ts'
import type { TableOptions } from './format-table.ts'

/**
 * A result as the text of a file: `txt`, `json`, `html`, `md` (Markdown), `xml` (JUnit) or another format of `-o`. Only text
 * has more than one length.
 */
export function render(
  format: OutputFormat,
  result: RunResult,
  options: Pick<TableOptions, 'full' | 'quiet'> = {},
): string {
  const { full = false, quiet = false } = options
  return renderFormat(format, result, { verbosity: quiet ? 'quiet' : full ? 'full' : 'default' })
}
