import type { ErrorCount, RunResult } from '../result/run-result.ts'
import { adviseError } from './advice.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatCount, formatPlural } from './format.ts'
import type { Paint } from './paint.ts'
import { clip, wrap } from './wrap.ts'

/** Errors of all tests by class and detail, most frequent first, each with its likely cause and the next step. */
export function errorLines(result: RunResult, width: number, most: number, paint: Paint): string[] {
  const errors = sumErrors(result)
  if (errors.length === 0) return []
  const named = errors
    .slice(0, most)
    .map((error) => ({ ...error, name: clip(nameError(error), roomFor(error)) }))
  const longest = Math.max(...named.map((error) => error.name.length))
  const counts = named.map((error) => `${formatCount(error.count)} times`.replace(/^1 times$/, 'once'))
  const room = Math.max(20, width - longest - Math.max(...counts.map((count) => count.length)) - 4)
  const rows = named.flatMap((error, index) => {
    const [advice = '', ...more] = wrap(adviseError(error.class, error.detail), room, '')
    return [[paint.bad(error.name), counts[index]!, advice], ...more.map((line) => ['', '', line])]
  })
  const left = errors.length - named.length
  return [
    ...alignTable([words(''), numbers(''), words('')], rows),
    ...(left === 0 ? [] : [paint.dim(`and ${formatPlural(left, 'more kind')} (--full)`)]),
  ]
}

/** The same where there is room for one line only: `errors: not-open 1,200, reset ECONNRESET 20, … (--full)`. */
export function errorsInOneLine(result: RunResult, width: number, paint: Paint): string[] {
  const errors = sumErrors(result)
  if (errors.length === 0) return []
  const kinds = errors.map((error) => `${nameError(error)} ${formatCount(error.count)}`).join(', ')
  return [`${paint.bad('errors:')} ${clip(kinds, width - 'errors:  (--full)'.length)} (--full)`]
}

/** A flow's error says where it came from. */
function roomFor({ class: name }: ErrorCount): number {
  return /^(?:flow|expect)-/.test(name) ? 48 : 26
}

/** `upgrade-status 401`; codes that say the same as the class are left out. */
export function nameError({ class: name, detail }: ErrorCount): string {
  return detail === '' || /^E[A-Z]+$/.test(detail) ? name : `${name} ${detail}`
}

/** Of all tests, one each by name, most frequent first. */
export function sumErrors(result: RunResult): ErrorCount[] {
  const errors = result.tests.flatMap((test) => test.errors)
  const sums = new Map<string, ErrorCount>()
  for (const error of errors) {
    const key = nameError(error)
    const sum = sums.get(key)
    sums.set(key, sum === undefined ? error : { ...sum, count: sum.count + error.count })
  }
  return [...sums.values()].sort((a, b) => b.count - a.count)
}
