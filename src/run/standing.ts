/** What there is of a test when an interval has ended: made for someone who watches, once a second. */
import { isFanOutTest, type Plan } from '../plan/plan.ts'
import { type FailureClass, type FailureCount, readTally } from '../record/failures.ts'
import type { CounterName } from '../record/series.ts'
import type { ShardMemory } from '../record/shard-memory.ts'
import type { TrendSnapshot } from '../record/trend.ts'
import { trendPercentileUs } from '../result/histogram.ts'
import type { Interval } from '../result/run-result.ts'
import type { ValidityFacts } from '../result/validity.ts'
import { type Circumstances, gatherFacts, judgedLatency } from '../result/validity-facts.ts'
import { mergeOf } from './collector.ts'

export interface Standing {
  /** Of the phase so far; of the connect phase its times to connect. */
  readonly latency: TrendSnapshot | null
  readonly facts: ValidityFacts
}

/** Of the phase so far, as the collector has read them. */
export interface TrendsSoFar {
  readonly latency: TrendSnapshot | null
  readonly lag: TrendSnapshot | null
}

export function describeStanding(
  plan: Plan,
  shards: readonly ShardMemory[],
  { phase }: Interval,
  { latency, lag }: TrendsSoFar,
  circumstances: Circumstances,
): Standing {
  const groups = shards.flatMap((shard) => shard.groups)
  const count = (name: CounterName): number => groups.reduce((sum, { hold }) => sum + hold.get(name), 0)
  const deliveries = judgedLatency(plan) === 'delivery_time' && !isFanOutTest(plan.testType)
  const judged = deliveries ? mergeOf(groups, 'hold', 'delivery_time') : latency
  return {
    latency: phase === 'connect' ? mergeOf(groups, 'hold', 'connect_time') : latency,
    facts: gatherFacts(
      {
        count,
        pacerLagP99Us: trendPercentileUs(lag, 99, 0).valueUs,
        retryLagP99Us: null,
        returnP99Us: null,
        latencyP99Us: trendPercentileUs(judged, 99, count('messages_lost')).valueUs,
      },
      { ...circumstances, failures: listFailures(shards) },
    ),
  }
}

/** Details and times come with the shards' reports, when the test is over. */
function listFailures(shards: readonly ShardMemory[]): FailureCount[] {
  return shards.flatMap(({ tally }) =>
    Object.entries(readTally(tally).errors).map(([name, count]) => ({
      class: name as FailureClass,
      detail: name,
      count,
      ends: 0,
      firstAtUs: 0,
    })),
  )
}
