/** What became of connections on which nothing is sent: kept, or dropped, and after how long. */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { unitOf } from '../record/series.ts'
import { sayCount, sayPart, sayRange, sayTime } from './finding-words.ts'
import { type CommonLifetime, findCommonLifetime } from './lifetimes.ts'
import type { Finding } from './run-result.ts'

/** From this share on, the lifetime that most dropped connections have stands for all. */
const COMMON_SHARE = 0.8

/** `who`: what the connections are called, e.g. `idle connections`. */
export function findDrops(
  { counters, trends }: RecorderSnapshot,
  { code, who, heldUs }: { readonly code: string; readonly who: string; readonly heldUs: number | null },
): Finding {
  const { connections_opened: opened, connections_closed: closed } = counters
  if (opened === 0 || heldUs === null)
    return { code, verdict: 'unknown', message: `no ${who} could be held`, ...NOTHING }
  if (closed === 0) {
    const message = `${sayPart(opened, opened)} ${who} stayed open for ${sayTime(heldUs)}`
    return { code, verdict: 'good', message, value: 0, unit: 'us', low: Math.round(heldUs), high: null }
  }
  const lifetime = findCommonLifetime(trends.connection_lifetime, unitOf('connection_lifetime'))!
  const message = `${sayPart(closed, opened)} ${who} were dropped${sayLifetime(lifetime, trends.connection_lifetime!)}`
  return {
    code,
    verdict: 'bad',
    message,
    value: lifetime.lowUs,
    unit: 'us',
    low: lifetime.lowUs,
    high: lifetime.highUs,
  }
}
const NOTHING = { value: null, unit: 'us', low: null, high: null } as const

/** ` after 60 s`, `, most of them (18) after 60 s`, ` after 3.0 to 45 s`. */
function sayLifetime(
  { lowUs, count, total }: CommonLifetime,
  { min, max }: { readonly min: number; readonly max: number },
): string {
  const unitUs = unitOf('connection_lifetime')
  if (count === total) return ` after ${sayTime(lowUs)}`
  if (count >= COMMON_SHARE * total) return `, most of them (${sayCount(count)}) after ${sayTime(lowUs)}`
  return ` after ${sayRange(min * unitUs, max * unitUs)}`
}
