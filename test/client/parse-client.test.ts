import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { type ClientCommand, parseClient, type WatchCommand } from '../../src/cli/parse-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-client-'))
afterAll(() => rmSync(folder, { recursive: true }))

function talk(args: readonly string[], env: Record<string, string> = {}): ClientCommand {
  const command = parseClient(args, env)
  if (command.command !== 'client') throw new Error('it watches')
  return command
}

function watch(args: readonly string[], env: Record<string, string> = {}): WatchCommand {
  const command = parseClient(args, env)
  if (command.command !== 'watch') throw new Error('it talks')
  return command
}

it('has defaults', () => {
  expect(talk([])).toEqual({
    command: 'client',
    url: 'ws://127.0.0.1:8000/ws',
    dialect: 'momentum',
    identity: null,
    headers: [],
    subprotocols: [],
    insecure: false,
    autoPing: true,
    maxRetries: 5,
    waitMs: 1000,
    color: true,
  })
  expect(watch(['--watch'])).toEqual({
    command: 'watch',
    url: 'http://127.0.0.1:8000',
    intervalMs: 5000,
    ticks: null,
    headers: [],
    insecure: false,
    color: true,
  })
})

it('takes every option', () => {
  const args =
    '127.0.0.1:9/x --username u --email e@f --jwt-secret s --no-auto-ping --dialect text --max-retries 0 --wait 2m --subprotocol a,b --subprotocol b -k --no-color'
  expect(talk([...args.split(' '), '-H', 'A: 1', '--header', 'B: 2'])).toEqual({
    command: 'client',
    url: 'ws://127.0.0.1:9/x',
    dialect: 'text',
    identity: { kind: 'user', username: 'u', email: 'e@f', secret: 's' },
    headers: [
      ['A', '1'],
      ['B', '2'],
    ],
    subprotocols: ['a', 'b'],
    insecure: true,
    autoPing: false,
    maxRetries: 0,
    waitMs: 120_000,
    color: false,
  })
})

describe('the dialect is', () => {
  test.each([
    ['momentum', 'without a URL', [], {}],
    ['text', 'without a token', ['ws://h/ws'], {}],
    ['momentum', 'with a token and /ws', ['ws://h/ws', '--token', 't'], {}],
    ['momentum', 'with a path before /ws', ['ws://h/momentum/ws', '--token', 't'], {}],
    ['momentum', 'with a user and /ws', ['ws://h/ws', '--username', 'u'], {}],
    ['text', 'with a token and another path', ['ws://h/chat', '--token', 't'], {}],
    ['text', 'when asked for', ['ws://h/ws', '--token', 't', '--dialect', 'text'], {}],
    ['momentum', 'with JWT_SECRET and a server here', ['ws://localhost/ws'], { JWT_SECRET: 's' }],
    ['text', 'with JWT_SECRET and a stranger', ['wss://stranger.example/ws'], { JWT_SECRET: 's' }],
  ])('%s %s', (dialect, _name, args, env) => {
    expect(talk(args, env as Record<string, string>).dialect).toBe(dialect)
  })
})

describe('who the client is', () => {
  test.each([
    [['--token', 't'], {}, { kind: 'token', token: 't' }],
    [['--token', 't'], { JWT_SECRET: 's' }, { kind: 'token', token: 't' }],
    [[], { STRESS_TOKEN: 't' }, { kind: 'token', token: 't' }],
    [
      ['--username', 'alice'],
      { JWT_SECRET: 's' },
      { kind: 'user', username: 'alice', email: 'alice@example.com', secret: 's' },
    ],
    [
      ['--jwt-secret', 'mine'],
      { JWT_SECRET: 's' },
      { kind: 'user', username: 'stress-client', email: 'stress-client@example.com', secret: 'mine' },
    ],
    [['wss://stranger.example/ws'], { JWT_SECRET: 's' }, null],
    [
      ['wss://stranger.example/ws', '--dialect', 'momentum'],
      { JWT_SECRET: 's' },
      { kind: 'user', username: 'stress-client', email: 'stress-client@example.com', secret: 's' },
    ],
  ])('%j %j', (args, env, identity) => {
    expect(talk(args as string[], env as unknown as Record<string, string>).identity).toEqual(identity)
  })

  it('is in the first line of @FILE', () => {
    const path = join(folder, 'tokens.txt')
    writeFileSync(path, '\n first \nsecond\n')
    expect(talk(['--token', `@${path}`]).identity).toEqual({ kind: 'token', token: 'first' })
  })
})

