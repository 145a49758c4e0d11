/** Schedules of open workloads: what people write (`0..1k/s over 10s, 1k/s`), the stages of a plan, and their integral. */
import type { Stage } from './plan.ts'
import { accept, type Parsed, parseDurationUs, parseRate, type RateRange, reject } from './units.ts'

/** `durationUs` null: over what is left of the hold. */
export interface RateStage extends RateRange {
  readonly durationUs: number | null
}

const SECOND_US = 1_000_000

/** Stages parted by commas, each `RATE` or `FROM..TO`, with `over TIME` on all but the last. */
export function parseRateSchedule(text: string): Parsed<readonly RateStage[]> {
  const stages: RateStage[] = []
  const parts = text.split(',')
  for (const [index, part] of parts.entries()) {
    const [rateText = '', timeText, ...rest] = part.split(/\bover\b/).map((piece) => piece.trim())
    const rate = parseRate(rateText)
    if (!rate.ok) return rate
    if (rest.length > 0) return reject('has "over" twice in one stage')
    if (timeText === undefined && index < parts.length - 1) {
      return reject(`has no "over TIME" in stage ${index + 1}`)
    }
    const time = timeText === undefined ? accept(null) : parseDurationUs(timeText)
    if (!time.ok) return reject(`has a time "${timeText}" that ${time.problem}`)
    if (time.value === 0) return reject(`has a stage ${index + 1} of no length`)
    stages.push({ ...rate.value, durationUs: time.value })
  }
  if (stages.every((stage) => stage.toPerSec === 0 && stage.fromPerSec === 0)) return reject('is zero')
  return accept(stages)
}

/** Length of all stages together, µs; null when the last one has no length of its own. */
export function scheduleLengthUs(schedule: readonly RateStage[]): number | null {
  let sumUs = 0
  for (const stage of schedule) {
    if (stage.durationUs === null) return null
    sumUs += stage.durationUs
  }
  return sumUs
}

/** A ramp without a length of its own ends with the hold, so it needs one. */
export function needsHoldLength(schedule: readonly RateStage[]): boolean {
  return schedule.some((stage) => stage.durationUs === null && stage.fromPerSec !== stage.toPerSec)
}

/**
 * The stages of a plan, rates times `factor` (connections, for a rate a connection). A last stage without a length
 * fills up the hold; for a constant rate its length does not matter, as the end rate holds.
 */
export function toStages(schedule: readonly RateStage[], holdUs: number | null, factor: number): Stage[] {
  let fromUs = 0
  return schedule.map((stage) => {
    const durationUs = stage.durationUs ?? Math.max(SECOND_US, (holdUs ?? 0) - fromUs)
    fromUs += durationUs
    return { fromPerSec: stage.fromPerSec * factor, toPerSec: stage.toPerSec * factor, durationUs }
  })
}

/** Messages due within the first `untilUs` of the schedule. The first is due at its start, so a part of one counts. */
export function countDue(stages: readonly Stage[], untilUs: number): number {
  let due = 0
  let leftUs = untilUs
  for (const { fromPerSec, toPerSec, durationUs } of stages) {
    const partUs = Math.min(leftUs, durationUs)
    const endPerSec =
      durationUs === 0 ? toPerSec : fromPerSec + ((toPerSec - fromPerSec) * partUs) / durationUs
    due += ((fromPerSec + endPerSec) / 2) * (partUs / SECOND_US)
    leftUs -= partUs
    if (leftUs <= 0) break
  }
  due += (stages.at(-1)?.toPerSec ?? 0) * (leftUs / SECOND_US)
  // The integral is right to rounding, so a millionth over a whole number is no message. As engine/schedule.ts has it.
  return Math.max(0, Math.ceil(due - 1e-6 - due * 2 ** -51))
}

/** Time until `messages` are due, µs; null when the schedule ends at rate zero before that. */
export function timeUntilDueUs(stages: readonly Stage[], messages: number): number | null {
  let due = 0
  let atUs = 0
  for (const { fromPerSec, toPerSec, durationUs } of stages) {
    const seconds = durationUs / SECOND_US
    const inStage = ((fromPerSec + toPerSec) / 2) * seconds
    if (due + inStage >= messages) {
      // Solve from·t + slope·t²/2 = wanted in the form that stays exact when the slope is zero.
      const wanted = messages - due
      const slope = seconds === 0 ? 0 : (toPerSec - fromPerSec) / seconds
      const root = Math.sqrt(Math.max(0, fromPerSec * fromPerSec + 2 * slope * wanted))
      return atUs + (wanted === 0 ? 0 : (2 * wanted * SECOND_US) / (fromPerSec + root))
    }
    due += inStage
    atUs += durationUs
  }
  const endPerSec = stages.at(-1)?.toPerSec ?? 0
  return endPerSec > 0 ? atUs + ((messages - due) / endPerSec) * SECOND_US : null
}
