/** What a flow threw as one short, harmless line with its place in the flow. */
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { escapeControls } from '../plan/escape-controls.ts'

const SHOWN_LENGTH = 120
/** A secret of a few letters is in many words, and hides nothing. */
const LEAST_SECRET = 5
/** Where this program's own modules are: no place in a flow. */
const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url))
/** A place in a stack: the module, by its address or its path, and the line. */
const FRAME = /(?:\(|\bat |async )((?:file:\/\/|\/)[^\s()]+?):(\d+):\d+/g

export interface ErrorPlace {
  /** File name without its folders. */
  readonly file: string
  readonly line: number
}

/** The first frame in a module of the user's; null: there is none. */
export function findPlace(error: unknown): ErrorPlace | null {
  for (const { path, line } of listFrames(error)) {
    if (path.startsWith(OWN_FOLDER) || path.includes('/node_modules/')) continue
    return { file: basename(path), line }
  }
  return null
}

/** Thrown by this program's own code with nobody of the user's in between: a bug. */
export function isOwnFault(error: unknown): boolean {
  return findPlace(error) === null && listFrames(error).some(({ path }) => path.startsWith(OWN_FOLDER))
}

function listFrames(error: unknown): { path: string; line: number }[] {
  return Array.from(stackOf(error).matchAll(FRAME), ([, module = '', line = '']) => ({
    path: pathOf(module),
    line: Number(line),
  }))
}

function pathOf(module: string): string {
  if (!module.startsWith('file:')) return module
  try {
    return fileURLToPath(module.split('?')[0]!)
  } catch {
    return module
  }
}

function stackOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack ?? '') : ''
  } catch {
    return ''
  }
}

/** The first line of what was thrown, without secrets, cut. */
export function describeThrown(error: unknown, secrets: readonly string[]): string {
  let text: string
  try {
    text = error instanceof Error ? error.message || error.name : String(error)
  } catch {
    text = 'something that has no text'
  }
  const line = hideSecrets(text, secrets).trim().split('\n')[0] ?? ''
  const shown = line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line
  return escapeControls(shown)
}

/** As they are, in an address and in JSON. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret.length >= LEAST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
  return forms.reduce((shown, form) => shown.replaceAll(form, '…'), text)
}
