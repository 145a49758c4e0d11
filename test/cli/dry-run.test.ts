import { expect, it } from 'vitest'
import { describePlan, describePlanAsJson } from '../../src/cli/dry-run.ts'
import { resolve } from '../plan/resolve.ts'

it('says what will be opened and sent, over what time, and what it takes', () => {
  const { plan } = resolve('localhost:9001', '-c', '10k', '-R', '1k/s', '-d', '1m', '--threshold', 'p99<50ms')
  expect(describePlan(plan).join('\n')).toMatchInlineSnapshot(`
    "  target       ws://localhost:9001

    throughput
      connect      10,000 connections all at once, up to 250 handshakes at once
      warm-up      1 s
      load         10,000 connections, 1,000 messages/s in all, 1 min, 32 B text
      sends        60,000 messages in 1 min 1 s
      generator    3 workers, about 142 MB, 10,064 open files

      thresholds   p99<50ms
      output       txt to standard output
    dry run: nothing was started"
  `)
})

it('shows groups, stages and a server that it would start', () => {
  const { plan } = resolve(
    'ws://h:1',
    '-R',
    '0..1k/s over 10s, 1k/s over 5s',
    '--cycles',
    '2',
    '--',
    'node',
    's.js',
  )
  const text = describePlan(plan).join('\n')
  expect(text).toContain('started by   node …')
  expect(text).not.toContain('s.js')
  expect(text).toContain('throughput, 2 times')
  expect(text).toContain('0 to 1,000 messages/s in all')
})

it('shows no secret, as text or as JSON', () => {
  const secrets = ['ws://me:hidden@h:1/?key=hidden', '-H', 'X-Key: hidden {token}', '--token', 'hidden']
  const { plan } = resolve(...secrets)
  expect(describePlan(plan).join('\n')).not.toContain('hidden}')
  expect(
    describePlan(plan).join('\n').replaceAll('(hidden)', '').replaceAll('values hidden', ''),
  ).not.toContain('hidden')
  expect(describePlanAsJson(plan)).not.toContain('hidden')
})

it('is one JSON document with plan and cost of each test', () => {
  const document = JSON.parse(describePlanAsJson(resolve('--test-type', 'all').plan))
  expect(document.dryRun).toBe(true)
  expect(document.target).toMatchObject({ urls: [], demo: true })
  expect(
    document.tests.map((test: { cost: { messagesDue: number | null } }) => test.cost.messagesDue),
  ).toEqual([null, 100, 2000])
})
