import type { Column } from '../align-table.ts'

/** Rows of cells that are Markdown already; empty without rows. */
export function markdownTable(
  columns: readonly Pick<Column, 'title' | 'align'>[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return ''
  const head = columns.map(({ title }) => title)
  const rule = columns.map(({ align }) => (align === 'right' ? '--:' : '---'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
