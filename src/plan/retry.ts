/** How clients come back that have lost their connection: read from an option, and when each retry is due. */
import type { Retry } from './plan.ts'
import { accept, type Parsed, parseDurationUs, reject } from './units.ts'

export type RetryPolicy = Pick<Retry, 'policy' | 'baseUs'>

/** As in the documents: 1, 2, 4, 8, … s. */
const BASE_US = 1_000_000

/** `now`, `fixed:1s`, `exponential` or `exponential:500ms`. */
export function parseRetryPolicy(text: string): Parsed<RetryPolicy> {
  const [policy = '', ...rest] = text.split(':')
  const time = rest.join(':')
  if (policy === 'now')
    return time === '' && rest.length === 0 ? accept({ policy, baseUs: 0 }) : reject('waits for nothing')
  if (policy !== 'fixed' && policy !== 'exponential') return reject(text === '' ? 'is empty' : 'is not known')
  if (rest.length === 0) return accept({ policy, baseUs: BASE_US })
  const parsed = parseDurationUs(time)
  if (!parsed.ok) return parsed
  return parsed.value > 0
    ? accept({ policy, baseUs: parsed.value })
    : reject('waits for nothing: that is now')
}

/** Before retry number `attempt` (0-based) of a connection. `random`: 0 to 1, for the jitter. */
export function retryDelayUs({ policy, baseUs, jitter }: Retry, attempt: number, random: number): number {
  const delayUs = policy === 'exponential' ? baseUs * 2 ** attempt : baseUs
  return jitter === 'full' ? delayUs * random : delayUs
}