describe('--watch', () => {
  test.each([
    ['http://h:1', 'http://h:1'],
    ['http://h:1/', 'http://h:1'],
    ['https://h/momentum/', 'https://h/momentum'],
    ['ws://h:1/ws?token=t', 'http://h:1'],
    ['wss://h/momentum/ws', 'https://h/momentum'],
    ['h:1', 'http://h:1'],
  ])('of %s looks at %s', (text, url) => {
    expect(watch(['--watch', text]).url).toBe(url)
  })

  it('takes an interval and a number of ticks', () => {
    expect(watch(['--watch', '--interval', '500ms', '--ticks', '3'])).toMatchObject({
      intervalMs: 500,
      ticks: 3,
    })
  })
})

it('takes what is not given from variables', () => {
  const env = {
    STRESS_URL: 'ws://h/x',
    STRESS_MAX_RETRIES: '2',
    STRESS_NO_AUTO_PING: '1',
    STRESS_INTERVAL: '1s',
  }
  expect(talk([], env)).toMatchObject({ url: 'ws://h/x', maxRetries: 2, autoPing: false })
  expect(talk(['--max-retries', '3'], env)).toMatchObject({ maxRetries: 3 })
})

it.each([[{ NO_COLOR: '1' }], [{ STRESS_NO_COLOR: 'true' }]])('has no colour with %j', (env) => {
  expect(talk([], env as unknown as Record<string, string>).color).toBe(false)
})

describe('refuses', () => {
  test.each([
    [['--max-retires', '3'], '--max-retires: is not an option of client; did you mean --max-retries'],
    [['--max-retries', '21'], "--max-retries '21': is over 20"],
    [['--max-retries'], '--max-retries: has no value'],
    [['--wait', '2d'], "--wait '2d': is longer than a day"],
    [['--dialect', 'echo'], "--dialect 'echo': is not known"],
    [['--dialect', 'text', '--dialect', 'text'], '--dialect: is given twice'],
    [['-H', 'no colon'], '--header: has no colon'],
    [['--ticks', '3'], "--ticks '3': goes only with --watch"],
    [['--watch', '--username', 'u'], "--username 'u': does not go with --watch"],
    [['--watch', '--interval', '0'], "--interval '0': is under a millisecond"],
    [['--watch', '--ticks', '0'], "--ticks '0': is zero"],
    [['http://h/ws'], "URL 'http://h/ws': is a web address"],
    [['ws://a', 'ws://b'], "URL 'ws://b': is one too many"],
    [['ws://h/?t={token}'], '--token: is missing: the URL or a header has {token}'],
    [['--token', 't', '--jwt-secret', 's'], '--token: cannot go with --jwt-secret'],
    [['--token', '@/does/not/exist'], '--token: names a file that does not exist'],
    [['--token', 'a\nb'], '--token: has a character that a header cannot carry'],
  ])('%j', (args, problem) => {
    expect(() => parseClient(args, {})).toThrow(problem)
  })

  it('all mistakes at once', () => {
    expect(() => parseClient(['--wait', 'x', '--max-retries', 'y', '--odd'], {})).toThrow(
      /--odd.*\n.*--max-retries 'y'.*\n.*--wait 'x'/,
    )
  })

  it('without showing a secret', () => {
    const secrets = ['--token', 's3cret\n', '--jwt-secret', 's3cret', '-H', 's3cret', '--odd', 's3cret']
    try {
      parseClient(['ws://u:s3cret@h:0/?q=s3cret', ...secrets], {})
      expect.unreachable()
    } catch (error) {
      expect(String(error)).not.toContain('s3cret')
    }
  })
})
