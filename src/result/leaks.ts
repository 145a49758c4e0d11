/** What a server keeps of connections that are over: its memory, open files and threads after each cycle, by how they left. */

import type { Cycle } from './run-result.ts'
import { fitGrowth, type Growth, type Point } from './theil-sen.ts'

/** The heap of a healthy server takes its size in these cycles, so they say nothing about leaks. */
const DROPPED_SHARE = 1 / 3
/** Growth over all cycles that counts once memory was seen to be given back; and before that. */
export const LEAST_LEAK_BYTES = 16_000_000
/** Measured: a Node server without a leak takes 45 MB until it collects garbage for the first time. */
export const LEAST_UNRETURNED_BYTES = 60_000_000
/** Who is to be called flat must have been watched until no more than this can be hidden in what a connection leaves. */
export const MOST_HIDDEN_BYTES = 1000
/** Memory that was given back: below, nobody has collected garbage. */
const LEAST_RELEASE_BYTES = 4_000_000
/** The last rise of a server that collects garbage, against the greatest that it has given back before. */
const USUAL_RISE = 1.25

export type Leave = NonNullable<Cycle['leave']>
export type Verdict = 'flat' | 'growing' | 'unknown'
export type MemoryGrowth = Growth & { readonly verdict: Verdict }

/** Of one way to leave. */
export interface Leak {
  readonly leave: Leave
  /** Null: not visible, or too few cycles. */
  readonly memory: MemoryGrowth | null
  readonly descriptors: Kept | null
  readonly threads: Kept | null
  /** The cycles that count. */
  readonly kept: readonly Cycle[]
}

/** What can be counted: from the first counting cycle to the last. */
export interface Kept {
  readonly first: number
  readonly last: number
  /** A connection. */
  readonly each: number
  readonly verdict: Verdict
}

export function listLeaks(cycles: readonly Cycle[]): Leak[] {
  const kinds = [...new Set(cycles.flatMap(({ leave }) => (leave === null ? [] : [leave])))]
  const floors = findFloors(cycles)
  return kinds.map((leave) => {
    const kept = keepOf(cycles, (cycle) => cycle.leave === leave)
    return {
      leave,
      kept,
      memory: judgeMemory(kept, floors),
      descriptors: judgeKept(pointsOf(kept, ({ serverDescriptors }) => serverDescriptors)),
      threads: judgeKept(pointsOf(kept, ({ serverThreads }) => serverThreads)),
    }
  })
}

/** All that are over, however they left: twice the cycles show what those of one kind cannot. */
export function judgeWhole(cycles: readonly Cycle[]): MemoryGrowth | null {
  const kept = keepOf(cycles, ({ leave }) => leave === 'clean' || leave === 'reset')
  return judgeMemory(kept, findFloors(cycles))
}

function keepOf(cycles: readonly Cycle[], isWanted: (cycle: Cycle) => boolean): readonly Cycle[] {
  const all = cycles.filter(isWanted)
  return all.slice(Math.ceil(all.length * DROPPED_SHARE))
}

/** What memory never fell below afterwards: of a server that collects garbage this is what it keeps. */
interface Floors {
  readonly of: ReadonlyMap<Cycle, number>
  /** The most that was given back. */
  readonly release: number
  /** The last cycle after which much was given back; from there on garbage and leak look alike. Null: nothing ever was. */
  readonly lastRelease: Cycle | null
}

function findFloors(cycles: readonly Cycle[]): Floors {
  const known = cycles.filter(({ serverRssBytes }) => serverRssBytes !== null)
  const floors = new Map<Cycle, number>()
  let floor = Number.POSITIVE_INFINITY
  for (const cycle of known.toReversed()) {
    floor = Math.min(floor, cycle.serverRssBytes!)
    floors.set(cycle, floor)
  }
  const release = Math.max(0, ...known.map((cycle) => cycle.serverRssBytes! - floors.get(cycle)!))
  if (release < LEAST_RELEASE_BYTES) return { of: floors, release: 0, lastRelease: null }
  let peak = 0
  let lastRelease: Cycle | null = null
  for (const cycle of known) {
    const bytes = cycle.serverRssBytes!
    if (peak - bytes < release / 2) peak = Math.max(peak, bytes)
    else {
      lastRelease = cycle
      peak = bytes
    }
  }
  return { of: floors, release, lastRelease }
}

function judgeMemory(kept: readonly Cycle[], floors: Floors): MemoryGrowth | null {
  const floorOf = (cycle: Cycle): number | null => floors.of.get(cycle) ?? null
  const growth = fitGrowth(pointsOf(kept, floorOf))
  if (growth === null) return null
  const { lastRelease, release } = floors
  const garbage =
    lastRelease === null ? LEAST_UNRETURNED_BYTES : Math.max(LEAST_LEAK_BYTES, USUAL_RISE * release)
  if (growth.low * growth.span > garbage) return { ...growth, verdict: 'growing' }
  if (lastRelease === null) return { ...growth, verdict: isFlat(growth) ? 'flat' : 'unknown' }
  // What came after the last release is garbage as likely as it is kept.
  const sure = kept.filter(({ cycle }) => cycle <= lastRelease.cycle)
  const proven = fitGrowth(pointsOf(sure, floorOf))
  const rise = (kept.at(-1)?.serverRssBytes ?? 0) - lastRelease.serverRssBytes!
  if (proven === null || rise > USUAL_RISE * release) return { ...growth, verdict: 'unknown' }
  return { ...proven, verdict: isFlat(proven) ? 'flat' : 'unknown' }
}

function isFlat({ high, span }: Growth): boolean {
  return high <= MOST_HIDDEN_BYTES && high * span < LEAST_LEAK_BYTES
}

function pointsOf(cycles: readonly Cycle[], pick: (cycle: Cycle) => number | null): Point[] {
  return cycles.flatMap((cycle) => {
    const y = pick(cycle)
    return y === null ? [] : [{ x: cycle.connections, y }]
  })
}

/** Exact counts: a leak rises from cycle to cycle; what comes and goes (a connection of somebody else's) does not. */
function judgeKept(points: readonly Point[]): Kept | null {
  const growth = fitGrowth(points)
  if (growth === null) return null
  const [first, last] = [points[0]!.y, points.at(-1)!.y]
  const verdict = growth.low > 0 ? 'growing' : last > first && growth.high > 0 ? 'unknown' : 'flat'
  return { first, last, each: growth.slope, verdict }
}
