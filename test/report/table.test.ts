import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type ReportOptions, renderReport, renderTest } from '../../src/report/table.ts'
import type { RunResult, TestResult, ThresholdResult } from '../../src/result/run-result.ts'
import {
  makeAudienceResult,
  makeBroadcastTest,
  makeFailedReach,
  makeFanOutThroughputTest,
  makeHeartbeatTest,
  makePushTest,
  makeStreamTest,
} from '../result/sample-audience.ts'
import {
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeStormTest,
  makeSustainedTest,
  makeThroughputTest,
} from '../support/sample-result.ts'

const PLAIN: ReportOptions = { width: 80, color: false, verbosity: 'default', streamed: false, written: [] }

function render(result: RunResult, over: Partial<ReportOptions> = {}): string {
  return renderReport(result, { ...PLAIN, ...over })
}

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n')
}

const SINGLE = {
  throughput: makeResult([makeThroughputTest()]),
  'throughput under the published conditions': makeResult([makeThroughputTest(1000)]),
  storm: makeResult([makeStormTest()]),
  sustained: makeResult([makeSustainedTest()]),
  'a failed gate': makeFailedGate(),
  'an aborted run': makeAbortedResult(),
  'a run without a sample': makeEmptyResult(),
  broadcast: makeAudienceResult(makeBroadcastTest()),
  'a failed gate on reach': makeFailedReach(),
  'throughput with fan-out': makeAudienceResult(makeFanOutThroughputTest()),
  pushes: makeAudienceResult(makePushTest()),
  'missed pushes': makeAudienceResult(makePushTest(7)),
  'pushes without a promised interval': makeAudienceResult(makePushTest(null)),
  heartbeats: makeAudienceResult(makeHeartbeatTest()),
  'event streams': makeAudienceResult(makeStreamTest()),
}

const GENERATOR_LIMITED: TestResult = {
  ...makeSustainedTest(),
  validity: {
    state: 'generator-limited',
    limitedBy: 'generator',
    reasons: [
      {
        code: 'pacer-lag',
        message:
          'the generator sent late: pacer lag P99 is 12 ms, more than 75 % of the response time; lower --rate or add --workers',
        value: 12_000,
        limit: 1_000,
      },
    ],
  },
}

function makeThreshold(over: Partial<ThresholdResult>): ThresholdResult {
  return {
    expression: 'p99<3ms',
    test: 'throughput',
    metric: 'response_time',
    aggregation: 'p(99)',
    value: 6_500,
    limit: 3_000,
    unit: 'us',
    result: 'fail',
    note: '',
    ...over,
  }
}

