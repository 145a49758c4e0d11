import { escapeControls } from '../plan/escape-controls.ts'

/** What XML 1.0 (§2.2) has no place for, not even escaped: most controls, lone surrogates, U+FFFE and U+FFFF. */
const FORBIDDEN = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Any text as one that an element may hold: lines stay lines, what XML forbids is shown by its code (`\x1b`). */
export function toXmlText(text: string): string {
  return text.split('\n').map(toXmlLine).join('\n')
}

/** Any text as the value of an attribute, which is one line: readers make blanks of line breaks there. */
export function toXmlLine(text: string): string {
  return escapeControls(text).replace(
    FORBIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
