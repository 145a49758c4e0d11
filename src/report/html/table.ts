import type { Column } from '../align-table.ts'
import { type Content, html, type Markup } from './markup.ts'

export interface DataTable {
  readonly columns: readonly Column[]
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Content[])[]
}

/** A table that scrolls sideways within itself where it is too wide; `name` is read out, not shown. */
export function dataTable({ columns, rows }: DataTable, name: string): Markup {
  const head = columns.map(({ title, align }) =>
    title === ''
      ? html`<td></td>`
      : html`<th scope="col"${align === 'right' ? html` class="number"` : null}>${title}</th>`,
  )
  const body = rows.map(
    (
      cells,
    ) => html`<tr>${cells.map((cell, index) => renderCell(cell, index, columns[index]?.align === 'right'))}</tr>
`,
  )
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${name}"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>`
}

function renderCell(cell: Content, index: number, isNumber: boolean): Markup {
  const kind = isNumber ? html` class="number"` : null
  return index === 0 ? html`<th scope="row"${kind}>${cell}</th>` : html`<td${kind}>${cell}</td>`
}
