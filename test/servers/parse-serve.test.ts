import { describe, expect, test } from 'vitest'
import { parseServe } from '../../src/cli/parse-serve.ts'
import { formatMistake, UsageError } from '../../src/errors.ts'
import { NO_FAULTS } from '../../src/servers/faults.ts'

const { seed: _, ...withoutSeed } = NO_FAULTS

function mistakesOf(argv: string[], env: Record<string, string> = {}): string[] {
  try {
    parseServe(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.mistakes.map(formatMistake)
    throw error
  }
  return []
}

describe('stress serve', () => {
  test('without anything is echo as it has always been', () => {
    expect(parseServe([], {})).toEqual({
      command: 'serve',
      name: 'echo',
      list: false,
      port: null,
      host: '127.0.0.1',
      processes: 1,
      intervalMs: null,
      pongLimit: null,
      faults: withoutSeed,
      faultLog: null,
      jwtSecret: null,
    })
  })

  test.each([
    [['all', '--port', '0'], { name: 'all', port: 0 }],
    [['--list'], { list: true }],
    [['feed', '--interval', '250ms'], { intervalMs: 250 }],
    [['feed', '--interval=2'], { intervalMs: 2000 }],
    [['heartbeat', '--pong-limit', '3'], { pongLimit: 3 }],
    [['echo', '--processes', '4'], { processes: 4 }],
    [['rooms', '--processes', '1'], { processes: 1 }],
    [['all', '--jwt-secret', 's'], { jwtSecret: 's' }],
    [['rooms', '--fault-log', 'f.json'], { faultLog: 'f.json' }],
  ])('%j', (argv, expected) => {
    expect(parseServe(argv, {})).toMatchObject(expected)
  })

  test.each([
    [['--drop', '1%', '--duplicate', '0.5'], { drop: 0.01, duplicate: 0.5 }],
    [['--misroute', '0.1%'], { misroute: 0.001 }],
    [['--delay', '20ms'], { delayMs: 20 }],
    [['--stall', '500ms'], { stallMs: 500, stallEveryMs: 10_000 }],
    [['--idle-timeout', '60s'], { idleTimeoutMs: 60_000 }],
    [['--leak', '4KiB'], { leakBytes: 4096 }],
    [['--cut-after', '5s', '--refuse', '2s'], { cutAfterMs: 5000, refuseMs: 2000 }],
    [['--stall', '500ms', '--stall-every', '1m'], { stallMs: 500, stallEveryMs: 60_000 }],
  ])('rooms %j', (argv, expected) => {
    expect(parseServe(['rooms', ...argv], {}).faults).toMatchObject(expected)
  })

  test.each([
    [
      { STRESS_PORT: '9', STRESS_HOST: '::1' },
      { port: 9, host: '::1' },
    ],
    [
      { STRESS_PORT: 'tcp://10.0.0.1:9001', STRESS_HOST: '' },
      { port: null, host: '127.0.0.1' },
    ],
    [
      { STRESS_INTERVAL: '2s', STRESS_PONG_LIMIT: '4' },
      { intervalMs: 2000, pongLimit: 4 },
    ],
    [{ JWT_SECRET: 'a' }, { jwtSecret: 'a' }],
    [{ JWT_SECRET: 'a', STRESS_JWT_SECRET: 'b' }, { jwtSecret: 'b' }],
    [{ JWT_SECRET: '', STRESS_UNKNOWN: 'x' }, { jwtSecret: null }],
  ])('takes from the environment %j', (env, expected) => {
    expect(parseServe([], env)).toMatchObject(expected)
  })

  test.each([
    ['echo', 4],
    ['rooms', 1],
    ['all', 1],
  ])('STRESS_PROCESSES is for servers that can be divided: %s', (name, processes) => {
    expect(parseServe([name], { STRESS_PROCESSES: '4' })).toMatchObject({ processes })
  })

  test('an option stands before the environment', () => {
    expect(parseServe(['--port', '1'], { STRESS_PORT: '2' })).toMatchObject({ port: 1 })
  })

  test.each([
    [['ecko'], "serve 'ecko': there is no demo server of that name; did you mean echo; accepted: echo, "],
    [['constructor'], "serve 'constructor': there is no demo server of that name; accepted: echo, "],
    [['echo', 'rooms'], "argument 'rooms': is one too many"],
    [['--port', '70000'], "--port '70000': is not a port; accepted: 0 (a free one) to 65535"],
    [['--port', '1', '--port', '2'], '--port: is given twice'],
    [['--host', ''], '--host: has no value'],
    [['--prot', '1'], '--prot: is not an option of serve; did you mean --port'],
    [['-p', '1'], '-p: is not an option of serve; accepted: --list, --port, --host, '],
    [['--drop', '101%'], "--drop '101%': is over 100 %; accepted: a share of the messages, 0 to 100%"],
    [['--drop', 'x'], "--drop 'x': is not a number"],
    [['--drop'], '--drop: has no value'],
    [['--duplicate', '-1%'], "--duplicate '-1%': is negative"],
    [['--delay', '10'], null],
    [['--delay', '10us'], "--delay '10us': is shorter than a millisecond"],
    [['--delay', 'soon'], "--delay 'soon': is not a length of time"],
    [['--delay', '30d'], "--delay '30d': is over 24 days"],
    [['--stall', '10s'], '--stall: is not shorter than 10s, the default of --stall-every'],
    [['--stall', '2s', '--stall-every', '2s'], '--stall: is not shorter than --stall-every'],
    [['--stall-every', '2s'], '--stall-every: says nothing without --stall'],
    [['feed', '--interval', '0'], "--interval '0': is shorter than a millisecond"],
    [['heartbeat', '--pong-limit', '0'], "--pong-limit '0': is zero"],
    [
      ['--misroute', '1%'],
      '--misroute: is nothing that echo can do; accepted: a server that can: rooms, all; for example: stress serve rooms --misroute 1%',
    ],
    [['--interval', '1s'], '--interval: is nothing that echo can do'],
    [['feed', '--pong-limit', '1'], '--pong-limit: is nothing that feed can do'],
    [['heartbeat', '--drop', '1%'], '--drop: is nothing that heartbeat can do'],
    [['echo', '--processes', '0'], "--processes '0': is zero; accepted: a whole number from 1 to 64"],
    [['echo', '--processes', '65'], "--processes '65': is over 64"],
    [
      ['rooms', '--processes', '2'],
      "--processes '2': cannot be for rooms: clients of different processes would not hear each other; accepted: 1, or a server whose clients have nothing to do with each other: echo, ",
    ],
    [['all', '--processes', '2'], "--processes '2': cannot be for all: clients of different"],
    [['all', '--misroute', '1%', '--pong-limit', '1', '--interval', '1s'], null],
  ])('%j is refused readably', (argv, text) => {
    const mistakes = mistakesOf(argv)
    if (text === null) expect(mistakes).toEqual([])
    else expect(mistakes).toEqual([expect.stringContaining(text)])
  })

  test('names all mistakes at once', () => {
    expect(mistakesOf(['ecko', '--port', 'x', '--drop', '2', '--delay', '-1s', '--what'])).toHaveLength(5)
  })

  test('takes a secret that begins with a dash', () => {
    expect(parseServe(['all', '--jwt-secret', '-hush'], {})).toMatchObject({ jwtSecret: '-hush' })
  })

  test('shows no secret', () => {
    const texts = mistakesOf(['echo', '--jwt-secret', 'hush', '--jwt-secret', 'hush2'])
    expect(texts).toHaveLength(2)
    expect(texts.join()).not.toContain('hush')
  })
})
