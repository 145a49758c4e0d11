/** How dialects, test types and the options around them go together. */
import { describe, expect, it, test } from 'vitest'
import { mistakesOf, mistakesWith, resolve, resolveWith } from './resolve.ts'

function planOf(...argv: string[]) {
  return resolve(...argv).plan.tests[0]!
}

describe('the dialect, the demo server and the test', () => {
  test.each([
    [[], 'throughput', 'echo', ['echo']],
    [['--dialect', 'chat-json'], 'throughput', 'chat-json', ['chat-json']],
    [['--serve', 'rooms --drop 1%'], 'throughput', 'rooms', ['rooms', '--drop', '1%']],
    [['--serve', 'echo-axum', '--dialect', 'echo'], 'throughput', 'echo', ['echo-axum']],
    [['--test-type', 'broadcast'], 'broadcast', 'broadcast', ['broadcast']],
    [['--test-type', 'broadcast', '--rooms', '3'], 'broadcast', 'rooms', ['rooms']],
    [['--test-type', 'push'], 'push', 'feed', ['feed']],
    [['--dialect', 'sse'], 'push', 'sse', ['sse']],
    [['--serve', 'heartbeat --interval 1s'], 'push', 'heartbeat', ['heartbeat', '--interval', '1s']],
    [['--dialect', 'rooms', 'ws://h:1'], 'throughput', 'rooms', null],
  ])('%j makes a %s test of %s', (argv, testType, dialect, serve) => {
    const { target, groups, ...plan } = planOf(...argv)
    expect([plan.testType, groups[0]?.dialect, target.serve]).toEqual([testType, dialect, serve])
  })
})

describe('a broadcast test', () => {
  it('has one publisher on a schedule and a hundred who only listen for as long as it takes', () => {
    const { groups, fanOut } = planOf('--test-type', 'broadcast')
    expect(fanOut).toEqual({ audience: 'everyone', rooms: 1 })
    expect(
      groups.map(({ name, role, count, pacing, stop }) => [name, role, count, pacing.kind, stop]),
    ).toEqual([
      ['publishers', 'publisher', 1, 'open', { messages: null, durationUs: 10_000_000 }],
      ['subscribers', 'subscriber', 100, 'silent', { messages: null, durationUs: null }],
    ])
  })

  it('takes the numbers of each side', () => {
    const counts = (...argv: string[]) =>
      planOf('--test-type', 'broadcast', ...argv).groups.map((group) => group.count)
    expect(counts('--publishers', '2', '--subscribers', '500')).toEqual([2, 500])
    expect(counts('-c', '30')).toEqual([1, 30])
  })

  it('publishes at a rate of each publisher, or of all together', () => {
    const rateOf = (...argv: string[]) => {
      const { pacing } = planOf('--test-type', 'broadcast', '--publishers', '4', ...argv).groups[0]!
      return pacing.kind === 'open' ? pacing.stages[0]?.toPerSec : null
    }
    expect([rateOf(), rateOf('-r', '5'), rateOf('-R', '8')]).toEqual([40, 20, 8])
  })
})

describe('groups of a scenario in a broadcast test', () => {
  const scenario = (...groups: string[]) => ({
    files: {
      's.yaml': `testType: broadcast\ndialect: rooms\ngroups:\n${groups.map((one) => `  - ${one}\n`).join('')}`,
    },
  })

  it('publish when they have a rate, and have the connections that they name', () => {
    const found = scenario('{name: talk, connections: 3, messageRate: 5/s}', '{name: hear, connections: 40}')
    const { groups } = resolveWith(found, 's.yaml').plan.tests[0]!
    expect(groups.map(({ name, role, count }) => [name, role, count])).toEqual([
      ['talk', 'publisher', 3],
      ['hear', 'subscriber', 40],
    ])
  })

  it('must have one that publishes, and no totals beside them', () => {
    expect(mistakesWith(scenario('{name: hear, connections: 40}'), 's.yaml').join()).toContain(
      'none of them has a rate',
    )
    const named = scenario('{name: talk, connections: 3, messageRate: 5/s}')
    expect(mistakesWith(named, 's.yaml', '--publishers', '2').join()).toContain('cannot be set for all')
  })
})

