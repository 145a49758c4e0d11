/** What a measured floor says about a plan and about a result. Pure sentences, each with its value and its limit. */
import type { Floor } from '../observe/floor-cache.ts'
import type { Plan } from '../plan/plan.ts'
import type { Validity } from './run-result.ts'

/** A finding of preflight, and a reason of a verdict. */
export type FloorNote = Validity['reasons'][number]

/** Of what was measured; asking for more than this share leaves nothing for what the measuring did not have. */
export const SHARE_OF_CAPACITY = 0.8
/** A P50 below this many floors is more the generator's and the kernel's than the server's. */
export const FLOORS_OF_LATENCY = 1.5

export interface Asked {
  /** Messages/s in all. */
  readonly ratePerSec: number
  readonly workers: number
}

/** Notes on what a test asks of this machine, before it starts; empty: nothing is near the floor. */
export function notePlan(plan: Plan, floor: Floor): FloorNote[] {
  const { workers, connect } = plan
  const isPlain = plan.fanOut === null && plan.push === null
  const asked = isPlain ? noteRate({ ratePerSec: peakRate(plan), workers }, floor) : null
  const connecting =
    connect.ratePerSec === null ? null : noteConnectRate({ ratePerSec: connect.ratePerSec, workers }, floor)
  return [asked, connecting].filter((note) => note !== null)
}

/** Over 80 % of what the workers carry; null: within it, or not measured. */
export function noteRate(asked: Asked, floor: Floor): FloorNote | null {
  const each = floor.messagesPerSecondPerCore
  if (each === null || asked.ratePerSec <= each * asked.workers * SHARE_OF_CAPACITY) return null
  return {
    code: 'rate-near-floor',
    message:
      `you asked for ${formatRate(asked.ratePerSec)}/s; this machine tops at about ${formatRate(each)}/s a core ` +
      `(doctor --measure): ${remedyOf(asked, each, floor)}`,
    value: asked.ratePerSec,
    limit: Math.round(each * asked.workers * SHARE_OF_CAPACITY),
  }
}

/** Over 80 % of the connections/s that the workers open; null: within it, or not measured. */
export function noteConnectRate(asked: Asked, floor: Floor): FloorNote | null {
  const each = floor.connectionsPerSecond
  if (each === null || asked.ratePerSec <= each * asked.workers * SHARE_OF_CAPACITY) return null
  return {
    code: 'connect-rate-near-floor',
    message:
      `you asked for ${formatRate(asked.ratePerSec)} connections/s; this machine opens about ${formatRate(each)}/s ` +
      `a core (doctor --measure): ${remedyOf(asked, each, floor, '--connect-rate')}`,
    value: asked.ratePerSec,
    limit: Math.round(each * asked.workers * SHARE_OF_CAPACITY),
  }
}

/** A P50 within 1.5 × of the lowest latency this machine can see; null: above it, or one of them is not known. */
export function noteLatency(p50Us: number | null, floor: Floor): FloorNote | null {
  const least = floor.latencyUs.nullServer.p50
  if (p50Us === null || least === null || p50Us > least * FLOORS_OF_LATENCY) return null
  return {
    code: 'latency-at-floor',
    message:
      `P50 is at the floor of this machine (${formatUs(least)}, doctor --measure): ` +
      'the server may be faster than can be seen',
    value: p50Us,
    limit: Math.round(least * FLOORS_OF_LATENCY),
  }
}

/** The highest rate of the schedules of all groups together; 0 when none has a rate. */
function peakRate({ groups }: Plan): number {
  return groups.reduce((sum, { pacing }) => {
    if (pacing.kind !== 'open') return sum
    return sum + Math.max(...pacing.stages.map(({ fromPerSec, toPerSec }) => Math.max(fromPerSec, toPerSec)))
  }, 0)
}

/** More workers where there are cores for them: the server may be elsewhere, so all of them count. */
function remedyOf(asked: Asked, each: number, floor: Floor, option = '--rate'): string {
  const workers = Math.ceil(asked.ratePerSec / (each * SHARE_OF_CAPACITY))
  const cores = floor.cpusAllowed ?? floor.cpus
  const lower = `a lower ${option}`
  return workers <= cores ? `--workers ${workers} or ${lower}` : `another machine or ${lower}`
}

/** `110 k`, `9.5 k`, `850`: two or three digits, since it is said with `about`. */
function formatRate(perSec: number): string {
  if (perSec < 999.5) return String(Math.round(perSec))
  const thousands = perSec / 1000
  return `${Number(thousands < 10 ? thousands.toFixed(1) : thousands.toFixed(0))} k`
}

function formatUs(us: number): string {
  return us < 1000 ? `${Math.round(us)} µs` : `${(us / 1000).toFixed(1)} ms`
}
