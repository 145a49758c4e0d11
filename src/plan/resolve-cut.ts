/** How and when the connections of a reconnect test are lost. */
import type { Mistake } from '../errors.ts'
import type { Settings } from './option-table.ts'
import type { Cut, Group } from './plan.ts'
import { describeConflict } from './settings.ts'

const AFTER_US = 5_000_000
/** Of the load, when that is too short for the usual time. */
const SHORT_SHARE = 0.25

export function resolveCut(settings: Settings, groups: readonly Group[], mistakes: Mistake[]): Cut {
  const { cut, cutAfter, restartCommand } = settings
  const holdUs = Math.max(0, ...groups.map(({ stop }) => stop.durationUs ?? 0))
  const usualUs = Math.min(AFTER_US, Math.round(holdUs * SHORT_SHARE))
  if (cut !== undefined && restartCommand !== undefined) {
    const problem = 'cannot go with --restart-command, which is what ends the connections'
    mistakes.push(describeConflict('cut', cut, problem, 'one of the two', '--cut reset'))
  }
  if (cut?.value === 'watch' && cutAfter !== undefined) {
    const problem = 'cannot go with --cut watch, which waits for what comes'
    mistakes.push(describeConflict('cutAfter', cutAfter, problem, 'without --cut watch', '--cut-after 5s'))
  }
  if (cutAfter !== undefined && cutAfter.value >= holdUs) {
    const problem = 'is not before the end of the load, so nobody could come back'
    mistakes.push(
      describeConflict('cutAfter', cutAfter, problem, 'a time under --duration', '--cut-after 5s'),
    )
  }
  return {
    by: restartCommand !== undefined ? 'command' : (cut?.value ?? 'reset'),
    afterUs: cutAfter?.value ?? usualUs,
    command: restartCommand?.value ?? null,
  }
}
