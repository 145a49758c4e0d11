import { describe, expect, it } from 'vitest'
import { pushLines, showPushes } from '../../src/report/push-line.ts'
import { reachLines } from '../../src/report/reach-line.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import {
  makeBroadcastTest,
  makeFanOutThroughputTest,
  makeHeartbeatTest,
  makePushTest,
  makeStreamTest,
} from '../result/sample-audience.ts'

/** One room's worth of deliveries, with these counts. */
function withCounts(counts: Readonly<Record<string, number>>): TestResult {
  const test = makeBroadcastTest()
  const metrics = Object.entries(counts).map(([name, count]) => [
    name,
    { type: 'counter', unit: 'count', count, rate: null } as const,
  ])
  return { ...test, metrics: { ...test.metrics, ...Object.fromEntries(metrics) } }
}

describe('who got what, in a line', () => {
  const small = withCounts({ deliveries_expected: 50, deliveries_received: 50 })

  it.each<[what: string, test: TestResult, width: number, lines: string[]]>([
    [
      'everything side by side where there is room',
      makeBroadcastTest(),
      100,
      ['reach 100 %   125,500 of 125,500   lost 0   duplicated 0   reordered 0   misrouted 0   out/in 251'],
    ],
    [
      'narrower gaps first',
      small,
      84,
      ['reach 100 %  50 of 50  lost 0  duplicated 0  reordered 0  misrouted 0  out/in 251'],
    ],
    [
      'then what was received, which follows from the lost ones',
      small,
      79,
      ['reach 100 % of 50  lost 0  duplicated 0  reordered 0  misrouted 0  out/in 251'],
    ],
    [
      'then zeros together',
      makeBroadcastTest(),
      80,
      ['reach 100 % of 125,500   lost, duplicated, reordered, misrouted 0   out/in 251'],
    ],
    [
      'what went wrong is never put together',
      makeBroadcastTest({ lost: 1_255, duplicated: 3, misrouted: 7 }),
      80,
      ['reach 99 % of 125,500  lost 1,255  duplicated 3  reordered 0  misrouted 7'],
    ],
    [
      'and at last a second line',
      makeBroadcastTest({ lost: 1_255, duplicated: 3, misrouted: 7 }),
      60,
      ['reach 99 %  124,245 of 125,500  lost 1,255  duplicated 3', 'reordered 0  misrouted 7  out/in 248'],
    ],
    [
      'no wrong room where a message is for everybody',
      makeFanOutThroughputTest(),
      80,
      ['reach 100 %   10,000 of 10,000   lost 0   duplicated 0   reordered 0   out/in 20'],
    ],
  ])('%s', (_, test, width, lines) => {
    expect(reachLines(test, width)).toEqual(lines)
  })

  it('says of one delivery in a hundred thousand that is lost that reach is under 100 %', () => {
    expect(reachLines(makeBroadcastTest({ lost: 1, duplicated: 0, misrouted: 0 }), 120)[0]).toMatch(
      /^reach 99.99 % {3}125,499 of 125,500 {3}lost 1 /,
    )
  })
})

describe('pushes in a line', () => {
  it.each<[what: string, test: TestResult, line: string, short: string]>([
    [
      'as promised',
      makePushTest(),
      'pushes 1,300 of 1,300   missed 0   pings answered 12 of 12',
      '1,300 of 1,300 pushes',
    ],
    [
      'missed',
      makePushTest(7),
      'pushes 1,293 of 1,300   missed 7   pings answered 12 of 12',
      '1,293 of 1,300 pushes',
    ],
    ['without a promise', makePushTest(null), 'pushes 1,300   pings answered 12 of 12', '1,300 pushes'],
    [
      'heartbeats',
      makeHeartbeatTest(),
      'pings 200 of 200   missed 0   answered 200 of 200',
      '200 of 200 pings',
    ],
    [
      'event streams',
      makeStreamTest(),
      'pushes 6,100 of 6,100   missed 0   keep-alives 40   reconnects 3',
      '6,100 of 6,100 pushes',
    ],
  ])('%s', (_, test, line, short) => {
    expect(pushLines(test, 80)).toEqual([line])
    expect(showPushes(test)).toBe(short)
  })
})
