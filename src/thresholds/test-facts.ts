/** What of a test decides which metrics it can produce and how many samples they can have. */
import type { Group, Plan } from '../plan/plan.ts'
import type { PlanView } from '../result/run-result.ts'
import { METRICS } from './metric-catalog.ts'

export interface TestFacts {
  readonly hasMessages: boolean
  readonly isOpen: boolean
  readonly isTls: boolean
  /** Replies are told apart by their sequence number, as far as the plan can tell. */
  readonly hasSequence: boolean
  /** Connections over all cycles. */
  readonly connections: number
  /** At most so many messages; infinite when only the server's speed decides. */
  readonly messages: number
}

/** Before the run; of one group, or of all when null. */
export function factsOfPlan(plan: Plan, only: string | null): TestFacts {
  const groups = plan.groups.filter((group) => only === null || group.name === only)
  const talking = groups.filter((group) => group.pacing.kind !== 'silent')
  return {
    hasMessages: talking.length > 0,
    isOpen: talking.some((group) => group.pacing.kind === 'open'),
    isTls: plan.target.urls.some((url) => url.startsWith('wss:')),
    hasSequence: talking.some((group) => group.match === 'auto'),
    connections: plan.cycles * groups.reduce((sum, group) => sum + group.count, 0),
    messages: plan.cycles * talking.reduce((sum, group) => sum + mostMessages(group), 0),
  }
}

/** After the run, from what the result keeps of the plan; of one group, or of all when null. */
export function factsOfView(view: PlanView, only: string | null): TestFacts {
  const groups = view.groups.filter((group) => only === null || group.name === only)
  const talking = groups.filter((group) => group.pacing !== 'silent')
  return {
    hasMessages: talking.length > 0,
    isOpen: talking.some((group) => group.pacing === 'open'),
    isTls: view.tls,
    hasSequence: talking.some((group) => group.match === 'sequence'),
    connections: view.cycles * groups.reduce((sum, group) => sum + group.connections, 0),
    messages:
      view.cycles *
      talking.reduce((sum, group) => {
        const byCount =
          group.messagesEach === null ? Number.POSITIVE_INFINITY : group.messagesEach * group.connections
        // A ramp's stages are not kept, so only a constant rate bounds the count.
        const isConstant =
          group.durationUs !== null && group.ratePerSec !== null && group.ratePerSec === group.endRatePerSec
        const bySchedule = isConstant
          ? (group.ratePerSec! * group.durationUs!) / 1e6
          : Number.POSITIVE_INFINITY
        return sum + Math.min(byCount, Math.floor(bySchedule + 1e-6))
      }, 0),
  }
}

/** Can a test like this produce the metric at all? */
export function canProduce(metric: string, facts: TestFacts): boolean {
  const needs = METRICS.get(metric)?.needs
  if (needs === undefined || needs === 'later') return false
  if (needs === 'messages') return facts.hasMessages
  if (needs === 'open') return facts.isOpen
  if (needs === 'tls') return facts.isTls
  return needs === 'nothing' || facts.hasSequence
}

/** The greatest number of samples that the metric can have in a test like this. */
export function mostSamples(metric: string, facts: TestFacts): number {
  const samples = METRICS.get(metric)?.samples
  return samples === 'connections' ? facts.connections : facts.messages
}

function mostMessages(group: Group): number {
  const { pacing, stop } = group
  const byCount = stop.messages === null ? Number.POSITIVE_INFINITY : stop.messages * group.count
  if (pacing.kind !== 'open' || stop.durationUs === null) return byCount
  let leftUs = stop.durationUs
  let sum = 0
  for (const stage of pacing.stages) {
    const us = Math.min(leftUs, stage.durationUs)
    const share = stage.durationUs === 0 ? 0 : us / stage.durationUs
    const endPerSec = stage.fromPerSec + (stage.toPerSec - stage.fromPerSec) * share
    sum += (((stage.fromPerSec + endPerSec) / 2) * us) / 1e6
    leftUs -= us
  }
  sum += ((pacing.stages.at(-1)?.toPerSec ?? 0) * leftUs) / 1e6
  // Poisson arrivals have no exact count; half as many again is beyond any doubt for the counts that matter here.
  const bySchedule = pacing.arrival === 'poisson' ? sum * 1.5 + 10 : sum
  return Math.min(byCount, Math.floor(bySchedule + 1e-6))
}
