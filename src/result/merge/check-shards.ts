/** May these results be added up? Only when they are parts of one run: generators that did one plan at the same time. */
import type { PlanView, RunResult } from '../run-result.ts'

/** A part of a run: what one of several generators measured of it. */
export interface Shard {
  /** Its file, for messages. */
  readonly name: string
  readonly result: RunResult
}

export interface ShardMistake {
  readonly name: string
  readonly problem: string
}

/**
 * What keeps them from being one run, each held against the first; empty: nothing. The tests have to be the same, and
 * their plans but for what is divided: connections, rates, workers, and the seed. All have to have run at the same time, and
 * none may be there twice.
 */
export function checkShards(shards: readonly Shard[]): ShardMistake[] {
  const [first, ...others] = shards
  if (first === undefined) return []
  return others.flatMap((shard, index) => {
    const earlier = shards.slice(0, index + 1)
    const copy = earlier.find(({ result }) => isSameRun(result, shard.result))
    const problem =
      copy === undefined
        ? (compareTests(first, shard) ?? compareTimes(earlier, shard))
        : `is the same run as ${copy.name}`
    return problem === null ? [] : [{ name: shard.name, problem }]
  })
}

/** Two generators may begin in the same millisecond, but not count the same. */
function isSameRun(a: RunResult, b: RunResult): boolean {
  return (
    a.startedAt === b.startedAt &&
    a.finishedAt === b.finishedAt &&
    JSON.stringify(a.summary) === JSON.stringify(b.summary)
  )
}

function compareTests(first: Shard, { result }: Shard): string | null {
  const [ours, theirs] = [result.tests, first.result.tests]
  const names = (tests: RunResult['tests']): string => tests.map(({ testType }) => testType).join(', ')
  if (names(ours) !== names(theirs))
    return `has the tests ${names(ours) || 'none'}, ${first.name} has ${names(theirs) || 'none'}`
  if (result.target.dialect !== first.result.target.dialect)
    return `speaks ${result.target.dialect}, ${first.name} ${first.result.target.dialect}`
  for (const [index, { plan, testType }] of ours.entries()) {
    if (plan.search !== null) return `is a search (${testType}): each generator went its own way`
    const field = findDifference(undivided(plan), undivided(theirs[index]!.plan))
    if (field !== null) return `has another plan than ${first.name}: ${testType}: ${field}`
  }
  return null
}

/** The plan without what is dealt out to the generators. */
function undivided(plan: PlanView): object {
  const divided = { connections: 0, workers: 0, processes: 0, seed: 0, connectConcurrency: 0 }
  const isKnown = (value: number | null): boolean => value !== null
  return {
    ...plan,
    ...divided,
    connectRatePerSec: isKnown(plan.connectRatePerSec),
    groups: plan.groups.map((group) => ({
      ...group,
      connections: 0,
      ratePerSec: isKnown(group.ratePerSec),
      endRatePerSec: isKnown(group.endRatePerSec),
    })),
  }
}

/** `groups.0.payloadBytes`, or null. */
function findDifference(a: unknown, b: unknown): string | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? null : ''
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inside = findDifference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
    if (inside !== null) return inside === '' ? key : `${key}.${inside}`
  }
  return null
}

function compareTimes(earlier: readonly Shard[], { result }: Shard): string | null {
  const apart = earlier.find((other) => !overlap(other.result, result))
  if (apart === undefined) return null
  return `ran from ${result.startedAt} to ${result.finishedAt}, not at the same time as ${apart.name}`
}

function overlap(a: RunResult, b: RunResult): boolean {
  return (
    Date.parse(a.startedAt) < Date.parse(b.finishedAt) && Date.parse(b.startedAt) < Date.parse(a.finishedAt)
  )
}
