import { nowUs } from '../engine/clock.ts'
import { countConnections, type Plan } from '../plan/plan.ts'
import type { TrendSnapshot } from '../record/trend.ts'
import { trendPercentileUs } from '../result/histogram.ts'
import type { Progress } from '../result/progress.ts'
import type { Interval } from '../result/run-result.ts'
import type { PhaseClock } from './run-test.ts'

export interface ProgressMeter {
  update(interval: Interval, latencySoFar: TrendSnapshot | null, clock: PhaseClock): Progress
}

/** Intervals of one test -> what a person watching it sees. */
export function createProgressMeter(plan: Plan, testNumber: number, testCount: number): ProgressMeter {
  let lost = 0
  return {
    update(interval, latency, { phase, sinceUs, durationUs }) {
      lost += interval.lost
      const perSecond = (count: number) => Math.round((count * 1e6) / interval.durationUs)
      return {
        test: plan.testType,
        testNumber,
        testCount,
        phase,
        phaseElapsedUs: Math.max(0, Math.round(nowUs() - sinceUs)),
        phaseDurationUs: durationUs,
        connectionsTotal: countConnections(plan),
        connectionsOpen: interval.connectionsOpen,
        connectionsFailed: interval.connectionsFailed,
        sentPerSec: perSecond(interval.sent),
        receivedPerSec: perSecond(interval.received),
        p50Us: trendPercentileUs(latency, 50, lost).valueUs,
        p99Us: trendPercentileUs(latency, 99, lost).valueUs,
        pacerLagP99Us: interval.pacerLagP99Us,
        errors: lost + interval.connectionsFailed,
        serverCpuPercent: interval.serverCpuPercent,
        generatorBusy: interval.loopBusy,
      }
    },
  }
}
