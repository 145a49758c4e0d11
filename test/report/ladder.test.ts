import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ladderLines } from '../../src/report/ladder.ts'
import { createPaint } from '../../src/report/paint.ts'
import { drawLogBar } from '../../src/report/sparkline.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import { makeStormTest, makeSustainedTest, makeThroughputTest } from '../support/sample-result.ts'

const draw = (test: TestResult, width = 80) => ladderLines(test, width, createPaint(false))

describe('the ladder of percentiles', () => {
  it('is of what the test is about, with the service time beside it when there is a rate', () => {
    expect(draw(makeThroughputTest())).toMatchInlineSnapshot(`
      [
        "throughput  response  1.0 ms to 9.0 ms, log",
        "P50           2.5 ms  ███████████████████████",
        "P75           3.0 ms  ████████████████████████████",
        "P90           3.3 ms  ███████████████████████████████",
        "P95           3.7 ms  █████████████████████████████████",
        "P99           6.5 ms  ████████████████████████████████████████████████",
        "P99.9         8.7 ms  ███████████████████████████████████████████████████████",
        "P99.99        9.0 ms  ████████████████████████████████████████████████████████",
        "P99.999      ~9.0 ms  ████████████████████████████████████████████████████████",
        "max           9.0 ms  ████████████████████████████████████████████████████████",
      ]
    `)
    expect(draw(makeStormTest())[0]).toMatch(/^storm {2}connect {2}/)
    const sustained = makeSustainedTest()
    const histograms = { ...sustained.histograms, service_time: sustained.histograms.response_time! }
    expect(draw({ ...sustained, histograms })[0]).toMatch(/ service$/)
  })

  it('has no rung without a sample beyond it, and counts the lost above the greatest', () => {
    const test = makeSustainedTest()
    const trend = test.metrics.response_time!
    const lost = {
      ...test,
      metrics: { ...test.metrics, response_time: { ...trend, lost: 100 } as typeof trend },
    }
    const lines = draw(lost)
    expect(lines.filter((line) => line.includes('–'))).toEqual([])
    expect(lines.find((line) => line.startsWith('P99 '))).toContain('> 5 s')
    expect(lines.at(-1)).toMatch(/^lost +100/)
  })

  it('is not there without samples', () => {
    expect(draw({ ...makeThroughputTest(), histograms: {} })).toEqual([])
    expect(draw({ ...makeThroughputTest(), metrics: {} })).toEqual([])
  })

  it.each([60, 80, 100, 200])('fits in %s columns', (width) => {
    for (const test of [makeThroughputTest(), makeStormTest(), makeSustainedTest()])
      for (const line of ladderLines(test, width, createPaint(true)))
        expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(width)
  })
})

describe('a bar on a log axis', () => {
  it.each([
    [100, 100, 10_000, 1],
    [1000, 100, 10_000, 20],
    [10_000, 100, 10_000, 40],
    [50, 100, 10_000, 1],
    [20_000, 100, 10_000, 40],
    [7, 7, 7, 40],
  ])('%s from %s to %s has %s of 40', (value, from, to, expected) => {
    expect(drawLogBar(value, from, to, 40)).toHaveLength(expected)
  })
})
