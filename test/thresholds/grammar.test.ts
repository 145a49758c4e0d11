import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMistake } from '../../src/errors.ts'
import { parseThreshold } from '../../src/thresholds/grammar.ts'
import { METRICS } from '../../src/thresholds/metric-catalog.ts'

const p = (percentile: number) => ({ kind: 'percentile', percentile })
const kind = (name: string) => ({ kind: name })

describe('parseThreshold reads tags:', () => {
  it.each([
    ['step_time{step=login}:p(99)<50ms', null, 'login'],
    ['step_time{group=a,step=log.in-2}:max<50ms', 'a', 'log.in-2'],
    ['steps_failed{step=x}==0', null, 'x'],
    ['flow_time{group=a}:p(50)<1s', 'a', null],
  ])('%s', (expression, group, step) => {
    expect(parseThreshold(expression)).toMatchObject({ ok: true, threshold: { group, step } })
  })

  it.each([
    ['step_time:max<1s', 'names none', 'step_time{step=login}:max<1s'],
    ['flow_time{step=a}:max<1s', 'is not of a step', 'flow_time:max<1s'],
    ['step_time{}:max<1s', 'is not a threshold', 'response_time:p(99)<200ms'],
  ])('not %s', (expression, problem, example) => {
    const parsed = parseThreshold(expression)
    if (parsed.ok) throw new Error('read')
    expect(parsed.mistake.problem).toContain(problem)
    expect(parsed.mistake.example).toBe(example)
  })
})

describe('parseThreshold reads', () => {
  it.each([
    ['response_time:p(99)<200ms', null, 'response_time', p(99), '<', 200_000, 'us'],
    ['sustained/response_time:p(99.9) <= 1.5s', 'sustained', 'response_time', p(99.9), '<=', 1_500_000, 'us'],
    ['  service_time : max  <  500us ', null, 'service_time', kind('max'), '<', 500, 'us'],
    ['connect_time:avg<1m', null, 'connect_time', kind('avg'), '<', 60_000_000, 'us'],
    ['connect_time:med<20µs', null, 'connect_time', kind('med'), '<', 20, 'us'],
    ['response_time:count>=1k', null, 'response_time', kind('count'), '>=', 1000, 'count'],
    ['p99<200ms', null, null, p(99), '<', 200_000, 'us'],
    ['p99.9<1s', null, null, p(99.9), '<', 1_000_000, 'us'],
    ['storm/p50>1ms', 'storm', null, p(50), '>', 1_000, 'us'],
    ['error_ratio<1%', null, 'error_ratio', kind('value'), '<', 0.01, 'ratio'],
    ['error_ratio:rate<0.01', null, 'error_ratio', kind('rate'), '<', 0.01, 'ratio'],
    ['connect_success==100%', null, 'connect_success', kind('value'), '==', 1, 'ratio'],
    ['error_ratio<0.1 %', null, 'error_ratio', kind('value'), '<', 0.001, 'ratio'],
    ['messages_lost==0', null, 'messages_lost', kind('count'), '==', 0, 'count'],
    ['messages_received:rate>10k', null, 'messages_received', kind('rate'), '>', 10_000, 'per second'],
    ['messages_received:rate>1.5k/s', null, 'messages_received', kind('rate'), '>', 1500, 'per second'],
    ['bytes_received:count!=0', null, 'bytes_received', kind('count'), '!=', 0, 'bytes'],
    ['bytes_sent:rate<10MB/s', null, 'bytes_sent', kind('rate'), '<', 10_000_000, 'bytes'],
    ['server_rss<100MB', null, 'server_rss', kind('value'), '<', 100_000_000, 'bytes'],
    ['server_rss:value < 1.5 GiB', null, 'server_rss', kind('value'), '<', 1_610_612_736, 'bytes'],
    ['generator_rss<16GB', null, 'generator_rss', kind('value'), '<', 16_000_000_000, 'bytes'],
    ['server_cpu<90%', null, 'server_cpu', kind('value'), '<', 90, 'percent'],
    ['open_99<2s', null, 'open_99', kind('value'), '<', 2_000_000, 'us'],
  ])('%s', (expression, test, metric, aggregation, op, limit, unit) => {
    expect(parseThreshold(expression)).toEqual({
      ok: true,
      threshold: {
        expression,
        test,
        metric,
        group: null,
        step: null,
        aggregation,
        op,
        limit,
        relative: null,
        unit,
      },
    })
  })
})

