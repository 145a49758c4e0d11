import CliTable from 'cli-table3'

export interface Column {
  readonly title: string
  /** Left: words; right: numbers. */
  readonly align: 'left' | 'right'
  /** Characters; null: as wide as its widest cell. Fixed where rows are printed one by one. */
  readonly width: number | null
}

/** A column of numbers, as wide as it needs to be. */
export function numbers(title: string, width: number | null = null): Column {
  return { title, align: 'right', width }
}

/** A column of words. */
export function words(title: string, width: number | null = null): Column {
  return { title, align: 'left', width }
}

/** Rows without borders, one line each, columns two blanks apart; no heading when every title is empty. */
export function alignTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paintTitle: (text: string) => string = (text) => text,
): string[] {
  const hasTitles = columns.some((column) => column.title !== '')
  const table = new CliTable({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map((column) => column.align),
    colWidths: columns.map((column) => column.width),
  })
  if (hasTitles) table.push(columns.map((column) => paintTitle(column.title)))
  table.push(...rows.map((row) => [...row]))
  if (table.length === 0) return []
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}
