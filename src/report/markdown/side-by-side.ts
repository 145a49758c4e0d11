/** Several results beside each other as Markdown. Pure. */
import { footnotesOf, listLoads, type NamedResult, sideBySide } from '../side-by-side.ts'
import { prose } from './escape.ts'
import { markdownTable } from './table.ts'

export function renderMarkdownSideBySide(runs: readonly NamedResult[]): string {
  const { columns, rows } = sideBySide(runs)
  const blocks = [
    `### ${runs.length} results side by side`,
    listLoads(runs).map(prose).join('  \n'),
    markdownTable(
      columns,
      rows.map((row) => row.map(prose)),
    ),
    ...footnotesOf(rows).map(prose),
  ]
  return `${blocks.join('\n\n')}\n`
}
