import { describe, expect, it, test } from 'vitest'
import { parseReport, type ReportCommand } from '../../src/cli/parse-report.ts'
import { formatMistake, UsageError } from '../../src/errors.ts'

const TEXT = { format: 'txt', path: null } as const
const PLAIN: ReportCommand = {
  command: 'report',
  files: ['a.json'],
  merge: false,
  thresholds: [],
  requireValid: false,
  outputs: [TEXT],
  verbosity: 'default',
  color: true,
}

function mistakesOf(argv: readonly string[]): string[] {
  try {
    parseReport(argv, {})
  } catch (error) {
    if (error instanceof UsageError) return error.mistakes.map(formatMistake)
    throw error
  }
  return []
}

describe('stress report takes', () => {
  test.each<[string[], Partial<ReportCommand>]>([
    [['a.json'], {}],
    [['a.json', 'b.json', '-'], { files: ['a.json', 'b.json', '-'] }],
    [['a.json', '-o', 'x.txt'], { outputs: [{ format: 'txt', path: 'x.txt' }, TEXT] }],
    [['-o', 'json=-', 'a.json'], { outputs: [{ format: 'json', path: null }] }],
    [['--json', 'a.json'], { outputs: [{ format: 'json', path: null }] }],
    [['--json', '-ojson=-', 'a.json'], { outputs: [{ format: 'json', path: null }] }],
    [
      ['a.json', '--threshold', 'p99<50ms', '--threshold=error_ratio<1%'],
      { thresholds: ['p99<50ms', 'error_ratio<1%'] },
    ],
    [['a.json', '--merge', 'b.json'], { files: ['a.json', 'b.json'], merge: true }],
    [['a.json', '--require-valid'], { requireValid: true }],
    [['a.json', '-q'], { verbosity: 'quiet' }],
    [['a.json', '--full', '--no-color'], { verbosity: 'full', color: false }],
  ])('%j', (argv, changes) => {
    expect(parseReport(argv, {})).toEqual({ ...PLAIN, ...changes })
  })

  it('files behind -- whatever they are called, and variables', () => {
    expect(parseReport([], { STRESS_THRESHOLD: 'p99<1s' }, ['-odd.json'])).toEqual({
      ...PLAIN,
      files: ['-odd.json'],
      thresholds: ['p99<1s'],
    })
  })
})

describe('stress report refuses', () => {
  test.each<[string[], string]>([
    [[], 'argument: is missing: no result is named'],
    [['a.json', '--treshold', 'x'], '--treshold: is not an option of report; did you mean --threshold'],
    [['a.json', '-o', 'x.pdf'], "--output 'x.pdf': has an ending that stands for no format"],
    [['a.json', '-o', '-'], "--output '-': names no format"],
    [['a.json', '--threshold', 'p99'], '--threshold'],
    [['a.json', '--threshold', 'respons_time:p(99)<1s'], 'response_time'],
    [['a.json', '--full', '--quiet'], '--quiet: says the opposite of --full'],
    [['a.json', '--merge'], '--merge: has one result'],
    [['a.json', '--rate', '5'], '--rate: is not an option of report'],
  ])('%j', (argv, problem) => {
    expect(mistakesOf(argv).join('\n')).toContain(problem)
  })

  it('with all mistakes at once', () => {
    expect(mistakesOf(['-o', 'x.pdf', '--threshold', 'p99'])).toHaveLength(3)
  })
})
