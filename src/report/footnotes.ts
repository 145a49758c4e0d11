/** What the signs in a report's figures mean. */
import { stripVTControlCharacters } from 'node:util'
import type { RunResult, TestResult } from '../result/run-result.ts'
import type { Paint } from './paint.ts'
import { findTrend, isShortHold, showRate } from './test-figures.ts'

interface Note {
  readonly long: string
  readonly short: string
}

/** In one line: the short forms where the long ones do not fit. */
export function footnoteLines(
  result: RunResult,
  lines: readonly string[],
  width: number,
  paint: Paint,
): string[] {
  const notes = listFootnotes(result, lines)
  if (notes.length === 0) return []
  const forms = [
    notes.map((note) => note.long),
    notes.map((note) => (note === CLOSED_NOTE ? note.short : note.long)),
    notes.map((note) => note.short),
  ].map((texts) => texts.join('   '))
  return [paint.dim(forms.find((text) => text.length <= width) ?? forms.at(-1)!)]
}

/** One for each sign that stands in the lines, and one for what a closed workload hides. */
export function listFootnotes(result: RunResult, lines: readonly string[]): Note[] {
  const has = (sign: RegExp): boolean => lines.some((line) => sign.test(stripVTControlCharacters(line)))
  const isRough = result.tests.some((test) => isShortHold(test) && showRate(test).startsWith('~'))
  const few = `~ under 10 samples beyond${isRough ? ', or a hold under 1 s' : ''}`
  return [
    ...(has(/(?:^|\s)~\d/) ? [{ long: few, short: '~ under 10 beyond' }] : []),
    ...(has(/(?:^|\s)–(?:\s|$)/)
      ? [{ long: '– too few, or not applicable', short: '– too few, or n/a' }]
      : []),
    ...(result.tests.some(waitsForReplies) ? [CLOSED_NOTE] : []),
  ]
}

const CLOSED_NOTE: Note = {
  long: 'closed: a stalled server slows the load, so stalls hardly show (see --rate)',
  short: 'closed: a stalled server slows it',
}

/** Its load stops while the server does. A storm's single message each proves that a connection works. */
export function waitsForReplies(test: TestResult): boolean {
  const { testType, plan } = test
  if (testType === 'storm' || findTrend(test, 'response_time') === null) return false
  return plan.groups.some(({ pacing }) => pacing === 'closed')
}