describe('parseThreshold reads a change against a baseline', () => {
  it.each([
    ['p99<+10%', 0.1, 'share', 'us'],
    ['response_time:p(99)<=-2.5%', -0.025, 'share', 'us'],
    ['messages_received:rate>-5%', -0.05, 'share', 'per second'],
    ['messages_received:rate>−5 %', -0.05, 'share', 'per second'],
    ['response_time:max<+2ms', 2000, 'amount', 'us'],
    ['connections_failed:count<=+0', 0, 'amount', 'count'],
    ['connections_failed:count>=-0', 0, 'amount', 'count'],
    ['server_rss<+10MB', 10_000_000, 'amount', 'bytes'],
    ['server_rss<+150%', 1.5, 'share', 'bytes'],
    ['server_cpu_mean<+10%', 0.1, 'share', 'percent'],
    ['server_cpu_mean<+10', 10, 'amount', 'percent'],
    // Percentage points: a share of no errors would be nothing.
    ['error_ratio<+0.1%', 0.001, 'amount', 'ratio'],
    ['error_ratio<+0.001', 0.001, 'amount', 'ratio'],
  ])('%s', (expression, limit, relative, unit) => {
    const parsed = parseThreshold(expression, true)
    expect(parsed).toMatchObject({ ok: true, threshold: { limit, relative, unit } })
  })

  it('but only where there is one', () => {
    const parsed = parseThreshold('sustained/p99 < +10%')
    if (parsed.ok) expect.fail('parsed')
    expect(parsed.mistake).toMatchObject({ example: 'sustained/p99 <200ms' })
  })
})

describe('parseThreshold of one group', () => {
  it('keeps its name apart from the metric', () => {
    const parsed = parseThreshold('sustained/response_time{group=slow-readers}:p(99)<1s')
    expect(parsed).toMatchObject({
      threshold: { test: 'sustained', metric: 'response_time', group: 'slow-readers', limit: 1_000_000 },
    })
  })
})

describe('parseThreshold refuses', () => {
  it.each([
    ['', 'is not a threshold'],
    ['response_time', 'is not a threshold'],
    ['response_time:p(99)=200ms', 'is not a threshold'],
    ['response_time:p(99)<', "the value '' is missing"],
    ['response_time:p(99)<200', "the value '200' has no unit"],
    ['response_time:p(99)<-5ms', "'-5ms' needs a baseline to compare with"],
    ['response_time:p(99)==+5ms', "asks for an exact change with '=='"],
    ['messages_lost!=-3', "asks for an exact change with '!='"],
    ['response_time:p(99)<+5', "the change '+5' has no unit"],
    ['response_time:p(99)<+fast', "the change '+fast' is not a length of time"],
    ['response_time:p(99)<+%', "the change '+%' is missing"],
    ['response_time:p(99)<++5%', "the change '++5%' is not a number"],
    ['response_time:p(99)<fast', "the value 'fast' is not a length of time"],
    ['response_time<200ms', 'says nothing about which value of response_time'],
    ['response_time:rate<200ms', "response_time is a trend and has no 'rate'"],
    ['response_time:p99<200ms', "response_time is a trend and has no 'p99'"],
    ['response_time:p(100)<200ms', 'has a percentile that is not between 0 and 100'],
    ['response_time:p(0)<200ms', 'has a percentile that is not between 0 and 100'],
    ['p100<200ms', 'has a percentile that is not between 0 and 100'],
    ['p99:max<200ms', 'has an aggregation behind a short percentile'],
    ['messages_lost:p(99)<1', "messages_lost is a counter and has no 'p(99)'"],
    ['server_rss:max<1MB', "server_rss is a gauge and has no 'max'"],
    ['error_ratio<5', "the value '5' is over 100 %; 5 % is written '5%'"],
    ['error_ratio<101%', "the value '101%' is over 100 %"],
    ['messages_lost<1/s', "the value '1/s' is not a plain number"],
    ['messages_received:rate>1..2', "the value '1..2' is not a plain number"],
    ['server_rss<12 parsecs', "the value '12 parsecs' has an unknown unit"],
    ['response_tme:p(99)<1s', "has an unknown metric 'response_tme', did you mean response_time?"],
    ['Response_Time:p(99)<1s', 'did you mean response_time?'],
    ['speed:p(99)<1s', "has an unknown metric 'speed'"],
    ['p99<+10%', "'+10%' needs a baseline to compare with"],
    ['response_time:p(99)<+10%', "'+10%' needs a baseline to compare with"],
    ['messages_received:rate>-5%', "'-5%' needs a baseline to compare with"],
  ])('%s', (expression, problem) => {
    const parsed = parseThreshold(expression)
    if (parsed.ok) expect.fail(`parsed: ${JSON.stringify(parsed.threshold)}`)
    expect(formatMistake(parsed.mistake)).toContain(problem)
  })

  it('with an example that parses, whatever was written', () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        'p99',
        'p(99)',
        'sustained/',
        ':',
        '<',
        '<=',
        '==',
        ' ',
        '1%',
        '5ms',
        '5',
        'max',
        '+3%',
        '.',
        '(',
        '-1s',
      ),
      fc.constantFrom(...METRICS.keys()),
      fc.string({ maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (written) => {
        const parsed = parseThreshold(written.join(''))
        if (!parsed.ok) expect(parseThreshold(parsed.mistake.example)).toMatchObject({ ok: true })
      }),
      { numRuns: 2000 },
    )
  })
})
