import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Retry } from '../../src/plan/plan.ts'
import { parseRetryPolicy, retryDelayUs } from '../../src/plan/retry.ts'
import { mistakesWith, resolve } from './resolve.ts'

const SECOND = 1_000_000

describe('a policy', () => {
  it.each([
    ['now', { policy: 'now', baseUs: 0 }],
    ['fixed', { policy: 'fixed', baseUs: SECOND }],
    ['fixed:250ms', { policy: 'fixed', baseUs: 250_000 }],
    ['exponential', { policy: 'exponential', baseUs: SECOND }],
    ['exponential:2s', { policy: 'exponential', baseUs: 2 * SECOND }],
  ])('%s', (text, value) => {
    expect(parseRetryPolicy(text)).toEqual({ ok: true, value })
  })

  it.each(['', 'later', 'now:1s', 'fixed:', 'fixed:0', 'exponential:x'])('is not %j', (text) => {
    expect(parseRetryPolicy(text).ok).toBe(false)
  })
})

describe('the wait before a retry', () => {
  const retry = (change: Partial<Retry>): Retry => ({
    policy: 'exponential',
    baseUs: SECOND,
    jitter: 'none',
    maxRetries: 5,
    ...change,
  })

  it.each([
    ['as in the documents', {}, [1, 2, 4, 8, 16]],
    ['fixed', { policy: 'fixed' }, [1, 1, 1, 1, 1]],
    ['at once', { policy: 'now', baseUs: 0 }, [0, 0, 0, 0, 0]],
    ['half-way through full jitter', { jitter: 'full' }, [0.5, 1, 2, 4, 8]],
  ] as const)('%s', (_, change, seconds) => {
    const delays = seconds.map((_, attempt) => retryDelayUs(retry(change), attempt, 0.5) / SECOND)
    expect(delays).toEqual(seconds)
  })

  it('is never longer with jitter than without', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const whole = retryDelayUs(retry({}), attempt, random)
        const spread = retryDelayUs(retry({ jitter: 'full' }), attempt, random)
        expect([spread >= 0, spread <= whole]).toEqual([true, true])
      }),
    )
  })
})

describe('the groups', () => {
  const groupsOf = (...options: string[]) => {
    const [test] = resolve('--test-type', 'reconnect', ...options).plan.tests
    return test!.groups.map(({ name, count, behaviour }) => [name, count, behaviour.reconnect?.jitter])
  }

  it.each<[string[], unknown[]]>([
    [[], [['main', 100, 'none']]],
    [['--jitter', 'full'], [['main', 100, 'full']]],
    [
      ['--reconnect', 'now', '--reconnect', 'fixed:2s', '-c', '5'],
      [
        ['now', 3, 'none'],
        ['fixed-2s', 2, 'none'],
      ],
    ],
    [
      ['--jitter', 'none', '--jitter', 'full'],
      [
        ['exponential', 50, 'none'],
        ['exponential-full', 50, 'full'],
      ],
    ],
    [
      ['--reconnect', 'now', '--reconnect', 'fixed', '--jitter', 'none', '--jitter', 'full', '-c', '30'],
      [
        ['now', 10, 'none'],
        ['fixed', 10, 'none'],
        ['fixed-full', 10, 'full'],
      ],
    ],
  ])('%j', (options, groups) => {
    expect(groupsOf(...options)).toEqual(groups)
  })

  it('that a scenario names may have policies of their own', () => {
    const scenario = `testType: reconnect
groups:
  - { name: polite, connections: 2, reconnect: 'exponential:2s', jitter: full, maxRetries: 3 }
  - { name: rude, connections: 3, reconnect: now }
`
    const files = { 'r.yaml': scenario }
    expect(mistakesWith({ files }, 'r.yaml')).toEqual([])
  })
})

describe('what does not go together', () => {
  it.each<[string[], RegExp]>([
    [['--cut', 'watch', '--cut-after', '2s'], /--cut-after.*cannot go with --cut watch/],
    [['--cut-after', '40s'], /--cut-after.*is not before the end of the load/],
    [['--cut', 'reset', '--restart-command', 'x'], /--cut.*cannot go with --restart-command/],
    [['--rate', '100'], /--rate.*means nothing to a reconnect test/],
    [['--messages', '3'], /--messages.*means nothing to a reconnect test/],
    [['--dialect', 'sse'], /event stream, which comes back by its own rules/],
    [['--dialect', 'rooms', '--message-rate', '1'], /--message-rate.*the clients of rooms are only held/],
    [['--reconnect', 'soon'], /--reconnect.*is not known/],
    [['--max-retries', '0'], /--max-retries.*is zero/],
  ])('%j', (options, problem) => {
    const [mistake = ''] = mistakesWith({}, '--test-type', 'reconnect', ...options)
    expect(mistake).toMatch(problem)
  })

  it('in another test', () => {
    const [mistake] = mistakesWith({}, '--reconnect', 'now')
    expect(mistake).toMatch(/--reconnect.*means nothing to a throughput test/)
  })

  it('a command stays out of what is shown', () => {
    const line = mistakesWith(
      {},
      '--test-type',
      'reconnect',
      '--cut',
      'watch',
      '--restart-command',
      'x --password p',
    )
    expect(line.join()).not.toContain('password')
  })
})
