/** What a search has found, in plain words. */
import type { Search, SearchedLoad } from '../plan/plan.ts'
import type { Finding, Step, Validity } from '../result/run-result.ts'
import { fitScalingLaw } from './scaling-law.ts'
import type { SearchEnd } from './search.ts'

const UNITS: Readonly<Record<SearchedLoad, string>> = {
  rate: 'messages/s',
  connections: 'connections',
  'connect-rate': 'connections/s',
}

/** `above`: how the step beyond the answer was judged; null: there was none. */
export function describeCapacity(
  steps: readonly Step[],
  search: Search,
  end: SearchEnd,
  above: Validity | null,
): Finding[] {
  return [
    describeAnswer(steps, search, end),
    ...describeLimit(steps, end, above),
    ...describeScaling(steps, search),
  ]
}

function describeAnswer(steps: readonly Step[], { of }: Search, end: SearchEnd): Finding {
  const unit = UNITS[of]
  const answer = { code: 'capacity', value: end.met, unit, low: end.met, high: end.missed }
  const { met, missed, bound } = end
  if (met === null)
    return {
      ...answer,
      verdict: bound === 'server' ? 'bad' : 'unknown',
      message:
        bound === 'server'
          ? `the objectives do not hold at any load down to ${missed} ${unit}`
          : `no load was found at which the objectives hold${bound === 'interrupted' ? ' before the end' : ', as this machine could not make one'}`,
    }
  switch (bound) {
    case 'server':
      return {
        ...answer,
        verdict: 'good',
        message: `holds ${met} ${unit}, and not ${missed}: ${reasonAt(steps, missed)}`,
      }
    case 'generator':
      return {
        ...answer,
        high: null,
        verdict: 'unknown',
        message: `holds at least ${met} ${unit}: at ${missed} this machine, not the server, was the limit`,
      }
    case 'upTo':
      return {
        ...answer,
        verdict: 'good',
        message: `holds at least ${met} ${unit}, the greatest load that was asked for`,
      }
    case 'interrupted':
      return {
        ...answer,
        verdict: 'unknown',
        message: `holds at least ${met} ${unit}; interrupted before the limit was found`,
      }
  }
}

/** What most of the steps at that load failed on. */
function reasonAt(steps: readonly Step[], load: number | null): string {
  const bad = steps.filter((step) => step.load === load && step.outcome !== 'met')
  return bad.at(-1)?.because.join(', ') ?? 'not met'
}

function describeLimit(
  steps: readonly Step[],
  { missed, bound }: SearchEnd,
  above: Validity | null,
): Finding[] {
  if (bound !== 'server' || above === null) return []
  const cpu =
    steps.findLast((step) => step.load === missed && step.outcome === 'missed')?.serverCpuPercent ?? null
  const isServer = above.limitedBy === 'server'
  const message = isServer
    ? 'beyond it the server has no CPU left'
    : above.limitedBy === 'none'
      ? 'beyond it the server waits with CPU to spare: a lock, a queue, a quota or another service'
      : 'what stops it beyond cannot be told: the server is not visible (--server-pid)'
  return [
    {
      code: 'capacity-limit',
      verdict: above.limitedBy === 'unknown' ? 'unknown' : 'good',
      message,
      value: cpu,
      unit: 'percent',
      low: null,
      high: null,
    },
  ]
}

/** Only of rates: there Little's law says how many messages are in the server at once. */
function describeScaling(steps: readonly Step[], { of }: Search): Finding[] {
  if (of !== 'rate') return []
  const points = steps
    .filter(({ outcome }) => outcome !== 'limited')
    .flatMap(({ messagesPerSecond: perSec, meanUs }) =>
      perSec === null || meanUs === null ? [] : [{ concurrency: (perSec * meanUs) / 1e6, perSec }],
    )
  const law = fitScalingLaw(points)
  if (law === null) return []
  const contention = Math.round(law.sigma * 1000) / 10
  return [
    {
      code: 'scaling-law',
      verdict: 'good',
      message: `throughput over concurrency follows the universal scalability law (R² ${law.rSquared.toFixed(2)}): ${contention} % of the work waits its turn${law.kappa > 0 ? `, and crosstalk makes it slower beyond about ${Math.round(law.peakConcurrency ?? 0)} messages at once` : ''}`,
      value: law.sigma,
      unit: 'ratio',
      low: null,
      high: null,
    },
  ]
}
