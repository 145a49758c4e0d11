/** The report's only way to files and standard output. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Mistake, UsageError } from '../errors.ts'
import type { Output, OutputFormat } from '../plan/plan.ts'

export interface OpenOutputs {
  /** Standard output belongs to a format for programs: nothing else may be printed there. */
  readonly usesStdout: boolean
  /** Writes every output, each whole or not at all; one that cannot be written costs none of the others. */
  write(render: (format: OutputFormat) => string): Promise<Written>
  /** Removes what write() has not finished; safe at any time. */
  discard(): void
}

export interface Written {
  /** Paths, as the user wrote them. */
  readonly written: readonly string[]
  /** The first error of the file system or a renderer; null: there was none. */
  readonly failure: unknown
}

/** A place to write to: through a temporary file beside it, or straight when it is a device or a pipe. */
interface Destination {
  readonly format: OutputFormat
  /** As the user wrote it. */
  readonly path: string
  readonly target: string
  readonly temporary: string | null
}

/**
 * Opens every output before the run, so that a bad path fails before anything was measured. The text report on standard
 * output is left to the caller, who knows the terminal and prints test by test.
 * @throws UsageError with all paths that cannot be written
 */
export function openOutputs(outputs: readonly Output[], stdout: NodeJS.WritableStream): OpenOutputs {
  const mistakes: Mistake[] = []
  const destinations: Destination[] = []
  const seen = new Set<string>()
  for (const { format, path } of outputs) {
    const shown = path ?? '-'
    if (seen.has(shown)) mistakes.push(makeMistake(shown, 'is written twice'))
    seen.add(shown)
    if (path === null) continue
    const opened = openDestination(format, path)
    if ('problem' in opened) mistakes.push(makeMistake(path, opened.problem))
    else destinations.push(opened)
  }
  if (mistakes.length > 0) {
    destinations.forEach(removeTemporary)
    throw new UsageError(mistakes)
  }
  const toStdout = outputs.filter(({ path, format }) => path === null && format !== 'txt')
  return {
    usesStdout: toStdout.length > 0,
    async write(render) {
      const written: string[] = []
      let failure: unknown = null
      for (const { format } of toStdout) {
        try {
          await writeText(stdout, render(format))
        } catch (error) {
          failure ??= error
        }
      }
      for (const destination of destinations) {
        try {
          writeDestination(destination, render(destination.format))
          written.push(destination.path)
        } catch (error) {
          failure ??= error
        }
      }
      return { written, failure }
    },
    discard: () => destinations.forEach(removeTemporary),
  }
}

/** Writes to a stream and waits for it. A reader that has gone away (`| head`) is not an error. */
export function writeText(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') resolve()
      else reject(error)
    }
    // The error comes to the callback and as an event; without a listener the event would end the process.
    stream.once('error', onError)
    stream.write(text, (error) => {
      if (error) return onError(error)
      stream.removeListener('error', onError)
      resolve()
    })
  })
}

function openDestination(format: OutputFormat, path: string): Destination | { problem: string } {
  try {
    // Through a link to what it stands for: a rename would replace the link itself.
    const target = existsSync(path) ? realpathSync(path) : path
    if (existsSync(target)) {
      const stats = statSync(target)
      if (stats.isDirectory()) return { problem: 'is a folder' }
      accessSync(target, constants.W_OK)
      if (!stats.isFile()) return { format, path, target, temporary: null }
    }
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
    closeSync(openSync(temporary, 'w'))
    return { format, path, target, temporary }
  } catch (error) {
    return { problem: describe(error as NodeJS.ErrnoException) }
  }
}

function writeDestination({ target, temporary }: Destination, text: string): void {
  writeFileSync(temporary ?? target, text)
  if (temporary !== null) renameSync(temporary, target)
}

function removeTemporary({ temporary }: Destination): void {
  if (temporary !== null) rmSync(temporary, { force: true })
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'is in a folder that does not exist',
  ENOTDIR: 'is below something that is not a folder',
  EACCES: 'must not be written by this user',
  EPERM: 'must not be written by this user',
  EROFS: 'is on a file system that is read-only',
  ENOSPC: 'is on a file system that is full',
}

function describe({ code = '', message }: NodeJS.ErrnoException): string {
  return PROBLEMS[code] ?? `cannot be written (${code || message})`
}

function makeMistake(path: string, problem: string): Mistake {
  return {
    where: '--output',
    value: path,
    problem,
    accepted: 'a file in a folder that can be written, each once, or - for standard output',
    example: 'result.json',
  }
}
