/**
 * The universal scalability law, X(N) = λN / (1 + σ(N−1) + κN(N−1)): how throughput grows with concurrency, what of it is
 * lost to waiting for what is shared (σ), and what to agreeing with each other (κ). N. J. Gunther, Guerrilla Capacity
 * Planning, 2007, chapter 4. Concurrency is what Little's law gives: messages a second × mean time in the server.
 */

export interface ScalingPoint {
  /** Messages in the server at once, on average. */
  readonly concurrency: number
  readonly perSec: number
}

export interface ScalingLaw {
  /** Of one message alone, a second. */
  readonly lambda: number
  readonly sigma: number
  readonly kappa: number
  /** Share of the spread that the curve explains, 0..1. */
  readonly rSquared: number
  /** Concurrency from which on more of it means less; null: never within the law. */
  readonly peakConcurrency: number | null
}

const LEAST_POINTS = 6
/** Points that tell nothing of growth: concurrency has to span this factor. */
const LEAST_SPAN = 4
/** A curve that explains less is none. */
const LEAST_R_SQUARED = 0.9

/** Null with too few points, too little span, or a poor fit. */
export function fitScalingLaw(points: readonly ScalingPoint[]): ScalingLaw | null {
  const known = points.filter(({ concurrency, perSec }) => concurrency > 0 && perSec > 0)
  const sizes = known.map(({ concurrency }) => concurrency)
  if (known.length < LEAST_POINTS || Math.max(...sizes) < LEAST_SPAN * Math.min(...sizes)) return null
  // Linear in a = 1/λ, b = σ/λ, c = κ/λ; each row weighted so that errors count by their share of the figure.
  const columns = [
    ({ concurrency: n, perSec: x }: ScalingPoint) => x / n,
    ({ concurrency: n, perSec: x }: ScalingPoint) => ((n - 1) * x) / n,
    ({ concurrency: n, perSec: x }: ScalingPoint) => (n - 1) * x,
  ]
  for (const chosen of [[0, 1, 2], [0, 1], [0, 2], [0]]) {
    const rows = known.map((point) => chosen.map((column) => columns[column]!(point)))
    const solution = solveLeastSquares(rows)
    if (solution === null || solution.some((value) => value < 0) || solution[0]! <= 0) continue
    const of = (column: number): number => {
      const place = chosen.indexOf(column)
      return place === -1 ? 0 : solution[place]! / solution[0]!
    }
    const [lambda, sigma, kappa] = [1 / solution[0]!, of(1), of(2)]
    const rSquared = explained(known, (n) => (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1)))
    if (rSquared < LEAST_R_SQUARED) return null
    const peakConcurrency = kappa > 0 && sigma < 1 ? Math.sqrt((1 - sigma) / kappa) : null
    return { lambda, sigma, kappa, rSquared, peakConcurrency }
  }
  return null
}

function explained(points: readonly ScalingPoint[], predict: (concurrency: number) => number): number {
  const mean = points.reduce((sum, { perSec }) => sum + perSec, 0) / points.length
  const total = points.reduce((sum, { perSec }) => sum + (perSec - mean) ** 2, 0)
  const left = points.reduce((sum, { concurrency, perSec }) => sum + (perSec - predict(concurrency)) ** 2, 0)
  return total === 0 ? 0 : 1 - left / total
}

/** The x that brings rows·x nearest to 1 in each row, by the normal equations; null when they have no one solution. */
function solveLeastSquares(rows: readonly (readonly number[])[]): number[] | null {
  const size = rows[0]!.length
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row) => sum + row[i]!, 0),
  ])
  for (let i = 0; i < size; i++) {
    const pivot = matrix.slice(i).reduce((best, row) => (Math.abs(row[i]!) > Math.abs(best[i]!) ? row : best))
    if (Math.abs(pivot[i]!) < 1e-300) return null
    const at = matrix.indexOf(pivot)
    matrix[at] = matrix[i]!
    matrix[i] = pivot
    for (const row of matrix) {
      if (row === pivot) continue
      const factor = row[i]! / pivot[i]!
      for (let j = i; j <= size; j++) row[j]! -= factor * pivot[j]!
    }
  }
  return matrix.map((row, i) => row[size]! / row[i]!)
}
