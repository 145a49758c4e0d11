/** Content of the files that options name. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Setting } from './option.ts'
import type { TextSource } from './option-parsers.ts'
import { accept, type Parsed, reject } from './units.ts'

/** Reads a whole file; throws Node's file errors. */
export type ReadFile = (path: string) => Buffer

/** Tokens for a million clients; a message has to go through a server. */
const MAX_FILE_BYTES = 64 * 2 ** 20

/** Why a file that is there is not read, in one clause. */
export class FileRefused extends Error {}

/**
 * Reads a regular file of up to 64 MiB. What is none (a pipe, a device) could have no end, or never begin.
 * @throws Node's file errors, or FileRefused
 */
export function readRegularFile(path: string): Buffer {
  // Opening a pipe that nobody writes to would wait for ever.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const status = fstatSync(file)
    refuseUnusual(status)
    return readUpTo(file, status.size)
  } finally {
    closeSync(file)
  }
}

/**
 * For a file that something else reads: nothing when it is not there, which the other will say.
 * @throws FileRefused where readRegularFile() would
 */
export function checkRegularFile(path: string): void {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status !== undefined) refuseUnusual(status)
}

function refuseUnusual(status: Stats): void {
  if (status.isDirectory()) throw new FileRefused('names a folder')
  if (!status.isFile()) throw new FileRefused('names no regular file')
  if (status.size > MAX_FILE_BYTES) throw new FileRefused('names a file of more than 64 MiB')
}

/** One may grow meanwhile, and those of the kernel have a size of 0. */
function readUpTo(file: number, size: number): Buffer {
  let content = Buffer.alloc(Math.max(4096, size + 1))
  let length = 0
  for (;;) {
    const read = readSync(file, content, length, content.length - length, null)
    length += read
    if (read === 0) return content.subarray(0, length)
    if (length > MAX_FILE_BYTES) throw new FileRefused('names a file of more than 64 MiB')
    if (length === content.length) content = Buffer.concat([content], 2 * length)
  }
}

/** A name in a scenario file starts from that file's folder. */
export function placeFile(path: string, folder: string): string {
  return folder === '' || isAbsolute(path) ? path : join(folder, path)
}

export function readNamedFile(path: string, folder: string, readFile: ReadFile): Parsed<Buffer> {
  const full = placeFile(path, folder)
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

/** One a line, without blanks around it (a byte order mark is one) or empty lines. */
export function splitLines(content: Buffer): string[] {
  const lines = content.toString('utf8').split(/\r?\n/)
  return lines.map((line) => line.trim()).filter((line) => line !== '')
}

/** `names a file that does not exist`. */
function describeFileError(error: unknown): string {
  if (error instanceof FileRefused) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'names a file that does not exist'
  if (code === 'EISDIR') return 'names a folder'
  if (code === 'EACCES') return 'names a file that may not be read'
  return 'names a file that cannot be read'
}
