/** Of a test whose connections were all cut: is everybody back, how soon, and how many tried at once? */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { sayCount, sayPart, sayTime } from './finding-words.ts'
import type { Measurements } from './measurements.ts'
import { deriveRecovery } from './recovery.ts'
import type { Finding } from './run-result.ts'

export function findRecoveries({ plan, groups, phases }: Measurements): Finding[] {
  return groups.map((snapshot, index) => {
    const { name, behaviour } = plan.groups[index]!
    const who = groups.length > 1 ? `${name}: ` : ''
    return findRecovery(snapshot, who, behaviour.reconnect?.maxRetries ?? 0, phases.holdUs)
  })
}

function findRecovery(
  snapshot: RecorderSnapshot,
  who: string,
  maxRetries: number,
  holdUs: number | null,
): Finding {
  const { reconnects_due: due, reconnects: back, reconnects_given_up: givenUp } = snapshot.counters
  const gauges = deriveRecovery(snapshot)
  const at = (name: string): number | null => {
    const metric = gauges[name]
    return metric?.type === 'gauge' ? metric.value : null
  }
  const base = {
    code: 'recovery',
    value: at('recovered_100'),
    unit: 'us',
    low: at('recovered_50'),
    high: at('recovered_100'),
  } as const
  if (due === 0) {
    const message = `${who}no connection was lost in ${sayTime(holdUs ?? 0)}, so nobody had to come back`
    return { ...base, verdict: 'unknown', message }
  }
  const peak = at('reconnect_peak')
  const rate = peak === null ? '' : `, at up to ${sayCount(peak)} connects/s`
  if (back >= due) {
    const message = `${who}${sayPart(due, due)} were back ${sayTime(at('recovered_100')!)} after the cut${rate}`
    return { ...base, verdict: 'good', message }
  }
  if (givenUp > 0) {
    const message = `${who}${sayPart(givenUp, due)} never came back: they gave up after ${maxRetries} retries`
    return { ...base, verdict: 'bad', message }
  }
  const message = `${who}${sayPart(due - back, due)} were not back when the test ended: give it a longer --duration`
  return { ...base, verdict: 'unknown', message }
}
