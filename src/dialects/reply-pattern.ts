/** `--match`: where a server that answers in its own words repeats the request's number. */
import { type Matcher, NOISE } from './dialect.ts'
import { describeDanger } from './regex-danger.ts'

/** `json`: the keys on the way to the number (RFC 6901); `regex`: its first group is the number. */
export type ReplyPattern =
  | { readonly kind: 'json'; readonly keys: readonly string[] }
  | { readonly kind: 'regex'; readonly regex: RegExp }

export type ParsedPattern =
  | { readonly ok: true; readonly value: ReplyPattern }
  | { readonly ok: false; readonly problem: string }

/** A regular expression sees this much of a reply, so that a long one cannot make it slow. */
const REGEX_SEES_BYTES = 4096

const POINTER = /^(?:\/(?:[^/~]|~[01])*)*$/

/** Reads `json:/id`, `/"seq":(\d+)/` (flags i, m, s, u may follow) or `regex:"seq":(\d+)`. */
export function parseReplyPattern(text: string): ParsedPattern {
  if (text.startsWith('json:')) return parsePointer(text.slice(5))
  if (text.startsWith('regex:')) return parseRegex(text.slice(6), '')
  const delimited = /^\/(.+)\/([a-z]*)$/s.exec(text)
  if (delimited !== null) return parseRegex(delimited[1]!, delimited[2]!)
  return refuse('is neither a JSON pointer nor a regular expression')
}

function parsePointer(pointer: string): ParsedPattern {
  if (!POINTER.test(pointer)) return refuse('has no JSON pointer (RFC 6901) after json:')
  const keys = pointer.split('/').slice(1)
  return {
    ok: true,
    value: { kind: 'json', keys: keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')) },
  }
}

function parseRegex(source: string, flags: string): ParsedPattern {
  if (!/^[imsu]*$/.test(flags)) return refuse('has a flag other than i, m, s and u')
  try {
    const regex = new RegExp(source, flags)
    const groups = new RegExp(`${source}|`, flags).exec('')!.length - 1
    if (groups === 0) return refuse('has no group (in round brackets) for the number')
    const danger = describeDanger(source)
    return danger === null ? { ok: true, value: { kind: 'regex', regex } } : refuse(danger)
  } catch (error) {
    return refuse(`is no regular expression (${(error as Error).message.replace(/^.*: /s, '')})`)
  }
}

function refuse(problem: string): ParsedPattern {
  return { ok: false, problem }
}

/** A reply in which the pattern finds no number is noise. Whose number it is cannot be told: it is taken for the client's own. */
export function createPatternMatcher(pattern: ReplyPattern): Matcher {
  const find =
    pattern.kind === 'json'
      ? (data: Buffer, start: number, end: number) =>
          findByPointer(data.toString('utf8', start, end), pattern.keys)
      : (data: Buffer, start: number, end: number) =>
          pattern.regex.exec(data.toString('utf8', start, Math.min(end, start + REGEX_SEES_BYTES)))?.[1]
  return { sender: -1, seq: -1, classify: (data, start, end) => readNumber(find(data, start, end)) }
}

function findByPointer(text: string, keys: readonly string[]): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** A whole number, or the last run of digits of a text. */
function readNumber(value: unknown): number {
  const number = typeof value === 'string' ? lastNumber(value) : value
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : NOISE
}

function lastNumber(text: string): number {
  let end = text.length
  while (end > 0 && !isDigit(text.charCodeAt(end - 1))) end--
  let start = end
  while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--
  return start === end ? Number.NaN : Number(text.slice(start, end))
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
