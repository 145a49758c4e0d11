/** Regular expressions that some text can keep busy for ever, told by their form. */

interface OpenGroup {
  /** Holds a part that can match in more than one way: a repeated or optional one, or alternatives. */
  varies: boolean
}

/** `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}`, and the `?` of a lazy one. */
const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/y

/**
 * Why a text could make matching exponentially slow, in one clause; null: none can. Refused are a repeated group that
 * itself varies, as in `(a+)+` and `(a|ab)*`, references back and look-around. Some harmless ones are refused with them.
 */
export function describeDanger(source: string): string | null {
  const groups: OpenGroup[] = [{ varies: false }]
  let at = 0
  while (at < source.length) {
    const rest = source.slice(at, at + 4)
    if (/^\\(?:[1-9]|k<)/.test(rest)) return 'refers back to a group, which a reply could make slow'
    if (/^\(\?<?[=!]/.test(rest)) return 'looks ahead or behind, which a reply could make slow'
    if (rest.startsWith('|')) groups.at(-1)!.varies = true
    if (rest.startsWith('(')) {
      groups.push({ varies: false })
      at += /^\(\?<[^>]*>|^\(\?:|^\(/.exec(source.slice(at))![0].length
      continue
    }
    const inner = rest.startsWith(')') ? groups.pop()! : { varies: false }
    at += rest.startsWith('[') ? classLength(source, at) : rest.startsWith('\\') ? 2 : 1
    const { length, varies, repeats } = readQuantifier(source, at)
    if (repeats && inner.varies) return 'repeats a group that itself varies, which a reply could make slow'
    if (varies || inner.varies) groups.at(-1)!.varies = true
    at += length
  }
  return null
}

function classLength(source: string, from: number): number {
  let at = from + 1
  while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1
  return at + 1 - from
}

function readQuantifier(source: string, at: number): { length: number; varies: boolean; repeats: boolean } {
  QUANTIFIER.lastIndex = at
  const found = QUANTIFIER.exec(source)
  if (found === null) return { length: 0, varies: false, repeats: false }
  const [text, least, most] = found
  const exact = least !== undefined && most === undefined
  const repeats = exact ? Number(least) > 1 : !text.startsWith('?') && most !== '1'
  return { length: text.length, varies: !exact, repeats }
}
