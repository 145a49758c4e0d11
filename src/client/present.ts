import { styleText } from 'node:util'
import { escapeControls } from '../plan/escape-controls.ts'
import type { Incoming, IncomingKind } from './speech.ts'

/** `progress` is for terminals only. */
export type NoteLevel = 'progress' | 'info' | 'warning' | 'failure'

type Style = Parameters<typeof styleText>[0]

const STYLES: Readonly<Record<IncomingKind | NoteLevel, Style | null>> = {
  text: 'green',
  notification: 'yellow',
  system: 'magenta',
  presence: 'cyan',
  heartbeat: 'gray',
  error: ['red', 'bold'],
  binary: 'blue',
  other: null,
  progress: 'gray',
  info: null,
  warning: 'yellow',
  failure: ['red', 'bold'],
}

const SHOWN_CHARACTERS = 4000

/** `binary 4 B: 00ff10a0`, of which the first `limit` bytes are shown. */
export function describeBinary(data: Buffer, limit = Number.POSITIVE_INFINITY): Incoming {
  const cut = limit < data.length ? '…' : ''
  return { kind: 'binary', text: `binary ${data.length} B: ${data.subarray(0, limit).toString('hex')}${cut}` }
}

/** One line for a terminal: harmless, cut to what a person reads, coloured by kind. */
export function paintLine(kind: IncomingKind | NoteLevel, text: string, color: boolean): string {
  // Cut before the escaping too: of a message of many megabytes only the start is looked at.
  const start = text.length > SHOWN_CHARACTERS ? text.slice(0, SHOWN_CHARACTERS) : text
  const left = text.length - start.length
  const line = escapeControls(start) + (left > 0 ? `… (${left} more characters)` : '')
  const style = STYLES[kind]
  return color && style !== null ? styleText(style, line, { validateStream: false }) : line
}
