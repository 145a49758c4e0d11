/** How far a phase has come, and how long phase and run will still take, as far as that can be told. Pure. */
import { countConnections, type Plan } from '../plan/plan.ts'
import type { Glance } from './glance.ts'
import type { PhaseClock } from './run-test.ts'

export interface PhaseProgress {
  readonly share: number | null
  readonly leftUs: number | null
}

/** Too little of a phase to tell its pace. */
const LEAST_SHARE = 0.02

/** `elapsedUs`: of the phase. */
export function measurePhase(
  plan: Plan,
  { phase, durationUs }: Pick<PhaseClock, 'phase' | 'durationUs'>,
  elapsedUs: number,
  glance: Glance,
): PhaseProgress {
  const counted = countedShare(plan, phase, glance)
  if (durationUs !== null && durationUs > 0) {
    const byTime = elapsedUs / durationUs
    // Whichever comes first ends the phase.
    const share = Math.min(1, Math.max(byTime, counted ?? 0))
    const leftUs = counted !== null && counted > byTime ? atPace(elapsedUs, counted) : durationUs - elapsedUs
    return { share, leftUs: leftUs === null ? null : Math.max(0, Math.round(leftUs)) }
  }
  if (counted === null) return { share: null, leftUs: null }
  const { ratePerSec } = plan.connect
  const rampUs =
    phase === 'connect' && ratePerSec !== null ? (countConnections(plan) * 1e6) / ratePerSec : null
  const leftUs = rampUs === null ? atPace(elapsedUs, counted) : rampUs - elapsedUs
  return { share: Math.min(1, counted), leftUs: leftUs === null ? null : Math.max(0, Math.round(leftUs)) }
}

/** With the phases and tests to come, as far as they go by the clock; null: nothing is known. */
export function timeLeft(
  plans: readonly Plan[],
  index: number,
  { phase }: Pick<PhaseClock, 'phase'>,
  { leftUs, share }: PhaseProgress,
): number | null {
  const plan = plans[index]!
  if (phase === 'hold' && leftUs === null && share !== null) return null
  const here = phase === 'connect' ? plan.warmupUs + holdUs(plan) : phase === 'warmup' ? holdUs(plan) : 0
  const later = plans.slice(index + 1).reduce((sum, one) => sum + plannedUs(one), 0)
  const sum = (leftUs ?? 0) + here + later
  return sum === 0 ? null : Math.round(sum)
}

/** Of a phase that ends by a count: messages sent, or connections that are open or failed. */
function countedShare(plan: Plan, phase: PhaseClock['phase'], glance: Glance): number | null {
  if (phase === 'connect') {
    const total = countConnections(plan)
    return plan.cycles > 1 || total === 0 ? null : (glance.opened + glance.failed) / total
  }
  if (phase !== 'hold') return null
  const senders = plan.groups.filter(({ pacing }) => pacing.kind !== 'silent')
  if (senders.length === 0 || senders.some(({ stop }) => stop.messages === null)) return null
  const total = senders.reduce((sum, { count, stop }) => sum + count * stop.messages!, 0) * plan.cycles
  return total === 0 ? null : glance.sentInHold / total
}

function atPace(elapsedUs: number, share: number): number | null {
  return share < LEAST_SHARE ? null : (elapsedUs * (1 - Math.min(1, share))) / share
}

function plannedUs(plan: Plan): number {
  const { ratePerSec } = plan.connect
  const connectUs = ratePerSec === null ? 0 : (countConnections(plan) * 1e6) / ratePerSec
  return plan.cycles * (connectUs + plan.warmupUs + holdUs(plan))
}

/** 0: by count. */
function holdUs(plan: Plan): number {
  return Math.max(0, ...plan.groups.map(({ stop }) => stop.durationUs ?? 0))
}
