import { renderComparison } from '../report/comparison/table.ts'
import { renderReport } from '../report/table.ts'
import type { ComparisonResult } from '../result/comparison-schema.ts'
import type { RunResult } from '../result/run-result.ts'

/** How the report is written. */
export interface TableOptions {
  /** Columns; less than 60 is taken as 60. Default: 80. */
  readonly width?: number
  /** Escape sequences for colours. Default: false. */
  readonly color?: boolean
  /** Every table, however long. */
  readonly full?: boolean
  /** One line. */
  readonly quiet?: boolean
}

/** The report of the terminal as text, ending in a newline: of a run at most 14 lines for one test, 25 for several. */
export function formatTable(result: RunResult | ComparisonResult, options: TableOptions = {}): string {
  const { width = 80, color = false, full = false, quiet = false } = options
  if ('kind' in result) return renderComparison(result, { width, color, quiet })
  const verbosity = quiet ? 'quiet' : full ? 'full' : 'default'
  return renderReport(result, { width, color, verbosity, streamed: false, written: [] })
}
