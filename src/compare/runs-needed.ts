import { tQuantile } from './student-t.ts'

/** More than anybody would make. */
const MOST = 1000

/**
 * About how many runs a side would narrow an interval that reaches `reach` to both sides to `wanted`: its width goes with
 * the t quantile and one over the root of the number. Null: over a thousand.
 */
export function countRunsNeeded(
  sizes: { readonly base: number; readonly head: number },
  { reach, wanted, level }: { reach: number; wanted: number; level: number },
): number | null {
  // Of unequal sides the smaller one decides.
  const now = 2 / (1 / sizes.base + 1 / sizes.head)
  const width = (runs: number): number =>
    tQuantile((1 + level) / 2, Math.max(1, 2 * runs - 2)) / Math.sqrt(runs)
  const limit = (width(now) * wanted) / reach
  for (let runs = 3; runs <= MOST; runs++) if (width(runs) <= limit) return runs
  return null
}
