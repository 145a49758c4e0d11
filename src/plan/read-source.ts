/** Content of the files that options name. */
import { isAbsolute, join } from 'node:path'
import type { Setting } from './option.ts'
import type { TextSource } from './option-parsers.ts'
import { accept, type Parsed, reject } from './units.ts'

/** Reads a whole file; throws Node's file errors. */
export type ReadFile = (path: string) => Buffer

/** A name in a scenario file starts from that file's folder. */
export function readNamedFile(path: string, folder: string, readFile: ReadFile): Parsed<Buffer> {
  const full = folder === '' || isAbsolute(path) ? path : join(folder, path)
  try {
    return accept(readFile(full))
  } catch (error) {
    return reject(`${describeFileError(error)}: ${full}`)
  }
}

/** The text of an option, in latin1 when it will be sent as bytes, so that each character is one byte. */
export function readTextSource(
  { value, folder }: Setting<TextSource>,
  binary: boolean,
  readFile: ReadFile,
): Parsed<string> {
  if (value.kind === 'text')
    return accept(binary ? Buffer.from(value.text, 'utf8').toString('latin1') : value.text)
  const content = readNamedFile(value.path, folder, readFile)
  if (!content.ok) return content
  if (content.value.length === 0) return reject(`is an empty file: ${value.path}`)
  if (binary) return accept(content.value.toString('latin1'))
  try {
    return accept(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content.value))
  } catch {
    return reject(`is not UTF-8 text, so it needs --binary: ${value.path}`)
  }
}

function describeFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return 'names a file that does not exist'
  if (code === 'EISDIR') return 'names a folder'
  if (code === 'EACCES') return 'names a file that may not be read'
  return 'names a file that cannot be read'
}
