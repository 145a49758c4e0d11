import { describe, expect, it, test } from 'vitest'
import { viewPlan } from '../../src/plan/view.ts'
import { resolve, resolveWith } from './resolve.ts'

function viewOf(...argv: string[]): ReturnType<typeof viewPlan> {
  return viewPlan(resolve(...argv).plan.tests[0]!)
}

it('shows the plan in plain numbers', () => {
  expect(viewOf('wss://h:1', '-c', '10', '-R', '0..100', '-d', '5', '--compress')).toEqual({
    connections: 10,
    groups: [
      {
        name: 'main',
        connections: 10,
        pacing: 'open',
        inFlight: null,
        ratePerSec: 0,
        endRatePerSec: 100,
        arrival: 'constant',
        messagesEach: null,
        durationUs: 5_000_000,
        dialect: 'echo',
        payload: 'generated',
        payloadBytes: 32,
        binary: false,
        match: 'sequence',
        pingEveryUs: null,
        answersPings: true,
        flow: null,
        slowRead: null,
        reconnect: null,
        role: 'main',
      },
    ],
    fanOut: null,
    push: null,
    transport: 'websocket',
    cut: null,
    leaving: null,
    connectRatePerSec: null,
    connectConcurrency: 250,
    warmupUs: 1_000_000,
    search: null,
    cycles: 1,
    workers: 3,
    processes: 1,
    connectTimeoutUs: 10_000_000,
    replyTimeoutUs: 5_000_000,
    compress: true,
    tls: true,
    seed: 1,
  })
})

test.each([
  [['-s', '32'], 'sequence', 32],
  [['-s', '19'], 'sequence', 19],
  [['-s', '18'], 'fifo', 18],
  [['--match', 'fifo'], 'fifo', 32],
  [['--payload', 'id={seq}'], 'sequence', null],
  [['--payload', 'hé'], 'fifo', 3],
  [['--payload', 'hé', '--binary'], 'fifo', 3],
])('with %j replies are matched by %s', (argv, match, payloadBytes) => {
  expect(viewOf(...argv).groups[0]).toMatchObject({ match, payloadBytes })
})

describe('secrets', () => {
  it('are not in it', () => {
    const argv = [
      'ws://me:hidden@h:1/?k=hidden',
      '-H',
      'A: hidden {token}',
      '--token',
      'hidden',
      '--payload',
      'x{token}',
    ]
    expect(JSON.stringify(viewOf(...argv))).not.toContain('hidden')
  })

  it('nor more than the beginning of a long message', () => {
    const { plan } = resolveWith({ files: { m: 'x'.repeat(10_000) } }, '--payload', '@m')
    expect(viewPlan(plan.tests[0]!).groups[0]?.payload).toHaveLength(81)
  })
})
