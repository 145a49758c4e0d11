/** How the clients of a leak test leave, and how often. */
import type { Mistake } from '../errors.ts'
import type { Settings } from './option-table.ts'
import type { Leave, Leaving } from './plan.ts'
import { describeConflict } from './settings.ts'

/** Of each kind: enough for an interval around the growth that is not all the world. */
const CYCLES = 20
const USUAL: readonly Leave[] = ['clean', 'reset']

export function resolveLeaving(settings: Settings, mistakes: Mistake[]): Leaving {
  const { leave, countUrl, countPath } = settings
  if (countUrl !== undefined && countPath === undefined) {
    const problem = 'needs --count-path, which says where the count stands'
    mistakes.push(describeConflict('countUrl', countUrl, problem, 'both', '--count-path /active_connections'))
  }
  if (countPath !== undefined && countUrl === undefined) {
    const problem = 'needs --count-url, the page that it is in'
    mistakes.push(
      describeConflict('countPath', countPath, problem, 'both', '--count-url http://HOST:3000/ws/stats'),
    )
  }
  return {
    kinds: leave === undefined ? USUAL : [...new Set(leave.map(({ value }) => value))],
    countUrl: countUrl?.value ?? null,
    countPath: countPath?.value ?? '',
  }
}

/** Cycles in all. */
export function countCycles({ cycles }: Settings, { kinds }: Leaving): number {
  return (cycles?.value ?? CYCLES) * kinds.length
}

/** How clients leave at the end of that cycle, 0-based, of so many. */
export function leaveOf({ kinds }: Leaving, cycle: number, cycles: number): Leave {
  return kinds[Math.floor((cycle * kinds.length) / cycles)]!
}
