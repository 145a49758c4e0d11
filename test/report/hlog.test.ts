import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderHlog } from '../../src/report/hlog.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { anyText, makeHostileResult } from '../support/hostile-result.ts'
import {
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeStormTest,
  makeThroughputTest,
} from '../support/sample-result.ts'

const load = createRequire(import.meta.url)
const { HistogramLogReader, listTags } = load('hdr-histogram-js') as typeof import('hdr-histogram-js')

interface Read {
  readonly tag: string
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
  readonly p99: number
  readonly max: number
}

/** What the public reader makes of a log. */
function readLog(text: string): Read[] {
  const reader = new HistogramLogReader(text)
  const all: Read[] = []
  for (let one = reader.nextIntervalHistogram(); one !== null; one = reader.nextIntervalHistogram()) {
    all.push({
      tag: one.tag,
      fromMs: one.startTimeStampMsec,
      toMs: one.endTimeStampMsec,
      count: one.totalCount,
      p99: one.getValueAtPercentile(99),
      max: one.maxValue,
    })
  }
  return all
}

function trendOf(result: RunResult, name: string) {
  const metric = result.tests[0]?.metrics[name]
  if (metric?.type !== 'trend') throw new Error(`no trend ${name}`)
  return metric
}

const START_MS = Date.parse('2026-01-02T03:04:05.000Z')

describe('renderHlog', () => {
  it('gives the public reader the windows of the headline without a tag, each at its time', () => {
    const result = makeResult([makeThroughputTest()])
    const { windows } = result.tests[0]!.latencyWindows!
    const read = readLog(renderHlog(result)).filter(({ tag }) => tag === 'NO TAG')
    expect(read.map(({ fromMs, toMs, count }) => ({ fromMs, toMs, count }))).toEqual(
      windows.map(({ fromUs, toUs, count }) => ({
        fromMs: START_MS + fromUs / 1000,
        toMs: START_MS + toUs / 1000,
        count,
      })),
    )
  })

  it('has every distribution of a test over its whole phase, tagged by test and metric', () => {
    const result = makeFailedGate()
    const whole = readLog(renderHlog(result)).find(({ tag }) => tag === 'sustained/response_time')
    const { count, max } = trendOf(result, 'response_time')
    expect(whole?.count).toBe(count)
    // A log has a bucket's end for the maximum: 3 digits.
    expect(Math.abs(whole!.max / max! - 1)).toBeLessThan(0.001)
    expect(whole!.toMs - whole!.fromMs).toBe(20_000)
  })

  it('keeps the tests of `all` apart', () => {
    expect(listTags(renderHlog(makePassingResult())).sort()).toEqual([
      'NO TAG',
      'storm/connect_time',
      'storm/response_time',
      'storm/response_time/windows',
      'sustained/connect_time',
      'sustained/response_time',
      'sustained/response_time/windows',
      'throughput/connect_time',
      'throughput/response_time',
    ])
  })

  it('is in the order of time, as readers of a range need it', () => {
    const times = readLog(renderHlog(makePassingResult())).map(({ fromMs }) => fromMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('shows what a test without windows is about when asked for nothing else', () => {
    const storm = { ...makeStormTest(), latencyWindows: null }
    const read = readLog(renderHlog(makeResult([storm])))
    const [untagged] = read.filter(({ tag }) => tag === 'NO TAG')
    expect(untagged).toMatchObject({ count: 100, fromMs: START_MS })
  })

  it('writes the greatest value in milliseconds, exactly', () => {
    const result = makeResult([makeThroughputTest()])
    const line = renderHlog(result)
      .split('\n')
      .find((text) => text.startsWith('Tag=throughput/response_time,'))
    expect(line?.split(',')[3]).toBe((trendOf(result, 'response_time').max! / 1000).toFixed(3))
  })

  it('has no blank line, and nothing but comments and the legend without a sample', () => {
    expect(renderHlog(makeFailedGate())).not.toMatch(/\n\n/)
    const empty = { ...makeEmptyResult().tests[0]!, latencyWindows: null }
    const lines = renderHlog(makeResult([empty]))
      .trimEnd()
      .split('\n')
    expect(lines.every((line) => /^[#"]/.test(line))).toBe(true)
  })

  it('has as many lines as it should, each with four fields, with any text anywhere', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const result = makeHostileResult(text)
        const [test] = result.tests
        const named = {
          ...test!,
          histograms: Object.fromEntries(
            Object.entries(test!.histograms).map(([name, base64]) => [`${name}${text}`, base64]),
          ),
        }
        const lines = renderHlog({ ...result, tests: [named] })
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('#'))
        expect(lines).toHaveLength(
          1 + Object.keys(named.histograms).length + test!.latencyWindows!.windows.length,
        )
        for (const line of lines.slice(1)) {
          expect(line).toMatch(/^(?:Tag=[^,\s]+,)?\d+\.\d{3},\d+\.\d{3},\d+\.\d{3},HIST[\w+/=]+$/)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('lets nothing into a line beside the histogram', () => {
    const result = makeResult([makeThroughputTest()])
    const [test] = result.tests
    const [name, base64] = Object.entries(test!.histograms)[0]!
    const histograms = { [name]: `${base64}\nTag=other,0,0,0,${base64}` }
    const lines = renderHlog({ ...result, tests: [{ ...test!, histograms, latencyWindows: null }] })
    expect(lines).not.toMatch(/^Tag=other/m)
  })
})
