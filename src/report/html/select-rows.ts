type Value = number | null

/**
 * Which rows of a long table a chart draws, at most `most`: in each of equally long stretches those where a series is
 * least and greatest, and the first and last of all. So no peak and no gap is lost, and every point was measured. The
 * edges of stretches without a value are kept, since a line must not go across them.
 */
export function selectRows(columns: readonly (readonly Value[])[], most: number): number[] {
  const length = columns[0]?.length ?? 0
  if (length <= most) return Array.from({ length }, (_, row) => row)
  const each = 3 * columns.length
  const stretches = Math.max(1, Math.floor((most - 2) / each))
  const rows = new Set([0, length - 1])
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * length) / stretches)
    const to = Math.floor(((stretch + 1) * length) / stretches)
    for (const column of columns) for (const row of extremes(column, from, to)) rows.add(row)
  }
  return [...rows].sort((a, b) => a - b)
}

/** Rows of the least and the greatest value, and of the first one without a value. */
function extremes(column: readonly Value[], from: number, to: number): number[] {
  let low = -1
  let high = -1
  let none = -1
  for (let row = from; row < to; row++) {
    const value = column[row]!
    if (value === null) {
      if (none === -1) none = row
      continue
    }
    if (low === -1 || value < column[low]!) low = row
    if (high === -1 || value > column[high]!) high = row
  }
  return [low, high, none].filter((row) => row !== -1)
}
