/** What the schema of a result does not say: names that are none, times that are none, histograms of something else. */
import { EXIT } from '../errors.ts'
import type { Flaw } from './file-limits.ts'
import { readCounts } from './read-counts.ts'
import type { RunResult, TestResult } from './run-result.ts'

/** Of a run: 115 days. */
const MAX_US = 1e13

export function findFlaws(result: RunResult): Flaw[] {
  return [
    ...checkExitCode(result.exitCode),
    ...(['startedAt', 'finishedAt'] as const).flatMap((key) => checkDate(result[key], [key])),
    ...result.tests.flatMap((test, index) => checkTest(test, ['tests', index])),
  ]
}

/** A process that ended with another number might be taken for one that passed. */
function checkExitCode(code: number): Flaw[] {
  const codes: readonly number[] = Object.values(EXIT)
  if (codes.includes(code)) return []
  return [
    { path: ['exitCode'], value: code, problem: 'is no exit code of stress', accepted: codes.join(', ') },
  ]
}

function checkDate(text: string, path: readonly PropertyKey[]): Flaw[] {
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))) return []
  return [{ path, value: text, problem: 'is no date', accepted: 'a date such as 2026-01-31T12:00:00.000Z' }]
}

function checkTest(test: TestResult, path: readonly PropertyKey[]): Flaw[] {
  const names: [PropertyKey[], string][] = [
    [['testType'], test.testType],
    ...test.errors.map((error, index): [PropertyKey[], string] => [['errors', index, 'class'], error.class]),
  ]
  const times = test.intervals.flatMap(({ atUs, durationUs }, index): [PropertyKey[], number][] => [
    [['intervals', index, 'atUs'], atUs],
    [['intervals', index, 'durationUs'], durationUs],
  ])
  return [
    ...names.flatMap(([at, name]) => checkName(name, [...path, ...at])),
    ...times.flatMap(([at, us]) => checkTime(us, [...path, ...at])),
    ...Object.values(test.phases).flatMap((us, index) =>
      us === null ? [] : checkTime(us, [...path, 'phases', Object.keys(test.phases)[index] ?? '']),
    ),
    ...(test.latencyWindows?.windows ?? []).flatMap(({ fromUs, toUs, count, histogram }, index) => {
      const at = [...path, 'latencyWindows', 'windows', index]
      return [
        ...checkTime(fromUs, [...at, 'fromUs']),
        ...checkTime(toUs, [...at, 'toUs']),
        ...checkHistogram(histogram, count, [...at, 'histogram']),
      ]
    }),
    ...Object.entries(test.histograms).flatMap(([name, base64]) =>
      checkHistogram(base64, countOf(test, name), [...path, 'histograms', name]),
    ),
  ]
}

/** `constructor` is one that would find something in every table. */
function checkName(name: string, path: readonly PropertyKey[]): Flaw[] {
  if (/^[a-z][a-z0-9_-]{0,63}$/i.test(name) && !(name in Object.prototype)) return []
  return [{ path, value: name, problem: 'is no name', accepted: 'letters, digits and -, such as throughput' }]
}

function checkTime(us: number, path: readonly PropertyKey[]): Flaw[] {
  if (us >= 0 && us <= MAX_US) return []
  return [
    { path, value: us, problem: 'is no time within a run', accepted: `microseconds from 0 to ${MAX_US}` },
  ]
}

/** `samples` null: of these nothing else says how many there are. */
function checkHistogram(base64: string, samples: number | null, path: readonly PropertyKey[]): Flaw[] {
  const accepted = 'base64 of an HDR V2 histogram, 1 µs to 60 s, 3 digits, of as many samples as its metric'
  try {
    const count = base64 === '' ? 0 : readCounts(base64).reduce((sum, one) => sum + one, 0)
    if (samples === null || count === samples) return []
    const problem = `has ${count} samples, and its metric ${samples}`
    return [{ path, value: '', problem, accepted }]
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return [{ path, value: '', problem: error.message, accepted }]
  }
}

function countOf(test: TestResult, name: string): number | null {
  const metric = Object.hasOwn(test.metrics, name) ? test.metrics[name] : undefined
  return metric?.type === 'trend' ? metric.count : null
}
