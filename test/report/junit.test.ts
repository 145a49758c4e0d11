import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { renderJunit } from '../../src/report/junit.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { anyText, makeHostileResult, NASTY } from '../support/hostile-result.ts'
import {
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeSustainedTest,
} from '../support/sample-result.ts'

interface Case {
  name: string
  failure?: { type: string; message: string; '#text'?: string }
  error?: { type: string; message: string; '#text'?: string }
}
interface Suite {
  name: string
  tests: string
  failures: string
  errors: string
  time: string
  properties: { property: { name: string; value: string }[] }
  testcase: (Case & { time: string })[]
  'system-out': string
}

/** @throws when it is not well-formed */
function parse(text: string): Suite[] {
  const state = XMLValidator.validate(text)
  if (state !== true) throw new Error(JSON.stringify(state))
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
  })
  return parser.parse(text).testsuites.testsuite
}

function outcomes(result: RunResult): string[] {
  return parse(renderJunit(result)).flatMap((suite) =>
    suite.testcase.map(
      ({ name, failure, error }) =>
        `${suite.name}: ${name}: ${failure !== undefined ? `failure ${failure.type}` : error !== undefined ? `error ${error.type}` : 'passed'}`,
    ),
  )
}

const NOT_VALID = makeResult([
  {
    ...makeSustainedTest(),
    validity: {
      state: 'generator-limited',
      limitedBy: 'generator',
      reasons: [{ code: 'pacer-lag', message: 'it was late', value: 2, limit: 1 }],
    },
  },
])
const NO_DATA: RunResult = {
  ...makeFailedGate(),
  thresholds: makeFailedGate().thresholds.map((row) => ({
    ...row,
    value: null,
    result: 'no-data' as const,
    note: 'the test did not run',
  })),
}

