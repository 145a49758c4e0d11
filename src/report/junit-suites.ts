/**
 * A result as suites of cases, the way test reports have it: a suite a test, and in it a case for "it comes to its end",
 * one for its validity and one for each threshold. Red exactly when the exit code is not 0: what nobody set as a gate (a
 * finding of a test type, a run that is not valid without --require-valid) stands in the suite's output and fails nothing.
 */
import { EXIT } from '../errors.ts'
import type { RunResult, TestResult, ThresholdResult } from '../result/run-result.ts'
import { adviseError } from './advice.ts'
import { formatPlural } from './format.ts'
import { createPaint } from './paint.ts'
import { countErrors } from './test-figures.ts'
import { explainThreshold, showThresholdValue } from './threshold-text.ts'
import { quietLine } from './verdict.ts'

export interface Case {
  readonly name: string
  /** Null: passed. */
  readonly problem: Problem | null
}

export interface Problem {
  /** An error is something that kept the test from being one. */
  readonly kind: 'failure' | 'error'
  readonly type: string
  readonly message: string
  readonly text: string
}

export interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
  readonly seconds: number
  readonly output: readonly string[]
}

const MOST_ERRORS = 10

/** A suite a test, then one for each test that was to be held against a threshold and never ran. */
export function listSuites(result: RunResult): Suite[] {
  const ran = new Set(result.tests.map(({ testType }) => testType))
  const missing = result.thresholds.filter(({ test }) => !ran.has(test))
  const never = [...new Set(missing.map(({ test }) => test))]
  const suites = [
    ...result.tests.map((test) => testSuite(test, result)),
    ...never.map((name) => ({
      name: name === '' ? 'run' : name,
      cases: missing.filter(({ test }) => test === name).map((row) => thresholdCase(row, result)),
      seconds: 0,
      output: [],
    })),
  ]
  const hasEnded = result.status === 'completed' && !INTERRUPTED.has(result.exitCode)
  if (hasEnded || result.tests.some(({ status }) => status !== 'completed')) return suites
  // It was ended before its first test, or between two.
  const cases = [endCase(result.status === 'completed' ? 'aborted' : result.status, result)]
  return [{ name: 'run', cases, seconds: 0, output: [] }, ...suites]
}

const INTERRUPTED: ReadonlySet<number> = new Set([EXIT.interrupted, EXIT.terminated])

function testSuite(test: TestResult, result: RunResult): Suite {
  const { connectUs, warmupUs, holdUs, drainUs } = test.phases
  const us = [connectUs, warmupUs, holdUs, drainUs].reduce<number>((sum, part) => sum + (part ?? 0), 0)
  return {
    name: test.testType,
    cases: [
      endCase(test.status, result),
      validityCase(test, result),
      ...result.thresholds
        .filter((row) => row.test === test.testType)
        .map((row) => thresholdCase(row, result)),
    ],
    seconds: us / 1e6,
    output: describeTest(test),
  }
}

function endCase(status: RunResult['status'], result: RunResult): Case {
  const name = 'comes to its end'
  if (status === 'completed') return { name, problem: null }
  const message = quietLine(result, createPaint(false))
  const text = result.tests.flatMap(({ warnings }) => warnings.map((warning) => warning.message)).join('\n')
  return { name, problem: { kind: 'error', type: status, message, text } }
}

function validityCase({ validity }: TestResult, result: RunResult): Case {
  const name = 'is valid'
  if (validity.state === 'valid' || !isValidityAsked(result)) return { name, problem: null }
  const [first] = validity.reasons
  return {
    name,
    problem: {
      kind: 'failure',
      type: validity.state,
      message: `${validity.state}${first === undefined ? '' : `: ${first.message}`}`,
      text: validity.reasons.map(({ message }) => message).join('\n'),
    },
  }
}

/**
 * The result does not say whether validity was asked for, but its exit code does. Where a signal or a broken run outranks
 * that, thresholds stand for it: with one it is asked for by itself.
 */
function isValidityAsked({ exitCode, thresholds }: RunResult): boolean {
  if (exitCode === EXIT.passed || exitCode === EXIT.threshold) return false
  return exitCode === EXIT.notValid || thresholds.length > 0
}

function thresholdCase(row: ThresholdResult, result: RunResult): Case {
  if (row.result === 'pass') return { name: row.expression, problem: null }
  const explanation = explainThreshold(row, result)
  const value = showThresholdValue(row, result)
  const message =
    row.result === 'no-data' ? explanation : `${value}${explanation === '' ? '' : `, ${explanation}`}`
  const text = [
    `${row.metric} ${row.aggregation}: ${value}`,
    `threshold: ${row.expression}`,
    quietLine(result, createPaint(false)),
    ...result.tests.filter(({ testType }) => testType === row.test).flatMap(listErrors),
  ].join('\n')
  return { name: row.expression, problem: { kind: 'failure', type: row.result, message, text } }
}

/** What is known beside the cases: validity with its reasons, findings, warnings, errors. */
function describeTest(test: TestResult): string[] {
  const { state, limitedBy, reasons } = test.validity
  return [
    `measurement: ${state}, limited by: ${limitedBy}`,
    ...reasons.map(({ message }) => `  ${message}`),
    ...test.findings.map(({ verdict, message }) => `finding (${verdict}): ${message}`),
    ...test.warnings.map(({ message }) => `warning: ${message}`),
    ...listErrors(test),
  ]
}

function listErrors(test: TestResult): string[] {
  const sorted = [...test.errors].sort((a, b) => b.count - a.count)
  const shown = sorted.slice(0, MOST_ERRORS).map(({ class: name, detail, count }) => {
    const advice = adviseError(name, detail)
    return `  ${name}${detail === '' ? '' : ` ${detail}`}: ${count}${advice === '' ? '' : ` (${advice})`}`
  })
  const left = sorted.length - shown.length
  return sorted.length === 0
    ? []
    : [
        `${formatPlural(countErrors(test), 'error')}:`,
        ...shown,
        ...(left === 0 ? [] : [`  and ${formatPlural(left, 'more kind')}`]),
      ]
}
