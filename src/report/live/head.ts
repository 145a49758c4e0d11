import type { Progress } from '../../result/progress.ts'
import { formatPercent, formatSpanUs } from '../format.ts'
import type { Paint } from '../paint.ts'
import { drawBar } from '../sparkline.ts'
import { clip } from '../wrap.ts'

const LEAST_BAR = 8
const WIDEST_BAR = 60

/** The first line: which test and phase, how far it is, and how long it will take. */
export function drawHead(progress: Progress, width: number, paint: Paint): string {
  const name = nameTest(progress)
  const phase = namePhase(progress)
  const ends = [`${describeTime(progress)}${describeRest(progress)}`, describeTime(progress)]
  for (const end of ends) {
    const room = width - name.length - phase.length - end.length - 3 * GAP.length
    if (progress.phaseShare === null && room + GAP.length >= 0)
      return [paint.strong(name), phase, end].join(GAP)
    if (progress.phaseShare === null || room < LEAST_BAR) continue
    const { done, rest } = drawBar(progress.phaseShare, Math.min(room, WIDEST_BAR))
    return [paint.strong(name), phase, `${paint.good(done)}${paint.dim(rest)}`, end].join(GAP)
  }
  return clip([name, phase, ends[1]].join(GAP), width)
}
const GAP = '  '

export function nameTest({ test, testNumber, testCount }: Progress): string {
  return testCount > 1 ? `${test} ${testNumber}/${testCount}` : test
}

export function namePhase({ phase }: Progress): string {
  return phase === 'warmup' ? 'warm-up' : phase
}

/** `3 of 5 s`, `41 %, 12 s left`, `0.4 s`. */
function describeTime({ phaseElapsedUs, phaseDurationUs, phaseShare, phaseLeftUs }: Progress): string {
  if (phaseDurationUs !== null)
    return `${showSeconds(Math.min(phaseElapsedUs, phaseDurationUs))} of ${formatSpanUs(phaseDurationUs)}`
  const left = phaseLeftUs === null ? '' : `, ~${showSeconds(phaseLeftUs)} left`
  if (phaseShare !== null) return `${formatPercent(Math.floor(phaseShare * 100))}${left}`
  return showTenths(phaseElapsedUs)
}

/** What is left of phase and run, where that says more than the phase's own length does. */
function describeRest({ phaseDurationUs, phaseLeftUs, runLeftUs }: Progress): string {
  if (runLeftUs !== null && runLeftUs >= (phaseLeftUs ?? 0) + 1e6)
    return `, ~${showSeconds(runLeftUs)} to go in all`
  return phaseDurationUs === null || phaseLeftUs === null ? '' : `, ${showSeconds(phaseLeftUs)} left`
}

/** Seconds to a tenth: `0.4 s`, and `0 s` where `0 µs` would look like a measurement. */
export function showTenths(us: number): string {
  return us < 1e5 ? '0 s' : formatSpanUs(Math.floor(us / 1e5) * 1e5)
}

/** Seconds to the nearest one. */
export function showSeconds(us: number): string {
  return us < 5e5 ? '0 s' : formatSpanUs(Math.round(us / 1e6) * 1e6)
}
