/** `$GITHUB_STEP_SUMMARY`: the Markdown report on the page of a GitHub Actions job. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

export interface StepSummary {
  /** Somebody wants it, and it can be written. */
  readonly isOpen: boolean
  /** Why it cannot be written; null: it can, or nobody wants it. */
  readonly problem: string | null
  /** Adds to what other steps wrote. Returns what went wrong, if anything: that is no reason for a run to fail. */
  append(markdown: string): string | null
  close(): void
}

/** Opened before the run, so that a warning comes when it can still be of use. */
export function openStepSummary(path: string | undefined): StepSummary {
  const none: StepSummary = { isOpen: false, problem: null, append: () => null, close: () => {} }
  if (path === undefined || path === '') return none
  try {
    const file = openSync(path, 'a+')
    return {
      ...none,
      isOpen: true,
      append: (markdown) => tryAppend(file, path, markdown),
      close: () => closeSync(file),
    }
  } catch (error) {
    return { ...none, problem: describe(path, error) }
  }
}

function tryAppend(file: number, path: string, markdown: string): string | null {
  try {
    writeSync(file, `${separator(file)}${markdown}`)
    return null
  } catch (error) {
    return describe(path, error)
  }
}

/** A blank line after what is there, or our heading would be part of somebody's paragraph. */
function separator(file: number): string {
  const { size } = fstatSync(file)
  const end = Buffer.alloc(Math.min(2, size))
  readSync(file, end, 0, end.length, size - end.length)
  if (size === 0 || end.toString() === '\n\n') return ''
  return end.at(-1) === 0x0a ? '\n' : '\n\n'
}

function describe(path: string, error: unknown): string {
  return `GITHUB_STEP_SUMMARY cannot be written: ${path} (${(error as NodeJS.ErrnoException).code ?? error})`
}
