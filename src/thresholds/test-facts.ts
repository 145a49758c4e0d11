/** What of a test decides which metrics it can produce and how many samples they can have. */
import { type Group, type Plan, slowFromUs } from '../plan/plan.ts'
import type { PlanView } from '../result/run-result.ts'
import { WITHOUT_FLOW } from '../result/special-metrics.ts'
import { METRICS } from './metric-catalog.ts'

export interface TestFacts {
  readonly hasMessages: boolean
  readonly isOpen: boolean
  readonly isTls: boolean
  /** Replies are told apart by their sequence number, as far as the plan can tell. */
  readonly hasSequence: boolean
  readonly hasFanOut: boolean
  readonly hasFlow: boolean
  readonly hasPush: boolean
  readonly hasPromise: boolean
  readonly isStream: boolean
  readonly hasPings: boolean
  readonly hasSilent: boolean
  readonly hasSearch: boolean
  readonly hasReconnect: boolean
  readonly hasLeaving: boolean
  readonly hasCount: boolean
  readonly hasSlow: boolean
  /** Connections over all cycles. */
  readonly connections: number
  /** At most so many messages; infinite when only the server's speed decides. */
  readonly messages: number
  /** At most so many receivers of a message; 0 without fan-out. */
  readonly receivers: number
  /** At most so many pushes; infinite when nothing is promised or the hold has no set length. */
  readonly pushes: number
  /** At most so many pings of ours; infinite without a set length of the hold. */
  readonly pings: number
}

/** Of a plan and its groups, what their two forms have in common. */
type Audience = Pick<Plan, 'fanOut' | 'push' | 'transport' | 'cycles' | 'search'>
interface Members {
  readonly count: number
  readonly pingEveryUs: number | null
  readonly answersPings: boolean
  readonly reconnect: object | null
  readonly durationUs: number | null
}

function factsOfAudience({ fanOut, push, transport, cycles, search }: Audience, groups: readonly Members[]) {
  const everyUs = push?.everyUs ?? null
  const connections = groups.reduce((sum, { count }) => sum + count, 0)
  return {
    hasFanOut: fanOut !== null,
    hasPush: push !== null,
    hasPromise: everyUs !== null,
    isStream: transport === 'event-stream',
    hasPings: groups.some(({ pingEveryUs }) => pingEveryUs !== null),
    hasReconnect: groups.some(({ reconnect }) => reconnect !== null),
    hasSilent: groups.some(({ answersPings }) => !answersPings),
    hasSearch: search !== null,
    connections: cycles * connections,
    receivers:
      fanOut === null ? 0 : groups.reduce((sum, { count }) => sum + Math.ceil(count / fanOut.rooms), 0),
    pushes:
      everyUs === null
        ? Number.POSITIVE_INFINITY
        : cycles * groups.reduce((sum, members) => sum + mostPushes(members, everyUs), 0),
    pings: cycles * groups.reduce((sum, members) => sum + mostPings(members), 0),
  }
}

/** The first is due at once. */
function mostPings({ count, durationUs, pingEveryUs }: Members): number {
  if (pingEveryUs === null) return 0
  return durationUs === null ? Number.POSITIVE_INFINITY : count * (Math.floor(durationUs / pingEveryUs) + 1)
}

/** Two more than fit into the hold: connecting and the drain take a while too. */
function mostPushes({ count, durationUs }: Members, everyUs: number): number {
  return durationUs === null ? Number.POSITIVE_INFINITY : count * (Math.floor(durationUs / everyUs) + 2)
}

/** Before the run; of one group, or of all when null. */
export function factsOfPlan(plan: Plan, only: string | null): TestFacts {
  const groups = plan.groups.filter((group) => only === null || group.name === only)
  const talking = groups.filter((group) => group.pacing.kind !== 'silent')
  return {
    hasMessages: talking.some(({ flow }) => flow === null),
    hasFlow: talking.some(({ flow }) => flow !== null),
    isOpen: talking.some((group) => group.pacing.kind === 'open'),
    isTls: plan.target.urls.some((url) => url.startsWith('wss:')),
    hasSequence: talking.some((group) => group.match !== 'fifo'),
    hasLeaving: plan.leaving !== null,
    hasSlow: slowFromUs({ groups }) !== null,
    hasCount: plan.leaving?.countUrl != null,
    ...factsOfAudience(
      plan,
      groups.map(({ count, stop, behaviour }) => ({
        count,
        durationUs: stop.durationUs,
        pingEveryUs: behaviour.pingEveryUs,
        answersPings: behaviour.pong,
        reconnect: behaviour.reconnect,
      })),
    ),
    messages: plan.cycles * talking.reduce((sum, group) => sum + mostMessages(group), 0),
  }
}

/** After the run, from what the result keeps of the plan; of one group, or of all when null. */
export function factsOfView(view: PlanView, only: string | null): TestFacts {
  const groups = view.groups.filter((group) => only === null || group.name === only)
  const talking = groups.filter((group) => group.pacing !== 'silent')
  return {
    hasMessages: talking.some(({ flow }) => flow === null),
    hasFlow: talking.some(({ flow }) => flow !== null),
    isOpen: talking.some((group) => group.pacing === 'open'),
    isTls: view.tls,
    hasSequence: talking.some((group) => group.match === 'sequence'),
    hasLeaving: view.leaving !== null,
    hasSlow: groups.some(({ slowRead }) => slowRead !== null),
    hasCount: view.leaving?.counts === true,
    ...factsOfAudience(
      view,
      groups.map(({ connections, ...group }) => ({ count: connections, ...group })),
    ),
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
  if (needs === undefined || (facts.hasFlow && WITHOUT_FLOW.has(metric))) return false
  return {
    nothing: true,
    messages: facts.hasMessages,
    open: facts.isOpen,
    tls: facts.isTls,
    sequence: facts.hasSequence,
    'fan-out': facts.hasFanOut,
    push: facts.hasPush,
    promised: facts.hasPromise,
    stream: facts.isStream,
    pings: facts.hasPings,
    silent: facts.hasSilent,
    search: facts.hasSearch,
    flow: facts.hasFlow,
    reconnect: facts.hasReconnect,
    leak: facts.hasLeaving,
    count: facts.hasCount,
    slow: facts.hasSlow,
    returns: facts.isStream || facts.hasReconnect,
  }[needs]
}

/** The greatest number of samples that the metric can have in a test like this. */
export function mostSamples(metric: string, facts: TestFacts): number {
  const { connections, messages, receivers, pushes, pings } = facts
  const samples = METRICS.get(metric)?.samples
  if (samples === 'connections') return connections
  if (samples === 'deliveries') return receivers === 0 ? 0 : messages * receivers
  if (samples === 'pushes') return pushes
  if (samples === 'pings') return pings
  // Of a flow test the messages of the plan are whole flows.
  return samples === 'unknown' ? Number.POSITIVE_INFINITY : messages
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
