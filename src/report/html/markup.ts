/** Text becomes markup here and nowhere else: what stands in html`` as a value is escaped, whoever it came from. */
import { escapeControls } from '../../plan/escape-controls.ts'

/** Markup that may stand in a page as it is. Made by html`` and trusted() only. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** `null` is nothing; a list stands one after the other. */
export type Content = string | number | Markup | null | readonly Content[]

/** Markup with values: texts are escaped, markup is kept, lists are joined. Values belong into text or a quoted attribute. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.reduce((text, part, index) => `${text}${show(values[index - 1] ?? null)}${part}`))
}

/** The page's own scripts and styles, which hold nothing from outside. */
export function trusted(text: string): Markup {
  return new Markup(text)
}

/** JSON for a script element of a type that is not run: nothing in it ends the element or begins a comment. */
export function embedJson(value: unknown): Markup {
  const json = JSON.stringify(value)
  return new Markup(json.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${hexOf(sign)}`))
}

function show(value: Content): string {
  if (value === null) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(show).join('')
  return escapeHtml(String(value))
}

/** Control characters and changes of direction are made visible, as in the terminal's report. */
function escapeHtml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function hexOf(sign: string): string {
  return sign.charCodeAt(0).toString(16).padStart(4, '0')
}
