import type { Dialect } from '../dialects/dialect.ts'
import { smallestPayload } from '../dialects/mark.ts'
import { findDialect } from '../dialects/registry.ts'
import { parseReplyPattern, type ReplyPattern } from '../dialects/reply-pattern.ts'
import { parseTemplate } from '../dialects/template.ts'
import { createTemplateMatcher } from '../dialects/template-matcher.ts'
import type { Group } from './plan.ts'

/** Any time: it only has to have as many digits. */
const SOME_TIME = 1_700_000_000

/** Below this a generated message has no room for its number. */
export function leastSizeBytes(dialect: Dialect, rooms: number): number {
  return smallestPayload(dialect, { room: rooms - 1, unixSeconds: SOME_TIME })
}

/** Where the number is in a reply, when the user said so; null: found by itself, or in order. */
export function patternOf(match: string): ReplyPattern | null {
  if (match === 'auto' || match === 'fifo') return null
  const pattern = parseReplyPattern(match)
  return pattern.ok ? pattern.value : null
}

/**
 * True when replies are told apart by the number in the payload: there is room for one, or the user's own message has a
 * `{seq}` that can be found again. Otherwise they are matched in order of arrival, with one message in flight.
 */
export function matchesBySequence(group: Pick<Group, 'match' | 'payload' | 'dialect' | 'binary'>): boolean {
  const { match, payload, dialect, binary } = group
  if (match === 'fifo') return false
  if (payload.kind === 'generated') {
    const found = findDialect(dialect)
    return found !== undefined && payload.sizeBytes >= leastSizeBytes(found, 1)
  }
  if (patternOf(match) !== null) return true
  return createTemplateMatcher(parseTemplate(payload.template), binary ? 'latin1' : 'utf8') !== null
}