describe('renderJunit', () => {
  it('has a suite a test, with a case for its end, its validity and each threshold', () => {
    expect(outcomes(makeFailedGate())).toEqual([
      'sustained: comes to its end: passed',
      'sustained: is valid: passed',
      'sustained: response_time:p(99)<200ms: failure fail',
      'sustained: error_ratio<5%: passed',
    ])
    expect(outcomes(makePassingResult()).filter((line) => line.endsWith('passed'))).toHaveLength(6)
  })

  it('says of a failed threshold what was measured, since when, and what the likely cause is', () => {
    const failure = parse(renderJunit(makeFailedGate()))[0]?.testcase[2]?.failure
    expect(failure?.message).toBe('> 5 s, among lost messages, since 4.2 s')
    expect(failure?.['#text']).toContain('no-reply: 38 (overload, or the server does not echo)')
  })

  it('takes a threshold without data as failed', () => {
    expect(outcomes(NO_DATA).filter((line) => line.endsWith('failure no-data'))).toHaveLength(2)
  })

  it('keeps thresholds of a test that never ran, in a suite of their own', () => {
    const row = { ...NO_DATA.thresholds[0]!, test: 'storm' }
    expect(outcomes({ ...NO_DATA, thresholds: [row] })).toContain(
      'storm: response_time:p(99)<200ms: failure no-data',
    )
  })

  it('takes a run that is not valid as failed only where that was asked for', () => {
    const last = (result: RunResult) => outcomes(result).find((line) => line.includes('is valid'))
    expect(last({ ...NOT_VALID, exitCode: 4 })).toBe('sustained: is valid: failure generator-limited')
    expect(last({ ...NOT_VALID, exitCode: 0 })).toBe('sustained: is valid: passed')
    const { thresholds } = makeFailedGate()
    expect(last({ ...NOT_VALID, thresholds, exitCode: 99 })).toBe('sustained: is valid: passed')
    // A signal outranks it, and a threshold asks for it by itself.
    expect(last({ ...NOT_VALID, thresholds, exitCode: 130 })).toBe(
      'sustained: is valid: failure generator-limited',
    )
    expect(parse(renderJunit({ ...NOT_VALID, exitCode: 0 }))[0]?.['system-out']).toContain('it was late')
  })

  it('fails nothing over a finding that nobody set as a gate', () => {
    const finding = {
      code: 'x',
      verdict: 'bad' as const,
      message: 'it leaks',
      value: 1,
      unit: '',
      low: 0,
      high: 2,
    }
    const result = makeResult([{ ...makeSustainedTest(), findings: [finding] }])
    expect(outcomes(result).filter((line) => !line.endsWith('passed'))).toEqual([])
    expect(parse(renderJunit(result))[0]?.['system-out']).toContain('finding (bad): it leaks')
  })

  it('takes a test that did not come to its end as an error', () => {
    expect(outcomes(makeAbortedResult())[0]).toBe('throughput: comes to its end: error aborted')
    expect(outcomes(makeEmptyResult())[0]).toBe('throughput: comes to its end: error failed')
  })

  it('is red whenever the run was interrupted, before its first test and between two', () => {
    expect(outcomes({ ...makeResult([]), status: 'aborted', exitCode: 130 })).toEqual([
      'run: comes to its end: error aborted',
    ])
    expect(outcomes({ ...makePassingResult(), exitCode: 143 })[0]).toBe(
      'run: comes to its end: error aborted',
    )
  })

  it.each([
    ['passed', makePassingResult()],
    ['failed gate', makeFailedGate()],
    ['no data', NO_DATA],
    ['aborted', makeAbortedResult()],
    ['nothing reached', makeEmptyResult()],
    ['not valid, and nobody asked', { ...NOT_VALID, exitCode: 0 }],
    ['not valid, exit 4', { ...NOT_VALID, exitCode: 4 }],
  ] as const)('counts what it has, and is red exactly when the exit code is not 0: %s', (_, result) => {
    const suites = parse(renderJunit(result))
    for (const suite of suites) {
      expect(suite.testcase).toHaveLength(Number(suite.tests))
      expect(suite.testcase.filter(({ failure }) => failure !== undefined)).toHaveLength(
        Number(suite.failures),
      )
      expect(suite.testcase.filter(({ error }) => error !== undefined)).toHaveLength(Number(suite.errors))
      expect(suite.testcase.reduce((sum, { time }) => sum + Number(time), 0)).toBeCloseTo(Number(suite.time))
    }
    const isRed = suites.some(({ failures, errors }) => Number(failures) + Number(errors) > 0)
    expect(isRed).toBe(result.exitCode !== 0)
  })

  it('leaves out of the properties what was not measured', () => {
    const names = parse(renderJunit(makeEmptyResult()))[0]?.properties.property.map(({ name }) => name)
    expect(names).toContain('connectionsFailed')
    expect(names).not.toContain('p99Us')
  })

  it('is well-formed with any text anywhere', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const [suite] = parse(renderJunit(makeHostileResult(text)))
        expect(suite?.testcase).toHaveLength(4)
        expect(suite?.testcase[0]?.name).toBe('comes to its end')
      }),
    )
  })

  it('loses nothing of a text that XML can carry', () => {
    const text = 'a < b & c > "d" \'e\' ]]> ünï 漢字 🙂'
    const [suite] = parse(renderJunit(makeHostileResult(text)))
    expect(suite?.['system-out']).toContain(`warning: ${text}`)
    expect(suite?.testcase[2]?.name).toBe(text)
  })
})

const hasXmllint = spawnSync('xmllint', ['--version']).error === undefined

describe.skipIf(!hasXmllint)('JUnit by xmllint (skipped where libxml2-utils is not installed)', () => {
  const schema = fileURLToPath(new URL('junit.xsd', import.meta.url))
  it.each([
    ['passed', makePassingResult()],
    ['failed gate', makeFailedGate()],
    ['aborted', makeAbortedResult()],
    ['nothing reached', makeEmptyResult()],
    ['before its first test', { ...makeResult([]), status: 'aborted' as const, exitCode: 130 }],
    ['hostile texts', makeHostileResult(NASTY)],
  ])('has the shape that its readers agree on: %s', (_, result) => {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', schema, '-'], {
      input: renderJunit(result),
      encoding: 'utf8',
    })
    expect(`${status} ${stderr}`).toBe('0 - validates\n')
  })
})
