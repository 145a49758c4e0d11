/** A result as metrics: of the run, then of its tests. */
import type { RunResult, TestResult } from '../../result/run-result.ts'
import { type Family, type Sample, sampleOf, samplesOfState } from './family.ts'
import { metricFamilies, toSeconds } from './metric-families.ts'

const STATUSES = ['completed', 'aborted', 'failed']
const VALIDITY_STATES = ['valid', 'generator-limited', 'invalid']

export const ERRORS_HELP = 'Errors of a test by class.'
export const CLOSE_CODES_HELP = 'Connections that the server or the network ended, by close code.'

export function resultFamilies(result: RunResult): Family[] {
  return [
    ...infoFamilies(result),
    ...endFamilies(result),
    ...result.tests.flatMap((test) => [
      ...statusFamilies(test),
      ...countFamilies(test),
      ...testFamilies(test),
    ]),
  ]
}

/** What ran, and when it began. */
export function infoFamilies({ tool, target, startedAt }: RunResult): Family[] {
  const { version } = tool
  const startSec = Date.parse(startedAt) / 1000
  return [
    gauge('run_info', 'What ran, and against what.', [
      { suffix: '', labels: { version, target: target.url, dialect: target.dialect }, value: 1 },
    ]),
    {
      ...gauge('run_start_time_seconds', 'When the run began, since the epoch.', sampleOf(startSec, {})),
      unit: 'seconds',
    },
  ]
}

/** What is known of a run when it is over. */
function endFamilies({ status, exitCode, thresholds }: RunResult): Family[] {
  return [
    gauge('run_status', 'How the run ended.', samplesOfState(STATUSES, status, {})),
    gauge('run_exit_code', 'The exit code of the process.', sampleOf(exitCode, {})),
    gauge(
      'threshold_passed',
      'Whether a threshold holds; one without data does not.',
      thresholds.map(({ expression, test, result }) => ({
        suffix: '',
        labels: { test, threshold: expression },
        value: result === 'pass' ? 1 : 0,
      })),
    ),
  ]
}

export function statusFamilies({ testType, status }: TestResult): Family[] {
  return [gauge('test_status', 'How a test ended.', samplesOfState(STATUSES, status, { test: testType }))]
}

/** Errors by class and closed connections by code. */
function countFamilies({ testType, errors, closeCodes }: TestResult): Family[] {
  const labels = { test: testType }
  const codes = Object.entries(closeCodes).map(
    ([code, value]): Sample => ({ suffix: '', labels: { ...labels, code }, value }),
  )
  return [
    { ...gauge('errors', ERRORS_HELP, sumByClass(errors, labels)), type: 'counter' },
    { ...gauge('close_codes', CLOSE_CODES_HELP, codes), type: 'counter' },
  ]
}

/** The figures of a test, all or those so far. */
export function testFamilies(test: TestResult): Family[] {
  const { testType, validity, phases } = test
  const labels = { test: testType }
  const lengths = Object.entries(phases).flatMap(([key, us]) =>
    sampleOf(toSeconds(us), { ...labels, phase: key.replace(/Us$/, '') }),
  )
  return [
    gauge(
      'validity',
      'Whether the figures of a test can be believed.',
      samplesOfState(VALIDITY_STATES, validity.state, labels),
    ),
    {
      ...gauge('phase_duration_seconds', 'Measured lengths of the phases of a test.', lengths),
      unit: 'seconds',
    },
    ...metricFamilies(test),
  ]
}

/** Details would make a series of every text that a server sends. */
function sumByClass(errors: TestResult['errors'], labels: { test: string }): Sample[] {
  const sums = new Map<string, number>()
  for (const { class: name, count } of errors) sums.set(name, (sums.get(name) ?? 0) + count)
  return [...sums].map(([name, value]) => ({ suffix: '', labels: { ...labels, class: name }, value }))
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `stress_${name}`, type: 'gauge', unit: '', help, samples }
}
