import { countConnections, type Plan } from '../plan/plan.ts'
import type { TrendSnapshot } from '../record/trend.ts'
import { intervalTrend } from '../result/headline.ts'
import { trendPercentileUs } from '../result/histogram.ts'
import { isOpenPlan } from '../result/metrics.ts'
import { type Progress, RECENT_INTERVALS, type RecentInterval } from '../result/progress.ts'
import type { Interval } from '../result/run-result.ts'
import { judgeValidity, SHORTEST_JUDGED_US } from '../result/validity.ts'
import { type Glance, ratePerSec } from './glance.ts'
import { measurePhase, timeLeft } from './phase-progress.ts'
import type { PhaseClock } from './run-test.ts'
import type { Standing } from './standing.ts'

export interface ProgressMeter {
  /** An interval has ended: percentiles, load and validity are new. */
  addInterval(interval: Interval, standing: Standing): void
  /** Counters and the clock as they are now. */
  look(glance: Glance, clock: PhaseClock): Progress
}

/** Rates are of so long. */
const WINDOW_US = 1_000_000
const LEAST_RECENT_US = 500_000

/** Intervals and glances of one test -> what a person watching it sees. `label`: what it is called. */
export function createProgressMeter(plans: readonly Plan[], index: number, label: string): ProgressMeter {
  const plan = plans[index]!
  const connectionsTotal = countConnections(plan)
  let lost = 0
  let interval: Interval | null = null
  let ofInterval = describeInterval(plan, null, null, 0)
  let validity: Progress['validity'] = null
  let recent: readonly RecentInterval[] = []
  let glances: readonly Glance[] = []

  return {
    addInterval(ended, { latency, facts }) {
      lost += ended.lost
      interval = ended
      ofInterval = describeInterval(plan, ended, latency, lost)
      validity = judgeSoFar(facts) ?? validity
      // What a phase leaves over of a second would stand beside whole ones, and no load is no measurement.
      if (ended.durationUs < LEAST_RECENT_US || ended.phase === 'connect') return
      const receivedPerSec = (ended.received * 1e6) / ended.durationUs
      recent = [...recent.slice(1 - RECENT_INTERVALS), { receivedPerSec, p99Us: ended.p99Us }]
    },
    look(glance, clock) {
      const fromUs = glance.atUs - WINDOW_US
      // The last one before the window stays: from there the window is whole.
      const first = glances.findLastIndex(({ atUs }) => atUs <= fromUs)
      glances = [...glances.slice(Math.max(0, first)), glance]
      const rate = (counter: 'sent' | 'received' | 'opened') =>
        Math.round(ratePerSec(glances[0]!, glance, counter))
      const elapsedUs = Math.max(0, Math.round(glance.atUs - clock.sinceUs))
      const phase = measurePhase(plan, clock, elapsedUs, glance)
      return {
        test: label,
        testNumber: index + 1,
        testCount: plans.length,
        phase: clock.phase,
        phaseElapsedUs: elapsedUs,
        phaseDurationUs: clock.durationUs,
        phaseShare: phase.share,
        phaseLeftUs: phase.leftUs,
        runLeftUs: timeLeft(plans, index, clock, phase),
        connectionsTotal,
        connectionsOpen: glance.opened - glance.closed,
        connectionsFailed: glance.failed,
        openedPerSec: rate('opened'),
        sentPerSec: rate('sent'),
        receivedPerSec: rate('received'),
        receivedKind: kindOfReceived(plan),
        isSending: plan.groups.some(({ pacing }) => pacing.kind !== 'silent'),
        ...ofInterval,
        isOpen: isOpenPlan(plan),
        recent,
        errors: Object.values(glance.errors).reduce((sum, count) => sum + count, 0),
        errorClasses: Object.entries(glance.errors)
          .map(([name, count]) => ({ class: name, count }))
          .sort((a, b) => b.count - a.count),
        serverCpuPercent: interval?.serverCpuPercent ?? null,
        serverRssBytes: interval?.serverRssBytes ?? null,
        generatorBusy: interval?.loopBusy ?? null,
        generatorCpuPercent: interval?.generatorCpuPercent ?? null,
        generatorRssBytes: interval?.generatorRssBytes ?? null,
        validity,
      }
    },
  }
}

/** Latencies of the last interval, and of its phase so far. */
function describeInterval(
  { testType, limits }: Plan,
  interval: Interval | null,
  latency: TrendSnapshot | null,
  lost: number,
) {
  const isConnecting = interval === null || interval.phase === 'connect'
  const above = isConnecting ? (interval?.connectionsFailed ?? 0) : lost
  const [p50, p99] = [trendPercentileUs(latency, 50, above), trendPercentileUs(latency, 99, above)]
  return {
    latencyMetric: isConnecting ? 'connect_time' : intervalTrend(testType),
    latencyTimeoutUs: isConnecting ? limits.connectTimeoutUs : limits.replyTimeoutUs,
    currentP50Us: isConnecting ? null : interval.p50Us,
    currentP99Us: isConnecting ? null : interval.p99Us,
    currentMaxUs: isConnecting ? null : interval.maxUs,
    p50Us: p50.valueUs,
    p50Mark: p50.mark,
    p99Us: p99.valueUs,
    p99Mark: p99.mark,
    pacerLagP99Us: interval?.pacerLagP99Us ?? null,
  }
}

/** Null: there is not yet enough to tell. What this machine has already spoiled can be told at once. */
function judgeSoFar(facts: Standing['facts']): Progress['validity'] {
  const verdict = judgeValidity(facts)
  const isLong = facts.judgedUs !== null && facts.judgedUs >= SHORTEST_JUDGED_US
  return isLong || verdict.state === 'invalid' ? verdict : null
}

function kindOfReceived({ testType }: Plan): Progress['receivedKind'] {
  if (testType === 'idle') return null
  const latency = intervalTrend(testType)
  if (latency === 'delivery_time') return 'deliveries'
  if (latency === 'push_interval') return 'pushes'
  if (latency === 'flow_time') return 'messages'
  return latency === 'ping_time' ? 'pongs' : 'replies'
}
