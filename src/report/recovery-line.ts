import type { TestResult } from '../result/run-result.ts'
import { formatCount, formatDurationUs } from './format.ts'
import { findCount, findGauge } from './test-figures.ts'
import { flow } from './wrap.ts'

/** `back 50 % 1.00 s, 90 % 1.01 s, 99 % 1.02 s, all 1.02 s   attempts 100, failed 0   messages missed 97 of 3,000`. */
export function recoveryLines(test: TestResult, width: number): string[] {
  const count = (name: string): number => findCount(test, name) ?? 0
  const at = (percent: number): string => {
    const us = findGauge(test, `recovered_${percent}`)
    return us === null ? 'never' : formatDurationUs(us)
  }
  if (count('reconnects_due') === 0) return []
  const due = count('messages_due')
  const missed = count('messages_lost') + count('messages_unsent')
  return flow(
    [
      `back 50 % ${at(50)}, 90 % ${at(90)}, 99 % ${at(99)}, all ${at(100)}`,
      `attempts ${formatCount(count('reconnect_attempts'))}, failed ${formatCount(count('reconnects_failed'))}`,
      ...(due === 0 ? [] : [`messages missed ${formatCount(missed)} of ${formatCount(due)}`]),
    ],
    width,
    '   ',
  )
}
