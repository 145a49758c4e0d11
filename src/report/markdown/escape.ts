/**
 * Any text as Markdown that shows it and does nothing else: no table cell ends early, no tag, link, image, mention,
 * reference to an issue, emoji or formula comes of it. For GitHub's flavour; GitLab's reads it alike.
 */
import { escapeControls } from '../../plan/escape-controls.ts'

/** What may mean something anywhere in a line, with what follows it where that decides. */
const MEANINGFUL = new RegExp(
  [
    '[\\\\`|$]',
    '[*_~<&[\\]]',
    // Mentions, references, emoji: GitHub finds them in the shown text, so they have to be put apart.
    '[@#](?=\\w)',
    ':(?=[\\w+-]+:)',
    // Addresses, of which it makes links.
    ':(?=//)',
    '(?<=\\bwww)\\.',
    // At the start of a line: headings, quotes, lists.
    '^[#+\\-=>]',
    '(?<=^\\d+)[.)](?=\\s|$)',
  ].join('|'),
  'gi',
)

/** Where a backslash does not do: a table's row is cut into cells before it counts, and formulas look through it. */
const REFERRED = new Set(['\\', '`', '|', '$', ':', '.'])

const ZERO_WIDTH_SPACE = '&#8203;'

/** Running text. */
export function prose(text: string): string {
  return escapeControls(text)
    .trim()
    .replace(MEANINGFUL, (sign, at: number, whole: string) => {
      if (/^(?:[@#]\w|:(?!\/))/.test(whole.slice(at, at + 2))) return `${sign}${ZERO_WIDTH_SPACE}`
      return REFERRED.has(sign) ? refer(sign) : `\\${sign}`
    })
}

/**
 * A word of a program: an expression, an address, what a server said. Between backticks where they can be relied on in a
 * table, else as an element, where nothing is left to interpret.
 */
export function code(text: string): string {
  const shown = escapeControls(text)
  if (shown.trim() === '') return ''
  if (!/[`|\\]/.test(shown) && shown === shown.trim()) return `\`${shown}\``
  return `<code>${Array.from(shown, (one) => (/[\w .,/-]/.test(one) ? one : refer(one))).join('')}</code>`
}

/** Never means anything but itself. */
function refer(character: string): string {
  return `&#${character.codePointAt(0)};`
}
