/** A user's own dialect: a module given as `--dialect ./mine.mjs`, or an object of a program that uses the library. */
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Mistake, UsageError } from '../errors.ts'
import { checkOwnDialect } from './check-own-dialect.ts'
import type { Dialect } from './dialect.ts'
import { describeError, guardDialect } from './guard-dialect.ts'
import { registerDialect, registerObject } from './registry.ts'

/** True for what `--dialect` takes as a path, and not as a dialect's name. */
export function isDialectPath(text: string): boolean {
  return /^(?:\.{0,2}\/|file:)|\.[cm]?js$/.test(text)
}

/** The absolute path of what isDialectPath() holds for; `folder` (empty: the working directory) is where a relative one starts. */
export function resolveDialectPath(text: string, folder = ''): string {
  try {
    if (text.startsWith('file:')) return fileURLToPath(text)
  } catch {
    // A host or a %2F in it: no such file, which loadDialect() says.
  }
  return resolve(folder, text)
}

/**
 * Imports a module's default export, or its export `dialect`. findDialect() finds it by its absolute path from then on,
 * in this thread. `where`: the option that named it.
 * @throws UsageError with every mistake in the module
 */
export async function loadDialect(path: string, where = '--dialect'): Promise<Dialect> {
  const refuse = (mistakes: readonly Omit<Mistake, 'where' | 'value'>[]): never => {
    throw new UsageError(mistakes.map((mistake) => ({ where, value: path, ...mistake })))
  }
  let exported: Record<string, unknown>
  let absolutePath: string
  try {
    absolutePath = resolveDialectPath(path)
    exported = (await import(pathToFileURL(absolutePath).href)) as Record<string, unknown>
  } catch (error) {
    return refuse([
      {
        problem: `cannot be loaded: ${describeError(error).replace(/ imported from .*/, '')}`,
        accepted: 'an ES module that exports a dialect (README "Your own dialect")',
        example: '--dialect ./mine.mjs',
      },
    ])
  }
  const given = exported.default ?? exported.dialect
  const mistakes = checkOwnDialect(given)
  if (mistakes.length > 0) return refuse(mistakes)
  const dialect = guardDialect(given as Dialect)
  registerDialect(absolutePath, dialect)
  return dialect
}

/**
 * Takes a dialect that is an object, and returns the name by which this thread alone finds it; null when there are mistakes.
 * `where`: the setting that has it.
 */
export function admitObject(given: unknown, where: string, mistakes: Mistake[]): string | null {
  const found = checkOwnDialect(given)
  mistakes.push(...found.map((mistake) => ({ where, value: '', ...mistake })))
  return found.length > 0 ? null : registerObject(guardDialect(given as Dialect))
}
