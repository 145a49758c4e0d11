import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { type CompareOptions, compare } from '../../src/library/compare.ts'
import { formatTable } from '../../src/library/format-table.ts'
import { render } from '../../src/library/render.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { makeResult, makeThroughputTest } from '../support/sample-result.ts'

const MINUTE_MS = 60_000

/** A run that begins in that minute, with rate and latencies times `factor`. */
function runAt(minute: number, factor = 1): RunResult {
  const test = makeThroughputTest()
  const metrics = Object.entries(test.metrics).map(([name, metric]) => [
    name,
    metric.type === 'counter' && metric.rate !== null ? { ...metric, rate: metric.rate * factor } : metric,
  ])
  const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()
  const times = { startedAt: at(minute * MINUTE_MS), finishedAt: at((minute + 0.5) * MINUTE_MS) }
  return makeResult([{ ...test, metrics: Object.fromEntries(metrics) }], times)
}

/** Eight runs a side, made in turn, which differ a little among themselves. */
function sides(factor: number): [RunResult[], RunResult[]] {
  const minutes = [0, 1, 2, 3, 4, 5, 6, 7]
  return [
    minutes.map((n) => runAt(2 * n, 1 + n / 1000)),
    minutes.map((n) => runAt(2 * n + 1, factor * (1 + n / 1000))),
  ]
}

function mistakesOf(...[base, head, options]: Parameters<typeof compare>): string[] {
  try {
    compare(base, head, options)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.mistakes.map(({ where, problem }) => `${where} ${problem}`)
  }
}

describe('compare', () => {
  it('finds a change, and holds thresholds against it', () => {
    const verdict = (factor: number, options?: CompareOptions) => {
      const { comparison, exitCode } = compare(...sides(factor), options)
      return [comparison.finding, exitCode]
    }
    const gate = { thresholds: 'messages_received:rate>-10%' }
    expect(verdict(1)).toEqual(['same', 0])
    expect(verdict(0.7)).toEqual(['worse', 0])
    expect(verdict(1.5)).toEqual(['better', 0])
    expect(verdict(1, gate)).toEqual(['same', 0])
    expect(verdict(0.7, gate)).toEqual(['worse', 99])
    expect(verdict(0.7, { failOnWorse: true })).toEqual(['worse', 99])
    expect(verdict(0.7, { margin: '50%' })).toEqual(['same', 0])
  })

  it('of one run a side cannot tell', () => {
    expect(compare(runAt(0), runAt(1, 0.5)).comparison.finding).toBe('cannot-tell')
  })

  it('is written by formatTable, too', () => {
    expect(formatTable(compare(...sides(0.7)))).toMatch(/worse/)
    expect(
      formatTable(compare(...sides(0.7)), { quiet: true })
        .trim()
        .split('\n'),
    ).toHaveLength(1)
  })

  it('is the text of a file as well, in three formats', () => {
    const comparison = compare(...sides(0.7))
    expect(JSON.parse(render('json', comparison))).toMatchObject({ kind: 'comparison' })
    expect(render('md', comparison)).toMatch(/^#/m)
    expect(render('txt', comparison)).toMatch(/worse/)
    expect(() => render('xml', comparison)).toThrow(UsageError)
  })

  it('names every mistake in its options', () => {
    const options = { thresholds: ['p99<+10%', 'p99<'], margin: 'wide', metrics: 'nothing' }
    const mistakes = mistakesOf(...sides(1), options)
    expect(mistakes.map((text) => text.split(' ')[0])).toEqual(
      expect.arrayContaining(['thresholds', 'margin', 'metrics']),
    )
  })

  it('refuses what is not comparable, unless told otherwise', () => {
    const [base, head] = sides(1)
    const elsewhere = head.map((run) => ({
      ...run,
      environment: { ...run.environment, cpuModel: 'another' },
    }))
    expect(mistakesOf(base, elsewhere)).not.toEqual([])
    expect(compare(base, elsewhere, { anyway: true }).comparison.differences).not.toEqual([])
    expect(mistakesOf([], head)).toEqual(['base has no run'])
    expect(mistakesOf(base, base)).not.toEqual([])
  })
})
