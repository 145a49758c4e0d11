/** Order statistics of a few rounds. */

/** Linear between the two nearest ranks; null without values. */
export function quantile(values, q) {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (sorted.length - 1) * q
  const below = Math.floor(rank)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below)
}

/** Quartiles and extremes; all null without values. */
export function spread(values) {
  const [min, q1, median, q3, max] = [0, 0.25, 0.5, 0.75, 1].map((q) => quantile(values, q))
  return { count: values.length, min, q1, median, q3, max }
}

/** a ÷ b round by round, rounds in which one of them has no value left out. */
export function pairwiseRatios(a, b) {
  return a.flatMap((value, round) => (value === null || !b[round] ? [] : [value / b[round]]))
}
