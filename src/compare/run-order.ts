/** Were two sets of runs made in turn? Then a machine that gets slower over time has slowed both alike. */

/** Start times of the runs, in any unit and order. */
export function findOrder(base: readonly number[], head: readonly number[]): 'alternating' | 'apart' {
  const shorter = Math.min(base.length, head.length)
  if (shorter < 2) return 'apart'
  const runs = [
    ...base.map((at) => ({ at, step: shorter / base.length })),
    ...head.map((at) => ({ at, step: -shorter / head.length })),
  ]
  runs.sort((a, b) => a.at - b.at)
  let ahead = 0
  let furthest = 0
  for (const { step } of runs) {
    ahead += step
    furthest = Math.max(furthest, Math.abs(ahead))
  }
  return furthest <= MOST_AHEAD + 1e-9 ? 'alternating' : 'apart'
}
/** Never more than one run ahead: ABAB, ABBA. */
const MOST_AHEAD = 1
