import { DIALECTS } from '../dialects/registry.ts'
import { parseTemplate } from '../dialects/template.ts'
import { createTemplateMatcher } from '../dialects/template-matcher.ts'
import type { Group } from './plan.ts'

/**
 * True when replies are told apart by the number in the payload: there is room for one, or the user's own message has a
 * `{seq}` that can be found again. Otherwise they are matched in order of arrival, with one message in flight.
 */
export function matchesBySequence(group: Pick<Group, 'match' | 'payload' | 'dialect' | 'binary'>): boolean {
  const { match, payload, dialect, binary } = group
  if (match === 'fifo') return false
  if (payload.kind === 'generated')
    return payload.sizeBytes >= (DIALECTS[dialect]?.minPayloadBytes ?? Infinity)
  return createTemplateMatcher(parseTemplate(payload.template), binary ? 'latin1' : 'utf8') !== null
}
