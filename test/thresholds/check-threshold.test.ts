import { describe, expect, it } from 'vitest'
import { checkThreshold } from '../../src/thresholds/check-threshold.ts'
import { makePlan } from './make-plan.ts'

function at(perSec: number) {
  return {
    kind: 'open',
    stages: [{ fromPerSec: perSec, toPerSec: perSec, durationUs: 0 }],
    arrival: 'constant',
  } as const
}

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
/** 200 messages to the 250 or 251 of a room. */
const BROADCAST = {
  ...makePlan('broadcast'),
  groups: [
    ...makePlan('broadcast', { name: 'publishers', role: 'publisher', count: 1, pacing: at(20) }).groups,
    ...makePlan('push', { name: 'subscribers', role: 'subscriber', count: 499 }).groups,
  ],
  fanOut: { audience: 'room', rooms: 2 },
} as const
/** 100 clients, a push each 5 s for 10 s. */
const PUSH = { ...makePlan('push'), push: { everyUs: 5_000_000, by: 'message', atOnce: true } } as const
const FREE_PUSH = { ...PUSH, push: { ...PUSH.push, everyUs: null } }
const STREAM = { ...PUSH, transport: 'event-stream' } as const
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
    // Deliveries: 200 messages to 251 receivers each, so up to 50,200.
    ['delivery_ratio>=1', [BROADCAST]],
    ['p99.99<50ms', [BROADCAST]],
    ['deliveries_lost==0', [BROADCAST]],
    ['amplification>=250', [BROADCAST]],
    ['messages_misrouted==0', [BROADCAST]],
    ['last_delivery_time:p(99)<1s', [BROADCAST]],
    ['deliveries_received:rate>4k', [BROADCAST]],
    ['response_time{group=publishers}:p(99)<1s', [BROADCAST]],
    ['p99<50ms', [PUSH]],
    ['pushes_missed==0', [PUSH]],
    ['push_ratio>=99%', [PUSH]],
    ['p99.9<1h', [FREE_PUSH]],
    ['first_push_time:p(99)<1s', [FREE_PUSH]],
    ['reconnect_time:p(99.9)<1s', [STREAM]],
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
    ['pings, when nobody pings', 'ping_time:p(99)<1s', ALL, 'no client of this run pings'],
    [
      'deliveries where replies go to their sender',
      'delivery_ratio>=1',
      ALL,
      'no message of this run goes to more than its sender',
    ],
    [
      'pushes of a server that only answers',
      'push_interval:max<2s',
      ALL,
      'no server of this run sends by itself',
    ],
    ['jitter without a promise', 'push_jitter:max<1s', [FREE_PUSH], 'the server promises no interval'],
    ['missed pushes without a promise', 'pushes_missed==0', [FREE_PUSH], 'the server promises no interval'],
    ['keep-alives of a WebSocket', 'keep_alives_received>0', [PUSH], 'no event stream is opened'],
    [
      'deliveries of one group',
      'delivery_time{group=subscribers}:p(99)<1s',
      [BROADCAST],
      'delivery_time is of the whole run',
    ],
    [
      'the error ratio of one group of a fan-out',
      'error_ratio{group=publishers}<1%',
      [BROADCAST],
      'of the whole run',
    ],
    [
      'a percentile of more deliveries than there can be',
      'p99.999<1s',
      [BROADCAST],
      'p(99.999) of delivery_time needs 100000 deliveries (one beyond it), this run has 50200',
    ],
    [
      'a percentile of more last deliveries than messages',
      'last_delivery_time:p(99.9)<1s',
      [BROADCAST],
      'p(99.9) of last_delivery_time needs 1000 messages (one beyond it), this run has 200',
    ],
    [
      'a percentile of more pushes than the interval makes',
      'p99.9<1s',
      [PUSH],
      'p(99.9) of push_jitter needs 1000 pushes (one beyond it), this run has 400',
    ],
    [
      'a percentile of more first pushes than connections',
      'first_push_time:p(99.9)<1s',
      [PUSH],
      'p(99.9) of first_push_time needs 1000 connections (one beyond it), this run has 100',
    ],
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
