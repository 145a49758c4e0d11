/** A capacity test at one of its loads. */
import { countConnections, type Group, type Pacing, type Plan, type Search } from './plan.ts'

/** A step lasts until so many messages or connections were due, so that its P99 has ten samples beyond it. */
const ENOUGH = 1000
const LONGEST_US = 30_000_000

/** The plan with that much of what is searched for; groups keep their shares, a step at a low load lasts longer. */
export function withLoad(plan: Plan, search: Search, load: number): Plan {
  switch (search.of) {
    case 'rate':
      return scaleRates(plan, load)
    case 'connections': {
      const total = countConnections(plan)
      const groups = plan.groups.map((group) =>
        resize(group, Math.max(1, Math.round((group.count * load) / total))),
      )
      return { ...plan, groups, workers: Math.min(plan.workers, countConnections({ ...plan, groups })) }
    }
    case 'connect-rate': {
      // The ramp lasts as long as a step.
      const seconds = (plan.groups[0]?.stop.durationUs ?? 0) / 1e6
      const count = Math.max(1, Math.round(load * seconds))
      const groups = plan.groups.map((group) => ({
        ...group,
        count,
        stop: { messages: 1, durationUs: null },
      }))
      return { ...plan, testType: 'storm', groups, connect: { ...plan.connect, ratePerSec: load } }
    }
  }
}

function scaleRates(plan: Plan, load: number): Plan {
  const total = plan.groups.reduce((sum, { pacing }) => sum + ratePerSecOf(pacing), 0)
  const groups = plan.groups.map((group) => {
    if (group.pacing.kind !== 'open') return group
    const longEnoughUs = Math.min(LONGEST_US, (ENOUGH / load) * 1e6)
    const durationUs = Math.max(group.stop.durationUs ?? 0, Math.round(longEnoughUs))
    return {
      ...group,
      pacing: scale(group.pacing, load / total),
      stop: { ...group.stop, durationUs },
    }
  })
  return { ...plan, groups }
}

/** The same rate a connection. */
function resize(group: Group, count: number): Group {
  return { ...group, count, pacing: scale(group.pacing, count / group.count) }
}

function scale(pacing: Pacing, factor: number): Pacing {
  if (pacing.kind !== 'open') return pacing
  const stages = pacing.stages.map(({ fromPerSec, toPerSec, durationUs }) => ({
    fromPerSec: fromPerSec * factor,
    toPerSec: toPerSec * factor,
    durationUs,
  }))
  return { ...pacing, stages }
}

function ratePerSecOf(pacing: Pacing): number {
  return pacing.kind === 'open' ? (pacing.stages.at(-1)?.toPerSec ?? 0) : 0
}
