/** Saved results from files and standard input. */
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Mistake, UsageError } from '../errors.ts'
import type { NamedResult } from '../report/side-by-side.ts'
import { readResult } from '../result/read-result.ts'

/** Three tests of an hour take 10 MB. */
const MAX_FILE_BYTES = 32 * 2 ** 20

/**
 * Reads each file, `-` as standard input. A path may lead to a pipe: `<(ssh host stress --json)`.
 * @throws UsageError with the mistakes of all files
 */
export async function readResults(
  paths: readonly string[],
  { stdin, signal }: { readonly stdin: Readable; readonly signal: AbortSignal },
): Promise<NamedResult[]> {
  const results: NamedResult[] = []
  const mistakes: Mistake[] = []
  for (const [index, name] of paths.entries()) {
    try {
      if (paths.indexOf(name) !== index) throw refuse(name, 'is given twice')
      const content = await readWhole(name === '-' ? stdin : createReadStream(name, { signal }), name)
      results.push({ name, result: readResult(decode(content, name), name) })
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      mistakes.push(...error.mistakes)
    }
  }
  if (mistakes.length > 0) throw new UsageError(mistakes)
  return results
}

async function readWhole(stream: Readable, name: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > MAX_FILE_BYTES) throw refuse(name, 'has more than 32 MiB')
      chunks.push(chunk)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error.name === 'AbortError') throw error
    throw refuse(name, PROBLEMS[String(error.code)] ?? `cannot be read (${error.code})`)
  }
  return Buffer.concat(chunks)
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'is a file that does not exist',
  ENOTDIR: 'is a file that does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
}

function decode(content: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw refuse(name, 'is not UTF-8 text')
  }
}

function refuse(name: string, problem: string): UsageError {
  const accepted = 'files with results, each once, or - for standard input'
  return new UsageError([{ where: 'result', value: name, problem, accepted, example: 'result.json' }])
}