describe('the report of all tests', () => {
  it('has the tests in one table, memory and the published figures', () => {
    expect(render(makePassingResult())).toMatchSnapshot()
  })

  it('has a row for each kind of test, with what it is about below', () => {
    const text = render(makeResult([makeBroadcastTest(), makeFanOutThroughputTest(), makePushTest()]))
    expect(text).toMatch(/^broadcast {3}10 s, 50\/s +12,550 .*\n +reach 100 %, last delivery P99 \S+ ms$/m)
    expect(text).toMatch(/^throughput .*\n +reach 100 %, delivery P99 \S+ ms$/m)
    expect(text).toMatch(/^push +1 min, each 5 s +– .*\n +1,300 of 1,300 pushes, first P99 \S+ ms, interval/m)
    for (const line of linesOf(text)) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('is at most 25 lines of 80 columns, with errors, warnings, failed thresholds and files written', () => {
    const errors = [1, 2, 3, 4, 5].map((n) => ({
      class: 'close-code',
      detail: `100${n} said no`,
      count: n,
      firstAtUs: n,
    }))
    const warnings = [{ code: 'short-hold', message: 'the hold was short '.repeat(8).trim() }]
    const tests = makePassingResult().tests.map((test) => ({
      ...test,
      errors,
      warnings,
      validity: GENERATOR_LIMITED.validity,
    }))
    const thresholds = Array.from({ length: 12 }, () => makeThreshold({}))
    const text = render({ ...makeResult(tests), thresholds, exitCode: 99 }, { written: ['a.json', 'b.txt'] })
    expect(linesOf(text).length).toBeLessThanOrEqual(25)
    for (const line of linesOf(text)) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('printed test by test is the same table, and with the rest at most 25 lines', () => {
    const result = makePassingResult()
    const streamed = result.tests.map((test, index) =>
      renderTest(test, { ...result, tests: result.tests.slice(0, index + 1) }, PLAIN),
    )
    const summary = render(result, { streamed: true })
    const rows = linesOf(streamed.join(''))
    expect(linesOf(`${streamed.join('')}${summary}`).length).toBeLessThanOrEqual(25)
    expect(linesOf(render(result)).slice(3, 3 + rows.length - 2)).toEqual(rows.slice(2))
    expect(summary).not.toContain('throughput')
    expect(linesOf(summary.trimStart())[0]).toMatch(/^VALID {3}38,400 msg\/s/)
  })
})

describe('the report of one test', () => {
  it.each(Object.entries(SINGLE))('of %s looks like this', (_, result) => {
    expect(render(result)).toMatchSnapshot()
  })

  it.each(Object.entries(SINGLE))('of %s is at most 14 lines of 80 columns', (_, result) => {
    const lines = linesOf(render(result, { written: ['result.json'] }))
    expect(lines.length).toBeLessThanOrEqual(14)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  })

  it.each(Object.entries(SINGLE))('of %s says the same in colour', (_, result) => {
    const [plain, colored] = [render(result), render(result, { color: true })]
    // A badge is set off by a blank on each side.
    const bare = (text: string) =>
      stripVTControlCharacters(text).replace(/^ (VALID|FAIL|INTERRUPTED|NOT COMPLETED) /m, '$1')
    expect(bare(colored)).toBe(plain)
    expect(colored).not.toBe(plain)
  })

  it.each(Object.entries(SINGLE))('of %s explains each sign once', (_, result) => {
    const text = render(result)
    for (const [sign, note] of [
      ['~', '~ under 10'],
      ['–', '– too few'],
    ] as const) {
      const isUsed = new RegExp(sign === '~' ? /~\d/ : / –(?: |$)/m).test(text)
      expect(text.split(note).length - 1).toBe(isUsed ? 1 : 0)
    }
  })

  it('puts response time, service time and pacer lag of an open test side by side', () => {
    expect(render(SINGLE.sustained)).toMatch(/response time .*\nservice time .*\npacer lag .*\n/)
  })

  it('keeps the errors of a broadcast test before its further distributions', () => {
    const lines = linesOf(render(SINGLE['a failed gate on reach']))
    expect(lines.filter((line) => /^delivery time/.test(line))).toHaveLength(1)
    expect(lines.filter((line) => /^(?:last delivery|memory)/.test(line))).toHaveLength(0)
    expect(
      lines.filter((line) => /^(?:delivery-lost|misrouted|duplicate-delivery) /.test(line)),
    ).toHaveLength(3)
  })

  it('marks the rate of a hold under one second', () => {
    expect(render(makeAbortedResult())).toContain('~37,500 msg/s')
  })

  it('takes a terminal that does not know its width as one of 80 columns', () => {
    expect(render(SINGLE.storm, { width: 0 })).toBe(render(SINGLE.storm, { width: 80 }))
  })

  it('never prints a number for what was not measured', () => {
    const text = render(makeEmptyResult())
    expect(text).toContain('0 of 100 open   100 errors')
    expect(text).not.toMatch(/P99|memory|closed:/)
    expect(text).not.toMatch(/NaN|null|undefined|Infinity/)
  })
})

describe('the verdict', () => {
  it.each<[string, RunResult, RegExp]>([
    [
      'a valid run',
      SINGLE.throughput,
      /^VALID {3}38,400 msg\/s {3}P99 \S+ ms {3}0 errors {3}limited by: server CPU 99 %$/m,
    ],
    ['a storm', SINGLE.storm, /^VALID {3}100 of 100 open {3}connect P99 ~8.4 ms {3}0 errors/m],
    [
      'a run limited by the generator',
      makeResult([GENERATOR_LIMITED]),
      /^GENERATOR-LIMITED {3}100 msg\/s.*\nthe generator sent late: /m,
    ],
    [
      'a broadcast test',
      SINGLE.broadcast,
      /subscribers in 2 rooms, 50\/s\nVALID {3}12,550 msg\/s {3}delivery P99 \S+ ms {3}0 errors$/m,
    ],
    ['pushes', SINGLE.pushes, /^VALID {3}1,300 of 1,300 pushes {3}jitter P99 \S+ ms {3}0 errors$/m],
    [
      'pushes without a promised interval',
      SINGLE['pushes without a promised interval'],
      /^VALID {3}1,300 pushes {3}interval P99 \S+ s {3}0 errors$/m,
    ],
    ['an interrupted run', makeAbortedResult(), /^INTERRUPTED \(exit 130\) /m],
    ['a run that reached nothing', makeEmptyResult(), /^NOT COMPLETED \(exit 3\) {3}0 of 100 open/m],
    ['a failed gate', makeFailedGate(), /^FAIL {2}1 of 2 thresholds \(exit 99\) {3}measurement VALID$/m],
    [
      'a gate that holds',
      { ...SINGLE.throughput, thresholds: [makeThreshold({ result: 'pass', limit: 9_000 })] },
      /^PASS {2}1 of 1 threshold {3}measurement VALID, limited by: server$/m,
    ],
    [
      'a gate that holds on a run that is not valid',
      { ...makeResult([GENERATOR_LIMITED]), exitCode: 4, thresholds: [makeThreshold({ result: 'pass' })] },
      /^NOT VALID {2}1 of 1 threshold hold \(exit 4\) {3}measurement GENERATOR-LIMITED$/m,
    ],
    [
      'one test of several that cannot be believed',
      makeResult([makeThroughputTest(), GENERATOR_LIMITED]),
      /^GENERATOR-LIMITED .*\nsustained: the generator sent late/m,
    ],
  ])('of %s', (_, result, expected) => {
    expect(render(result)).toMatch(expected)
  })

  it('is all that --quiet prints', () => {
    expect(render(makeFailedGate(), { verbosity: 'quiet' })).toMatch(/^FAIL .*40 errors.*\n$/)
    expect(linesOf(render(makePassingResult(), { verbosity: 'quiet' }))).toHaveLength(1)
  })
})

describe('thresholds in a report', () => {
  it('come first, the failed ones before the others, with by how much and since when', () => {
    const thresholds = [
      makeThreshold({ expression: 'p50<9ms', value: 2_500, result: 'pass' }),
      makeThreshold({ limit: 3_950, expression: 'p99<3950us' }),
    ]
    const lines = linesOf(render({ ...SINGLE.throughput, thresholds, exitCode: 99 }))
    expect(lines[3]).toMatch(/^✗ {2}p99<3950us {2}6.5 ms {2}65 % over, since 4 s$/)
    expect(lines[4]).toMatch(/^✓ {2}p50<9ms {5}2.5 ms$/)
  })

  it('of reach say since when deliveries were lost, when that is known', () => {
    const result = makeFailedReach()
    const [test] = result.tests
    const errors = test!.errors.map((error) => ({ ...error, firstAtUs: 2_500_000 }))
    const text = render({ ...result, tests: [{ ...test!, errors }] })
    expect(text).toMatch(/delivery_ratio>=1 +99 % {2}1 % under, since 2.5 s$/m)
  })

  it('of delivery times say since when, from the seconds of the hold', () => {
    const base = makeBroadcastTest()
    const intervals = base.intervals.map((one, index) => ({ ...one, p99Us: index < 5 ? 2_000 : 9_000 }))
    const row = { test: 'broadcast', expression: 'p99<3ms', value: 3_200 }
    const delivery = makeThreshold({ ...row, metric: 'delivery_time' })
    const response = makeThreshold({ ...row, expression: 'response_time:p(99)<3ms', metric: 'response_time' })
    const gate = { thresholds: [delivery, response], exitCode: 99 }
    const text = render(makeAudienceResult({ ...base, intervals }, gate))
    expect(text).toMatch(/p99<3ms +3.2 ms {2}7 % over, since 5 s$/m)
    expect(text).toMatch(/response_time:p\(99\)<3ms +3.2 ms {2}7 % over$/m)
  })

  it('name the test when there are several', () => {
    const text = render({ ...makePassingResult(), thresholds: [makeThreshold({})], exitCode: 99 })
    expect(text).toContain('✗  throughput/p99<3ms')
  })

  it('without data say so', () => {
    const thresholds = [makeThreshold({ value: null, result: 'no-data', note: 'no samples' })]
    expect(render({ ...makeEmptyResult(), thresholds, exitCode: 99 })).toMatch(
      /✗ {2}p99<3ms {2}– {2}no data: no samples/,
    )
  })
})

describe('the report with --full', () => {
  it.each([80, 100])('is nowhere wider than %s columns', (width) => {
    for (const result of [...Object.values(SINGLE), makePassingResult(), makeFailedGate(), makeEmptyResult()])
      for (const line of render(result, { verbosity: 'full', width }).split('\n'))
        expect([line, line.length <= width]).toEqual([line, true])
  })

  it('adds percentiles, slowest messages, fairness and the machine', () => {
    const text = render(makeFailedGate(), { verbosity: 'full' })
    for (const part of [
      'P99.99',
      'slowest',
      'replies a connection',
      'P99 over time is level',
      'close codes',
      'node v20.20.0',
    ]) {
      expect(text).toContain(part)
    }
  })
})

describe('the report of deliveries and pushes with --full', () => {
  it('names every count as thresholds do', () => {
    const text = render(SINGLE['a failed gate on reach'], { verbosity: 'full' })
    for (const part of [
      'deliveries_expected 125,500',
      'deliveries_lost 1,255',
      'messages_misrouted 7',
      'amplification 248',
    ])
      expect(text).toContain(part)
    const streams = render(SINGLE['event streams'], { verbosity: 'full' })
    for (const part of ['pushes_missed 0', 'keep_alives_received 40', 'reconnects 3'])
      expect(streams).toContain(part)
    expect(render(makeFailedGate(), { verbosity: 'full' })).not.toContain('pongs_sent')
  })
})

describe('published figures in a report', () => {
  it('stand beside ours only under the same conditions', () => {
    expect(render(SINGLE['throughput under the published conditions'])).toMatch(
      /Axum WS +85,000 msg\/s +0\.45×/,
    )
    const other = render(SINGLE.throughput)
    expect(other).toContain('comparable with -c 1000')
    const nothing = { ...makeEmptyResult().tests[0]!, published: makeThroughputTest().published }
    expect(render(makeResult([nothing]))).not.toContain('published')
    expect(other).toMatch(/Axum WS +85,000 msg\/s +P99 3.2 ms +15 MB$/m)
  })
})
