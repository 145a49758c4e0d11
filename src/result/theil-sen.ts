/** How fast something grows: Theil and Sen's slope, the median over all pairs, which a third of wild points do not move. */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Growth {
  /** y for one x. */
  readonly slope: number
  /** Sen's interval; infinite where there are too few points for it. */
  readonly low: number
  readonly high: number
  /** Between the first and the last point. */
  readonly span: number
}

/** Two-sided 1 % of the normal distribution. */
const Z_99 = 2.576

/** With an interval of 99 %; null with fewer than three different x. */
export function fitGrowth(points: readonly Point[]): Growth | null {
  const slopes = points.flatMap((early, index) =>
    points.slice(index + 1).flatMap(({ x, y }) => (x === early.x ? [] : [(y - early.y) / (x - early.x)])),
  )
  if (slopes.length < 3) return null
  slopes.sort((a, b) => a - b)
  const n = points.length
  const width = Z_99 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const rank = Math.floor((slopes.length - width) / 2)
  const xs = points.map(({ x }) => x)
  return {
    slope: (slopes[(slopes.length - 1) >> 1]! + slopes[slopes.length >> 1]!) / 2,
    low: rank < 0 ? Number.NEGATIVE_INFINITY : slopes[rank]!,
    high: rank < 0 ? Number.POSITIVE_INFINITY : slopes[slopes.length - 1 - rank]!,
    span: Math.max(...xs) - Math.min(...xs),
  }
}
