const LEVELS = '▁▂▃▄▅▆▇█'

/**
 * One character a value, from 0 to the greatest of them: a line that starts elsewhere would make a mountain of every
 * pebble. What is not known is a blank.
 */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const greatest = Math.max(0, ...known)
  return values
    .map((value) => {
      if (value === null) return ' '
      const share = greatest === 0 ? 0 : Math.max(0, value) / greatest
      return LEVELS[Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length))]
    })
    .join('')
}

/** `█████░░░`: a share of 0 to 1, drawn `width` wide. Full only when nothing is missing. */
export function drawBar(share: number, width: number): { readonly done: string; readonly rest: string } {
  const full = Math.min(width, Math.floor(Math.min(1, Math.max(0, share)) * width + 1e-9))
  return { done: '█'.repeat(full), rest: '░'.repeat(Math.max(0, width - full)) }
}

/** A bar on a log axis from `from` (no bar) to `to` (all of it). What is measured has at least one character. */
export function drawLogBar(value: number, from: number, to: number, width: number): string {
  const share = to <= from ? 1 : Math.log(value / from) / Math.log(to / from)
  return '█'.repeat(Math.max(1, Math.min(width, Math.round(share * width))))
}