describe('--debug', () => {
  it.each(['notifications', 'feed', 'sse', 'heartbeat', 'rooms'])('is one connection of %s', (dialect) => {
    const { groups } = planOf('--dialect', dialect, '--debug')
    expect(groups.map(({ count }) => count)).toEqual([1])
  })
})

describe('a push test', () => {
  it('only listens, and knows what was promised', () => {
    const { groups, push, transport } = planOf('--dialect', 'notifications')
    expect(groups.map(({ pacing, stop }) => [pacing.kind, stop.durationUs])).toEqual([['silent', 10_000_000]])
    expect([push, transport]).toEqual([{ everyUs: 5_000_000, by: 'message', atOnce: true }, 'websocket'])
    expect(planOf('--dialect', 'sse').transport).toBe('event-stream')
  })

  it('takes another promise', () => {
    expect(planOf('--dialect', 'heartbeat', '--push-interval', '250ms').push).toEqual({
      everyUs: 250_000,
      by: 'ping',
      atOnce: false,
    })
  })
})

describe('messages', () => {
  test.each([
    ['echo', 32],
    ['binary', 32],
    ['chat-json', 76],
  ])('of %s have %d bytes when no size is asked for', (dialect, bytes) => {
    expect(planOf('--dialect', dialect).groups[0]?.payload).toEqual({ kind: 'generated', sizeBytes: bytes })
  })

  it('are binary when the dialect is', () => {
    expect(planOf('--dialect', 'binary').groups[0]?.binary).toBe(true)
  })
})

describe('what does not go together is one clear mistake', () => {
  test.each([
    [['--test-type', 'broadcast', '--dialect', 'echo'], 'brings a message to no audience'],
    [['--test-type', 'push', '--dialect', 'chat-json'], 'pushes nothing by itself'],
    [['--test-type', 'storm', '--dialect', 'feed'], 'only pushes, so nothing can be sent'],
    [
      ['--test-type', 'broadcast', '--dialect', 'chat-json', '--rooms', '2'],
      'means nothing to the dialect chat-json',
    ],
    [['--dialect', 'chat-json', '--size', '40'], 'is too small: a message of chat-json'],
    [['--dialect', 'chat-json', '--binary'], 'cannot go with the dialect chat-json, which is text'],
    [['--dialect', 'sse', '--compress'], 'is for WebSockets'],
    [
      ['--dialect', 'chat-json', '--payload', 'x{seq}'],
      'cannot go with the dialect chat-json, whose messages',
    ],
    [['--dialect', 'chat-json', '--match', 'fifo'], 'cannot go with the dialect chat-json, whose messages'],
    [['--dialect', 'roms'], 'did you mean rooms'],
    [['--serve', 'rom'], 'did you mean rooms'],
    [['--serve', 'momentum --jwt-secret s3cr3t'], 'has a secret'],
    [['ws://h:1', '--serve', 'rooms'], 'there is a URL to another one'],
    [['--publishers', '2'], 'means nothing to a throughput test'],
    [['--test-type', 'broadcast', '--payload', 'x{seq}'], 'means nothing to a broadcast test'],
    [['--test-type', 'push', '--rate', '5'], 'means nothing to a push test'],
    [['http://h:1/x'], 'is a web address, not a WebSocket; did you mean ws://h:1/x'],
    [['https://me:secret@h/x'], 'did you mean wss://h/x'],
    [['ws://h:1/x', '--dialect', 'sse'], 'did you mean http://h:1/x'],
    [['--match', 'json:/id'], 'the message has no {seq}'],
    [['ws://h:1', '--jwt-secret', 's3cr3t'], 'is used nowhere'],
    [
      ['--dialect', 'momentum', '--jwt-secret', 's3cr3t', '--token', 't'],
      'makes tokens, and there are tokens',
    ],
  ])('%j: %s', (argv, problem) => {
    const mistakes = mistakesOf(...argv)
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toContain(problem)
    expect(mistakes[0]).not.toMatch(/s3cr3t|secret@/)
  })
})
