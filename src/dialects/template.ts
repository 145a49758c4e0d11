/** The user's own payloads: `{client}`, `{seq}` and `{token}` are filled in. */

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
