/** Finds the greatest load at which a server still does what was asked: grow, bisect, confirm. Pure: the caller measures. */

/** What one step showed. `limited`: the generator could not make that load, so nothing is known of the server. */
export type Outcome = 'met' | 'missed' | 'limited'

export interface SearchRange {
  readonly from: number
  /** Never below it: smaller loads have too few messages for any figure. */
  readonly least: number
  /** Never beyond it; null: no bound. */
  readonly upTo: number | null
  /** The answer lies within this share of the load: 0.03. */
  readonly precision: number
  /** Steps at each of the two loads around the answer; the majority decides. Odd. */
  readonly repeats: number
}

export interface SearchEnd {
  /** Greatest load that was met by the majority of its steps; null: none was. */
  readonly met: number | null
  /** Least load above it that was not met; null: none was tried, since `upTo` was met. */
  readonly missed: number | null
  /** Why the load above was not met: the server missed it, or this machine could not make it. */
  readonly bound: 'server' | 'generator' | 'upTo' | 'interrupted'
}

/** Doubling from 1,000 gets beyond any machine long before. */
const MOST_DOUBLINGS = 24
/** A generator that cannot make a sixteenth of the first load has another trouble than the load. */
const MOST_LIMITED = 5
/** How often the bracket may move after it was found: steps of the precision each way. */
const MOST_MOVES = 12

/** Null from `probe`: interrupted. Loads are whole numbers. */
export async function searchCapacity(
  range: SearchRange,
  probe: (load: number) => Promise<Outcome | null>,
): Promise<SearchEnd> {
  const { least, upTo, precision, repeats } = range
  const seen = new Map<number, Outcome[]>()
  let isInterrupted = false

  async function measure(load: number): Promise<Outcome | null> {
    const outcome = await probe(load)
    if (outcome === null) isInterrupted = true
    else seen.set(load, [...(seen.get(load) ?? []), outcome])
    return outcome
  }

  /** One good step is believed for now; a bad one only when it is bad again, since a machine may hiccup. */
  async function decide(load: number): Promise<Outcome | null> {
    const first = await measure(load)
    if (first === null || first === 'met') return first
    const second = await measure(load)
    if (second === null || second === first) return second
    return await measure(load)
  }

  /** By the majority of `repeats` steps. */
  async function confirm(load: number): Promise<Outcome | null> {
    while ((seen.get(load)?.length ?? 0) < repeats) {
      const leader = leaderOf(seen.get(load) ?? [], repeats)
      if (leader !== null) return leader
      if ((await measure(load)) === null) return null
    }
    return leaderOf(seen.get(load) ?? [], repeats) ?? 'missed'
  }

  const end = (met: number | null, missed: number | null): SearchEnd => {
    if (isInterrupted) return { met, missed, bound: 'interrupted' }
    const above = missed === null ? [] : (seen.get(missed) ?? [])
    const isOurs = above.filter((outcome) => outcome === 'limited').length * 2 > above.length
    return { met, missed, bound: missed === null ? 'upTo' : isOurs ? 'generator' : 'server' }
  }

  let met: number | null = null
  let missed: number | null = null
  // Grow until it is missed, or shrink until it is met.
  let load = clamp(Math.max(least, range.from), upTo)
  let limited = 0
  for (let doubling = 0; doubling < MOST_DOUBLINGS; doubling++) {
    const outcome = await decide(load)
    if (outcome === null) return end(met, missed)
    if (outcome === 'met') met = load
    else missed = load
    if (met !== null && missed !== null) break
    if (met !== null && met === upTo) break
    if (missed !== null && missed <= least) break
    if (outcome === 'limited' && ++limited === MOST_LIMITED) break
    load = outcome === 'met' ? clamp(met! * 2, upTo) : Math.max(least, Math.floor(missed! / 2))
  }
  while (met !== null && missed !== null && missed > Math.max(met + 1, met * (1 + precision))) {
    const middle = Math.round(Math.sqrt(met * missed))
    if (middle === met || middle === missed) break
    const outcome = await decide(middle)
    if (outcome === null) return end(met, missed)
    if (outcome === 'met') met = middle
    else missed = middle
  }
  // Both sides are looked at again: one lucky step, or one hiccup on the way, has moved the bracket.
  for (let move = 0; move < MOST_MOVES && met !== null; move++) {
    const below = await confirm(met)
    if (below === null) return end(met, missed)
    if (below !== 'met') {
      missed = met
      met = largestMet(seen, missed, repeats) ?? stepDown(met, precision, least)
      continue
    }
    if (missed === null) break
    const above = await confirm(missed)
    if (above === null) return end(met, missed)
    if (above !== 'met') break
    met = missed
    missed = met === upTo ? null : clamp(Math.max(met + 1, Math.round(met * (1 + precision))), upTo)
  }
  return end(met === null || !isMetAt(seen, met) ? null : met, missed)
}

/** Who cannot be outvoted any more; null: still open. */
function leaderOf(outcomes: readonly Outcome[], repeats: number): Outcome | null {
  const needed = Math.floor(repeats / 2) + 1
  const met = outcomes.filter((outcome) => outcome === 'met').length
  if (met >= needed) return 'met'
  const limited = outcomes.filter((outcome) => outcome === 'limited').length
  if (outcomes.length - met < needed) return null
  return limited * 2 > outcomes.length - met ? 'limited' : 'missed'
}

/** The greatest load below that nobody has spoken against by a majority. */
function largestMet(
  seen: ReadonlyMap<number, readonly Outcome[]>,
  below: number,
  repeats: number,
): number | null {
  const candidates = [...seen].filter(
    ([load, outcomes]) =>
      load < below && outcomes.includes('met') && leaderOf(outcomes, repeats) !== 'missed',
  )
  const near = candidates.map(([load]) => load).filter((load) => load * 1.2 > below)
  return near.length === 0 ? null : Math.max(...near)
}

function isMetAt(seen: ReadonlyMap<number, readonly Outcome[]>, load: number): boolean {
  const outcomes = seen.get(load) ?? []
  return outcomes.filter((outcome) => outcome === 'met').length * 2 > outcomes.length
}

function stepDown(load: number, precision: number, least: number): number | null {
  const next = Math.min(load - 1, Math.floor(load / (1 + precision)))
  return next < least ? null : next
}

function clamp(load: number, upTo: number | null): number {
  return upTo === null ? load : Math.min(load, upTo)
}
