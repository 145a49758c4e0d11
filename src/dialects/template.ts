/** The user's own payloads: `{client}`, `{seq}` and `{token}` are filled in; the same template tells where a reply's number stands. */
import { type Matcher, NOISE } from './dialect.ts'

export type Placeholder = 'client' | 'seq' | 'token'
export type TemplatePart = { readonly text: string } | { readonly placeholder: Placeholder }

const PLACEHOLDER = /\{(client|seq|token)\}/g

/** Splits at the placeholders; every other brace is plain text. */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  let from = 0
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index) })
    parts.push({ placeholder: match[1] as Placeholder })
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}

export interface TemplateValues {
  readonly client: number
  readonly token: string
  readonly seq: number
}

/** The text with its values; for URLs, headers, opening messages. */
export function fillTemplate(text: string, values: TemplateValues): string {
  return parseTemplate(text)
    .map((part) => ('text' in part ? part.text : String(values[part.placeholder])))
    .join('')
}

/** The payload's bytes with `seqDigits` zeros at each place of a `{seq}`, and those places. */
export function layTemplate(
  parts: readonly TemplatePart[],
  values: Omit<TemplateValues, 'seq'>,
  seqDigits: number,
  encoding: 'utf8' | 'latin1',
): { bytes: Buffer; seqAt: number[] } {
  const pieces: Buffer[] = []
  const seqAt: number[] = []
  let length = 0
  for (const part of parts) {
    const isSeq = 'placeholder' in part && part.placeholder === 'seq'
    if (isSeq) seqAt.push(length)
    const text =
      'text' in part
        ? part.text
        : isSeq
          ? '0'.repeat(seqDigits)
          : String(values[part.placeholder as 'client' | 'token'])
    const piece = Buffer.from(text, encoding)
    pieces.push(piece)
    length += piece.length
  }
  return { bytes: Buffer.concat(pieces), seqAt }
}

const MARK_BYTES = 24

/**
 * Finds the number by the text directly before `{seq}`; with `{seq}` first in the payload, by its distance from the end.
 * Null when the template has no place that can be found again.
 */
export function createTemplateMatcher(
  parts: readonly TemplatePart[],
  encoding: 'utf8' | 'latin1',
): Matcher | null {
  const at = parts.findIndex((part) => 'placeholder' in part && part.placeholder === 'seq')
  const before = parts[at - 1]
  const after = parts[at + 1]
  if (at === -1 || (after !== undefined && 'placeholder' in after) || /^\d/.test(textOf(after))) return null
  if (before !== undefined && 'text' in before) {
    if (/\d$/.test(before.text)) return null
    return new MarkMatcher(Buffer.from(before.text, encoding).subarray(-MARK_BYTES))
  }
  const rest = parts.slice(at + 1)
  if (before !== undefined || rest.some((part) => 'placeholder' in part)) return null
  return new TailMatcher(Buffer.from(rest.map(textOf).join(''), encoding).length)
}

function textOf(part: TemplatePart | undefined): string {
  return part !== undefined && 'text' in part ? part.text : ''
}

class MarkMatcher implements Matcher {
  readonly #mark: Buffer
  #offset = 0

  constructor(mark: Buffer) {
    this.#mark = mark
  }

  classify(data: Buffer, start: number, end: number): number {
    const hinted = start + this.#offset
    if (
      hinted + this.#mark.length < end &&
      data.compare(this.#mark, 0, undefined, hinted, hinted + this.#mark.length) === 0
    ) {
      const seq = readNumber(data, hinted + this.#mark.length, end)
      if (seq !== NOISE) return seq
    }
    for (
      let at = data.indexOf(this.#mark, start);
      at !== -1 && at + this.#mark.length < end;
      at = data.indexOf(this.#mark, at + 1)
    ) {
      const seq = readNumber(data, at + this.#mark.length, end)
      if (seq === NOISE) continue
      this.#offset = at - start
      return seq
    }
    return NOISE
  }
}

class TailMatcher implements Matcher {
  readonly #tailBytes: number

  constructor(tailBytes: number) {
    this.#tailBytes = tailBytes
  }

  classify(data: Buffer, start: number, end: number): number {
    const stop = end - this.#tailBytes
    let from = stop
    while (from > start && isDigit(data[from - 1]!)) from--
    return from < stop ? readNumber(data, from, stop) : NOISE
  }
}

function readNumber(data: Buffer, from: number, end: number): number {
  let value = 0
  let at = from
  while (at < end && isDigit(data[at]!) && value < 1e14) value = value * 10 + data[at++]! - 48
  return at === from ? NOISE : value
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
