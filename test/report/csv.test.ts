import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeControls } from '../../src/plan/escape-controls.ts'
import { renderCsv } from '../../src/report/csv.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import { anyText } from '../support/hostile-result.ts'
import {
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeThroughputTest,
} from '../support/sample-result.ts'
import { parseCsv } from './csv-rows.ts'

/** One row as an object, by the header. */
function readRows(text: string): Record<string, string>[] {
  const [head = [], ...rows] = parseCsv(text)
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])))
}

function withErrors({ intervals }: TestResult, name: string): TestResult['intervals'] {
  return intervals.map((one) => ({ ...one, errors: { [name]: 1 } }))
}

describe('renderCsv', () => {
  it('has one header and a row an interval of every test, with the test in front', () => {
    const result = makePassingResult()
    const rows = readRows(renderCsv(result))
    expect(rows.map(({ test }) => test)).toEqual(
      result.tests.flatMap(({ testType, intervals }) => intervals.map(() => testType)),
    )
    expect(rows[0]).toMatchObject({ atUs: '1000000', phase: 'warmup', sent: '38400', p99Us: '3600' })
  })

  it('leaves empty what was not measured, and is a bare header without intervals', () => {
    const row = readRows(renderCsv(makePassingResult())).find(({ test }) => test === 'sustained')
    expect(row).toMatchObject({ p99Us: '', pacerLagP99Us: '', lost: '0' })
    expect(parseCsv(renderCsv(makeEmptyResult()))).toHaveLength(1)
  })

  it('has a column for each class of error and each close code that occurs, and their sum', () => {
    const test = makeThroughputTest()
    const [first, second, ...rest] = test.intervals
    const intervals = [
      first!,
      { ...second!, errors: { 'no-reply': 3, 'close-code': 1 }, closeCodes: { '1011': 1 } },
      ...rest,
    ]
    const rows = readRows(renderCsv(makeResult([{ ...test, intervals }])))
    expect(Object.keys(rows[0] ?? {}).slice(-4)).toEqual([
      'errors',
      'errors.close-code',
      'errors.no-reply',
      'closeCodes.1011',
    ])
    expect(Object.values(rows[0] ?? {}).slice(-4)).toEqual(['0', '0', '0', '0'])
    expect(Object.values(rows[1] ?? {}).slice(-4)).toEqual(['4', '1', '3', '1'])
  })

  it('leaves errors empty where a result of an earlier version does not say when they were', () => {
    const [row] = readRows(renderCsv(makeFailedGate()))
    expect(row?.errors).toBe('')
  })

  it('never makes a number of what is none', () => {
    const test = makeThroughputTest()
    const intervals = test.intervals.map((one) => ({ ...one, p50Us: Number.NaN, loopBusy: Infinity }))
    const [row] = readRows(renderCsv(makeResult([{ ...test, intervals }])))
    expect(row).toMatchObject({ p50Us: '', loopBusy: '' })
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)'])('gives a spreadsheet no formula: %j', (testType) => {
    const [row] = readRows(renderCsv(makeResult([{ ...makeThroughputTest(), testType }])))
    expect(row?.test).toBe(`'${testType}`)
  })

  const test = makeThroughputTest()
  it('keeps its columns whatever a test or a class of error is called', () => {
    fc.assert(
      fc.property(anyText, (testType) => {
        const rows = parseCsv(
          renderCsv(makeResult([{ ...test, testType, intervals: withErrors(test, testType) }])),
        )
        expect(new Set(rows.map((row) => row.length)).size).toBe(1)
        expect(rows).toHaveLength(7)
        const shown = escapeControls(testType)
        expect(rows[1]?.[0]).toBe(/^[=+\-@]/.test(shown) ? `'${shown}` : shown)
      }),
    )
  })
})
