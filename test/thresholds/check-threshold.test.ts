import { describe, expect, it } from 'vitest'
import { checkThreshold } from '../../src/thresholds/check-threshold.ts'
import { makePlan } from './make-plan.ts'

const ALL = [makePlan('throughput'), makePlan('storm'), makePlan('sustained')]
const FIFO = makePlan('throughput', { match: 'fifo' })
const GROUPS = [
  {
    ...ALL[0]!,
    groups: [
      ...makePlan('throughput', { name: 'fast' }).groups,
      ...makePlan('throughput', { name: 'slow', count: 50 }).groups,
    ],
  },
]
const SILENT = makePlan('sustained', { pacing: { kind: 'silent' } })
const RAMP = makePlan('sustained', {
  pacing: {
    kind: 'open',
    stages: [
      { fromPerSec: 0, toPerSec: 100, durationUs: 10_000_000 },
      { fromPerSec: 100, toPerSec: 100, durationUs: 0 },
    ],
    arrival: 'constant',
  },
  stop: { messages: null, durationUs: 14_990_000 },
})

describe('checkThreshold lets pass', () => {
  it.each([
    ['p99<200ms', ALL],
    ['storm/p99<1s', ALL],
    ['response_time:p(99.9)<1s', ALL],
    ['pacer_lag:p(99)<1ms', ALL],
    ['server_rss<100MB', ALL],
    ['connect_time{group=fast}:p(99)<1s', GROUPS],
    ['messages_lost{group=slow}==0', GROUPS],
    ['messages_duplicated==0', ALL],
    ['connect_time:p(99)<1s', [makePlan('storm')]],
    ['connect_tls:p(90)<1s', [makePlan('storm', {}, 'wss://example.com')]],
    // A closed loop that stops by the clock may send any number.
    ['response_time:p(99.99)<1s', [makePlan('throughput')]],
    // 50 connections, opened twice.
    ['connect_time:p(99)<1s', [{ ...makePlan('storm', { count: 50 }), cycles: 2 }]],
    ['response_time:p(99)<1s', [{ ...makePlan('storm', { count: 50 }), cycles: 2 }]],
    // 500 over the ramp, 499 at its end: 999 in all.
    ['response_time:p(99)<1s', [RAMP]],
  ])('%s', (expression, tests) => {
    expect(checkThreshold(expression, tests)).toBeNull()
  })
})

describe('checkThreshold refuses', () => {
  it.each([
    ['a syntax mistake', 'p99<200', ALL, 'has no unit'],
    ['a test that does not run', 'sustaind/p99<1s', ALL, "names the test 'sustaind', which does not run"],
    [
      'a test of another run',
      'storm/p99<1s',
      [makePlan('throughput')],
      "names the test 'storm', which does not run",
    ],
    [
      'pacer lag of a closed workload',
      'pacer_lag:p(99)<1ms',
      [makePlan('throughput')],
      'a closed workload has no due times',
    ],
    [
      'pacer lag of a closed test of several',
      'throughput/pacer_lag:p(99)<1ms',
      ALL,
      'a closed workload has no due times',
    ],
    ['a name that is reserved for later', 'delivery_time:p(99)<1s', ALL, 'delivery_time is reserved'],
    ['TLS figures of plain connections', 'connect_tls:max<1s', ALL, 'no URL of this run is wss://'],
    [
      'duplicates that cannot be told',
      'messages_duplicated==0',
      [FIFO],
      'replies are matched in order of arrival',
    ],
    [
      'replies where nothing is sent',
      'response_time:max<1s',
      [SILENT],
      'no group of this run sends messages',
    ],
    [
      'a percentile of more connections than there are',
      'connect_time:p(99)<1s',
      [makePlan('storm', { count: 50 })],
      'p(99) of connect_time needs 100 connections (one beyond it), this run has 50',
    ],
    [
      'a short percentile of a storm with too few connections',
      'p99<1s',
      [makePlan('storm', { count: 99 })],
      'p(99) of connect_time needs 100 connections (one beyond it), this run has 99',
    ],
    [
      'a percentile of more messages than are sent',
      'p99.9<1s',
      [makePlan('throughput', { count: 50, stop: { messages: 10, durationUs: null } })],
      'p(99.9) of response_time needs 1000 messages (one beyond it), this run has 500',
    ],
    [
      'a percentile of more messages than are due',
      'p99.99<1s',
      [makePlan('sustained')],
      'p(99.99) of response_time needs 10000 messages (one beyond it), this run has 2000',
    ],
    [
      'a group that does not exist',
      'messages_lost{group=slwo}==0',
      GROUPS,
      "names the group 'slwo', which this run has not",
    ],
    ['memory of one group', 'server_rss{group=slow}<1MB', GROUPS, 'server_rss is of the whole run'],
    [
      'a percentile not kept by group',
      'response_time{group=slow}:p(75)<1s',
      GROUPS,
      'only some percentiles are kept',
    ],
    [
      'a percentile of more connections than the group has',
      'connect_time{group=slow}:p(99)<1s',
      GROUPS,
      'this run has 50',
    ],
    [
      'one message short of a ramp',
      'p99.9<1s',
      [RAMP],
      'needs 1000 messages (one beyond it), this run has 999',
    ],
  ])('%s', (_, expression, tests, problem) => {
    const mistake = checkThreshold(expression, tests)
    expect(mistake).toMatchObject({ where: '--threshold', value: expression })
    expect(mistake?.problem).toContain(problem)
  })

  it('with an example that this very run can fill', () => {
    const tests = [makePlan('storm', { count: 50 })]
    const mistake = checkThreshold('storm/connect_time:p(99)<1s', tests)
    expect(mistake?.example).toBe('connect_time:p(95)<1s')
    expect(checkThreshold(mistake!.example, tests)).toBeNull()
  })
})
