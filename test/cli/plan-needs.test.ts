import { describe, expect, it, test } from 'vitest'
import { checkSourceIps, describeNeeds, listDestinations } from '../../src/cli/plan-needs.ts'
import { resolve } from '../plan/resolve.ts'

const OWN = new Set(['127.0.0.1', '::1', '192.0.2.7'])

function needsOf(...argv: string[]) {
  return describeNeeds(resolve(...argv).plan.tests, OWN)
}

test.each([
  [[], 'demo'],
  [['ws://127.0.0.1:9001'], 'loopback'],
  [['ws://127.9.9.9:9001/{client}'], 'loopback'],
  [['localhost:9001'], 'loopback'],
  [['ws://[::1]:9001'], 'here'],
  [['ws://192.0.2.7'], 'here'],
  [['--url', 'ws://127.0.0.1:1', '--url', 'ws://192.0.2.7:1'], 'here'],
  [['--url', 'ws://127.0.0.1:1', '--url', 'ws://192.0.2.8:1'], 'elsewhere'],
  [['wss://example.com/x'], 'elsewhere'],
])('%j leads to a server %s', (argv, target) => {
  expect(needsOf(...argv).target).toBe(target)
})

it.each([
  [['127.0.0.9', '192.0.2.7'], []],
  [['192.0.2.7', '203.0.113.9', '198.51.100.1'], ['203.0.113.9,198.51.100.1']],
])('of the source addresses %j those of other machines are a mistake', (ips, values) => {
  const target = resolve('-c', '1', '--source-ip', ips.join(',')).plan.tests[0]!.target
  expect(checkSourceIps(target, OWN).map(({ value }) => value)).toEqual(values)
})

describe('describeNeeds', () => {
  it('takes the numbers of the plan', () => {
    const argv = 'ws://192.0.2.8 -c 500 -w 3 --connect-rate 50/s --connect-concurrency 40 -R 2k/s -d 5s'
    expect(needsOf(...argv.split(' '), '--source-ip', '192.0.2.1,192.0.2.2')).toMatchObject({
      connections: 500,
      workers: 3,
      concurrency: 40,
      connectRatePerSec: 50,
      messagesPerSec: 2000,
      oneProcess: false,
      sourceIps: 2,
      destinations: 1,
    })
  })

  it('without a rate leaves it to the server', () => {
    expect(needsOf('-c', '5')).toMatchObject({ connectRatePerSec: null, messagesPerSec: null })
  })

  it('takes the most of several tests', () => {
    expect(needsOf('--test-type', 'all', '-c', '300')).toMatchObject({
      connections: 300,
      messagesPerSec: 300,
    })
  })

  test.each([
    [['--test-type', 'broadcast'], true],
    [['--dialect', 'rooms'], true],
    [['--test-type', 'storm'], false],
  ])('%j has to be in one process: %s', (argv, oneProcess) => {
    expect(needsOf(...argv).oneProcess).toBe(oneProcess)
  })

  test.each([
    [[], true],
    [['--serve', 'binary', '--dialect', 'binary'], true],
    [['--dialect', 'momentum'], false],
  ])('the demo server of %j can be divided: %s', (argv, demoDivides) => {
    expect(needsOf(...argv).demoDivides).toBe(demoDivides)
  })
})

describe('listDestinations', () => {
  it('tells host and port apart, whatever the path and the scheme', () => {
    const urls = [
      'ws://h/a',
      'ws://h/b',
      'ws://h:81',
      'wss://h',
      'https://h/x',
      'ws://127.0.0.1:9001/{client}',
    ]
    expect(listDestinations({ urls })).toEqual([
      { address: null, port: 80 },
      { address: null, port: 81 },
      { address: null, port: 443 },
      { address: '127.0.0.1', port: 9001 },
    ])
  })
})
