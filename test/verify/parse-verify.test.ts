import { describe, expect, it, test } from 'vitest'
import { parseVerify } from '../../src/cli/parse-verify.ts'
import { UsageError } from '../../src/errors.ts'

const FILES: Readonly<Record<string, string>> = { 'tokens.txt': 'one\n\ntwo\r\n', 'empty.txt': '\n' }

function readFile(path: string): Buffer {
  const text = FILES[path]
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  return Buffer.from(text)
}

function parse(line: string, env: Record<string, string> = {}) {
  return parseVerify(line.split(' ').filter(Boolean), env, readFile)
}

function mistakesOf(line: string, env: Record<string, string> = {}): string[] {
  try {
    parse(line, env)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.mistakes.map(({ where, value, problem }) =>
      `${where} ${value} ${problem}`.replace(/ +/g, ' '),
    )
  }
}

it('without anything verifies our own Momentum server', () => {
  expect(parse('')).toEqual({
    command: 'verify',
    dialect: 'momentum',
    wsUrl: null,
    serverUrl: null,
    serve: ['momentum'],
    headers: {},
    insecure: false,
    jwtSecret: null,
    tokens: [],
    intervalMs: null,
    timeoutMs: 2000,
    slow: false,
    skipPerformance: false,
    tap: null,
    junit: null,
    color: true,
  })
})

it("takes the documents' form", () => {
  const line =
    '--skip-performance --server-url http://127.0.0.1:8000 --ws-url ws://127.0.0.1:8000/ws --jwt-secret S'
  expect(parse(line)).toMatchObject({
    dialect: 'momentum',
    serverUrl: 'http://127.0.0.1:8000',
    wsUrl: 'ws://127.0.0.1:8000/ws',
    jwtSecret: 'S',
    skipPerformance: true,
    serve: null,
  })
})

test.each([
  ['ws://127.0.0.1:9001 --dialect echo', { wsUrl: 'ws://127.0.0.1:9001', serverUrl: null, serve: null }],
  ['127.0.0.1:9001 --dialect echo', { wsUrl: 'ws://127.0.0.1:9001' }],
  ['http://127.0.0.1:8000', { serverUrl: 'http://127.0.0.1:8000', wsUrl: null, serve: null }],
  ['--server-url localhost:8000', { serverUrl: 'http://localhost:8000' }],
  ['--dialect rooms', { dialect: 'rooms', serve: ['rooms'] }],
  ['--serve rooms', { dialect: 'rooms', serve: ['rooms'] }],
  ['--serve echo-axum --dialect echo', { dialect: 'echo', serve: ['echo-axum'] }],
  ['--token one --token two', { tokens: ['one', 'two'] }],
  ['--token @tokens.txt', { tokens: ['one', 'two'] }],
  ['-k -H a:1 -H b:2', { insecure: true, headers: { a: '1', b: '2' } }],
  ['--interval 200ms --timeout 5', { intervalMs: 200, timeoutMs: 5000 }],
  ['--tap', { tap: true }],
  ['--no-tap --no-color --slow', { tap: false, color: false, slow: true }],
  ['--junit out.xml', { junit: 'out.xml' }],
])('%s', (line, wanted) => {
  expect(parse(line)).toMatchObject(wanted)
})

it('passes options of the server on', () => {
  const { serve, dialect } = parseVerify(['--serve', 'rooms --drop 1%'], {})
  expect({ serve, dialect }).toEqual({ serve: ['rooms', '--drop', '1%'], dialect: 'rooms' })
})

it('reads the environment, which counts less than the command line', () => {
  const env = { JWT_SECRET: 'from JWT_SECRET', STRESS_DIALECT: 'rooms', STRESS_SKIP_PERFORMANCE: 'true' }
  expect(parse('', env)).toMatchObject({
    jwtSecret: 'from JWT_SECRET',
    dialect: 'rooms',
    skipPerformance: true,
  })
  expect(parse('--dialect echo --jwt-secret S', env)).toMatchObject({ jwtSecret: 'S', dialect: 'echo' })
})

describe('names every mistake at once', () => {
  test.each([
    ['--dialect rums', ['--dialect rums has no checks; did you mean rooms']],
    ['--jwt-secrt abc', ['--jwt-secrt is not an option of verify; did you mean --jwt-secret']],
    ['-z', ['-z is not an option of verify']],
    ['ftp://host', ['argument ftp://host has the scheme ftp://']],
    ['ws://a ws://b', ['argument ws://b is one too many']],
    ['ws://a --ws-url ws://b', ['argument ws://a and --ws-url say the same twice']],
    ['--ws-url http://a', ['--ws-url http://a is a web address, not a WebSocket']],
    ['--server-url ws://a', ['--server-url ws://a is a WebSocket, not a web address']],
    ['ws://a --serve echo', ['--serve starts a server, and there is a URL to another one']],
    ['--serve all', ['--serve all is more than one server', '--dialect all has no checks']],
    ['--token @gone.txt', ['--token names a file that does not exist: gone.txt']],
    ['--token @empty.txt', ['--token names a file without tokens']],
    ['-H none', ['--header has no colon between name and value']],
    ['--timeout 0', ['--timeout 0 is shorter than a millisecond']],
    ['--timeout 2h', ['--timeout 2h is over an hour']],
    ['--timeout', ['--timeout has no value']],
    ['--timeout 1s --timeout 2s', ['--timeout is given twice']],
    [
      '--interval x --dialect rums -z',
      [
        '-z is not an option of verify',
        '--dialect rums has no checks; did you mean rooms',
        '--interval x is not a length of time',
      ],
    ],
  ])('%s', (line, wanted) => {
    expect(mistakesOf(line)).toEqual(wanted)
  })

  it('those of the server to start, too', () => {
    expect(() => parseVerify(['--serve', 'rooms --drop x'], {})).toThrow('--serve … --drop')
  })

  it('without showing secrets', () => {
    const lines = [
      '--jwt-secret hush1 --jwt-secret hush2 ws://user:hush3@host?token=hush4 -z',
      '--token hush\u00ff\u0100 -z',
      '-H Authorization:hush\u0100',
    ]
    for (const line of lines) {
      try {
        parse(line)
        expect.unreachable()
      } catch (error) {
        expect(String(error)).not.toContain('hush')
      }
    }
  })
})
