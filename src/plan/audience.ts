/** Who publishes to whom: publishers and listeners are numbered each on their own, and dealt out to the rooms in turn. */
import type { Group, Plan } from './plan.ts'

interface Range {
  readonly from: number
  readonly to: number
  /** Number of the first among the publishers, or among the listeners. */
  readonly first: number
  readonly publishes: boolean
}

export interface AudienceMap {
  readonly publishers: number
  /** 0-based among the publishers; −1: only listens, or is nobody of this test. */
  publisherOf(client: number): number
  roomOf(client: number): number
}

export function mapAudience({ groups, fanOut }: Pick<Plan, 'groups' | 'fanOut'>): AudienceMap {
  const rooms = fanOut?.rooms ?? 1
  const ranges: Range[] = []
  let from = 0
  let publishers = 0
  let listeners = 0
  for (const group of groups) {
    const publishes = isPublishing(group)
    ranges.push({ from, to: from + group.count, first: publishes ? publishers : listeners, publishes })
    if (publishes) publishers += group.count
    else listeners += group.count
    from += group.count
  }
  const rangeOf = (client: number): Range | undefined => {
    for (const range of ranges) if (client >= range.from && client < range.to) return range
    return undefined
  }
  return {
    publishers,
    publisherOf(client) {
      const range = rangeOf(client)
      return range?.publishes === true ? range.first + client - range.from : -1
    },
    roomOf(client) {
      const range = rangeOf(client)
      return range === undefined ? 0 : (range.first + client - range.from) % rooms
    },
  }
}

function isPublishing(group: Group): boolean {
  return group.pacing.kind !== 'silent'
}
