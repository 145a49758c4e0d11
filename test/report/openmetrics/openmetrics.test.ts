import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Family } from '../../../src/report/openmetrics/family.ts'
import { renderOpenMetrics } from '../../../src/report/openmetrics/openmetrics.ts'
import { resultFamilies } from '../../../src/report/openmetrics/result-families.ts'
import { writeFamilies } from '../../../src/report/openmetrics/write-families.ts'
import type { RunResult } from '../../../src/result/run-result.ts'
import { anyText, makeHostileResult, NASTY } from '../../support/hostile-result.ts'
import {
  gauge,
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeSustainedTest,
  makeThroughputTest,
} from '../../support/sample-result.ts'

const LABEL = '[a-z_]+="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const SAMPLE = new RegExp(`^stress_[a-z0-9_]+(?:\\{${LABEL}(?:,${LABEL})*\\})? -?\\d[\\d.e+-]*$`, 'u')
const COMMENT = /^# (?:HELP stress_\w+ .+|TYPE stress_\w+ (?:gauge|counter|summary)|UNIT stress_\w+ \w+|EOF)$/

/** The value of a sample by its whole name; undefined: there is none. */
function read(text: string, sample: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${sample} `))
  return line === undefined ? undefined : Number(line.slice(sample.length + 1))
}

describe('renderOpenMetrics', () => {
  const text = renderOpenMetrics(makePassingResult())

  it('is in base units: seconds, bytes, shares', () => {
    expect(read(text, 'stress_response_time_seconds{test="throughput",quantile="0.5"}')).toBe(0.002501)
    expect(read(text, 'stress_server_rss_bytes{test="throughput"}')).toBe(57_000_000)
    expect(read(text, 'stress_server_cpu_ratio{test="throughput"}')).toBe(0.99)
    expect(read(text, 'stress_sent_bytes_total{test="throughput"}')).toBe(192_000 * 38)
    expect(read(text, 'stress_open_99_seconds{test="storm"}')).toBe(0.0098)
    expect(read(text, 'stress_phase_duration_seconds{test="sustained",phase="hold"}')).toBe(20)
  })

  it('has counts, ratios and rates', () => {
    expect(read(text, 'stress_messages_received_total{test="throughput"}')).toBe(192_000)
    expect(read(text, 'stress_messages_received_per_second{test="throughput"}')).toBe(38_400)
    expect(read(text, 'stress_error_ratio{test="throughput"}')).toBe(0)
    expect(read(text, 'stress_connect_success_ratio{test="throughput"}')).toBe(1)
    expect(read(text, 'stress_response_time_seconds_count{test="throughput"}')).toBe(192_000)
  })

  it('leaves out what was not measured', () => {
    expect(text).toContain('stress_connect_time_seconds{test="storm",quantile="0.99"}')
    expect(text).not.toContain('stress_connect_time_seconds{test="storm",quantile="0.999"}')
    const empty = renderOpenMetrics(makeEmptyResult())
    expect(empty).not.toContain('stress_response_time_seconds')
    expect(empty).not.toContain('NaN')
  })

  it('says validity, status and thresholds as states', () => {
    const failed = renderOpenMetrics(makeFailedGate())
    expect(read(failed, 'stress_validity{test="sustained",state="valid"}')).toBe(1)
    expect(read(failed, 'stress_validity{test="sustained",state="invalid"}')).toBe(0)
    expect(read(failed, 'stress_threshold_passed{test="sustained",threshold="error_ratio<5%"}')).toBe(1)
    expect(
      read(failed, 'stress_threshold_passed{test="sustained",threshold="response_time:p(99)<200ms"}'),
    ).toBe(0)
    expect(read(renderOpenMetrics(makeAbortedResult()), 'stress_run_status{state="aborted"}')).toBe(1)
  })

  it('counts errors by class, not by what a server said', () => {
    const failed = makeFailedGate()
    const [test] = failed.tests
    const errors = ['a', 'b'].map((detail) => ({ class: 'close-code', detail, count: 2, firstAtUs: 1 }))
    const [written] = [renderOpenMetrics({ ...failed, tests: [{ ...test!, errors }] })]
    expect(read(written, 'stress_errors_total{test="sustained",class="close-code"}')).toBe(4)
    expect(written).not.toContain('detail=')
  })

  it('keeps the figures of a group apart', () => {
    const test = makeSustainedTest()
    const metrics = { ...test.metrics, 'generator_rss{group=slow "ones"}': gauge(1, 'bytes') }
    const written = renderOpenMetrics(makeResult([{ ...test, metrics }]))
    expect(read(written, 'stress_generator_rss_bytes{test="sustained",group="slow \\"ones\\""}')).toBe(1)
  })

  it('names each metric once, and each sample once, also when two tests are of one type', () => {
    const twins = renderOpenMetrics(makeResult([makeThroughputTest(), makeThroughputTest()]))
    const lines = twins.split('\n')
    expect(new Set(lines).size).toBe(lines.length)
  })

  it('is text that either parser takes, with any text anywhere', () => {
    fc.assert(
      fc.property(anyText, (hostile) => {
        const lines = renderOpenMetrics(makeHostileResult(hostile)).split('\n')
        expect(lines.slice(-2)).toEqual(['# EOF', ''])
        for (const line of lines.slice(0, -1)) {
          expect(line).toMatch(line.startsWith('#') ? COMMENT : SAMPLE)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('writeFamilies', () => {
  const families: Family[] = [
    {
      name: 'stress_sent_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Sent.',
      samples: [{ suffix: '', labels: { test: 'a' }, value: 5 }],
    },
  ]

  it('names a counter the way each format has it', () => {
    expect(writeFamilies(families, 'openmetrics').split('\n')).toEqual([
      '# HELP stress_sent_bytes Sent.',
      '# TYPE stress_sent_bytes counter',
      '# UNIT stress_sent_bytes bytes',
      'stress_sent_bytes_total{test="a"} 5',
      '# EOF',
      '',
    ])
    expect(writeFamilies(families, 'prometheus').split('\n')).toEqual([
      '# HELP stress_sent_bytes_total Sent.',
      '# TYPE stress_sent_bytes_total counter',
      'stress_sent_bytes_total{test="a"} 5',
      '',
    ])
  })

  it('leaves the type out where both must read it, since they disagree on the name', () => {
    expect(writeFamilies(families, 'either').split('\n')).toEqual([
      '# HELP stress_sent_bytes_total Sent.',
      'stress_sent_bytes_total{test="a"} 5',
      '# EOF',
      '',
    ])
  })
})

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined

describe.skipIf(!hasPromtool)('promtool check metrics (skipped where Prometheus is not installed)', () => {
  const samples: [string, RunResult][] = [
    ['passed', makePassingResult()],
    ['failed gate', makeFailedGate()],
    ['aborted', makeAbortedResult()],
    ['nothing reached', makeEmptyResult()],
    ['hostile texts', makeHostileResult(NASTY)],
  ]
  const forms = ['either', 'prometheus'] as const
  it.each(samples.flatMap(([name, result]) => forms.map((form) => [name, form, result] as const)))(
    'finds nothing to complain of: %s, %s',
    (_, form, result) => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: writeFamilies(resultFamilies(result), form),
        encoding: 'utf8',
      })
      expect(`${status} ${stdout}${stderr}`).toBe('0 ')
    },
  )
})
