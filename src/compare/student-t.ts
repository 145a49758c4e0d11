/** Student's t distribution, for any number of degrees of freedom (Welch's are no whole numbers). */
import { gammaln } from 'simple-statistics'

const PRECISION = 1e-15
const MOST_STEPS = 500

/** P(T <= t). */
export function tProbability(t: number, freedom: number): number {
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
  return t < 0 ? tail : 1 - tail
}

/** The t that is not exceeded with `probability` (0.5 to below 1). */
export function tQuantile(probability: number, freedom: number): number {
  let [low, high] = [0, 1]
  while (tProbability(high, freedom) < probability) high *= 2
  while (high - low > high * 1e-12) {
    const middle = (low + high) / 2
    if (tProbability(middle, freedom) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** I_x(a, b), by its continued fraction (Lentz), which converges fast below (a + 1) / (a + b + 2); DLMF 8.17.22. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x))
  return (front * continuedFraction(x, a, b)) / a
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let change = 1
    for (const numerator of [even, odd]) {
      d = 1 / away(1 + numerator * d)
      c = away(1 + numerator / c)
      change = c * d
      fraction *= change
    }
    if (Math.abs(change - 1) < PRECISION) break
  }
  return fraction
}
