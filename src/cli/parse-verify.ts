/** `stress verify [URL] [options]`. */
import { UsageError } from '../errors.ts'
import { HEADER_VALUE, parseHeader } from '../plan/option-parsers.ts'
import { type ReadFile, readNamedFile, readRegularFile, splitLines } from '../plan/read-source.ts'
import { suggestName } from '../plan/suggest.ts'
import { parseTargetUrl } from '../plan/target-url.ts'
import { accept, type Parsed, reject } from '../plan/units.ts'
import { ALL, isServerName, SERVER_NAMES } from '../servers/names.ts'
import { CommandOptions, type CommandSpec, type Environment, parseMs } from './command-options.ts'
import { parseServe } from './parse-serve.ts'

export interface VerifyCommand {
  readonly command: 'verify'
  /** One of SERVER_NAMES. */
  readonly dialect: string
  /** ws:// or wss://; null: not given. */
  readonly wsUrl: string | null
  /** http:// or https://; null: not given. */
  readonly serverUrl: string | null
  /** Arguments of `stress serve`; null: the server is somebody else's. */
  readonly serve: readonly string[] | null
  readonly headers: Readonly<Record<string, string>>
  readonly insecure: boolean
  /** Secret. */
  readonly jwtSecret: string | null
  /** Secret. */
  readonly tokens: readonly string[]
  readonly intervalMs: number | null
  readonly timeoutMs: number
  readonly slow: boolean
  readonly skipPerformance: boolean
  /** Null: TAP where standard output is no terminal. */
  readonly tap: boolean | null
  /** A file to write; null: none. */
  readonly junit: string | null
  readonly color: boolean
}

const DURATION = 'a length of time from 1ms to 1h'
export const VERIFY_SPEC = {
  command: 'verify',
  argument: {
    where: 'argument',
    accepted: 'one ws://, wss://, http:// or https:// URL, or HOST:PORT',
    example: 'ws://127.0.0.1:9001',
  },
  options: {
    dialect: { kind: 'value', accepted: SERVER_NAMES.join(', '), example: '--dialect rooms' },
    'server-url': {
      kind: 'value',
      accepted: 'http://HOST:PORT or https://…',
      example: '--server-url http://127.0.0.1:8000',
    },
    'ws-url': {
      kind: 'value',
      accepted: 'ws://HOST:PORT/PATH or wss://…',
      example: '--ws-url ws://127.0.0.1:8000/ws',
    },
    serve: {
      kind: 'value',
      accepted: 'a name of stress serve --list, and options of it',
      example: "--serve 'rooms --drop 1%'",
    },
    header: {
      kind: 'list',
      alias: 'H',
      accepted: "'Name: value'",
      example: "-H 'Origin: http://localhost'",
      secret: true,
    },
    'jwt-secret': {
      kind: 'value',
      accepted: 'the secret of the tokens',
      example: '--jwt-secret S',
      secret: true,
    },
    token: {
      kind: 'list',
      accepted: 'a token, or @file with one a line',
      example: '--token @tokens.txt',
      secret: true,
    },
    interval: { kind: 'value', accepted: DURATION, example: '--interval 1s' },
    timeout: { kind: 'value', accepted: DURATION, example: '--timeout 2s' },
    junit: { kind: 'value', accepted: 'a file to write', example: '--junit verify.xml' },
    insecure: { kind: 'switch', alias: 'k' },
    slow: { kind: 'switch' },
    'skip-performance': { kind: 'switch' },
    tap: { kind: 'switch' },
    'no-tap': { kind: 'switch' },
    'no-color': { kind: 'switch' },
  },
} as const satisfies CommandSpec
type VerifyOptions = CommandOptions<typeof VERIFY_SPEC>

const DEFAULT_DIALECT = 'momentum'
const TIMEOUT_MS = 2000
/** Shorter than what a timer can take: a check may wait for several intervals. */
const parseWaitMs = parseMs(3_600_000, 'an hour')

/**
 * Reads what stands behind `stress verify`; STRESS_* are read as well, and JWT_SECRET.
 * @throws UsageError with every mistake
 */
export function parseVerify(
  argv: readonly string[],
  env: Environment,
  readFile: ReadFile = readRegularFile,
): VerifyCommand {
  const options = new CommandOptions(VERIFY_SPEC, argv, env)
  const urls = readUrls(options)
  const hasUrl = urls.wsUrl !== null || urls.serverUrl !== null
  const { words: serve, intervalMs: ownIntervalMs } = readServe(options)
  if (serve !== null && hasUrl)
    options.refuse('serve', 'starts a server, and there is a URL to another one', '')
  const dialect = readDialect(options, serve?.[0] ?? DEFAULT_DIALECT)
  const command: VerifyCommand = {
    command: 'verify',
    dialect,
    ...urls,
    serve: hasUrl ? null : (serve ?? [dialect]),
    headers: Object.fromEntries(options.all('header', parseHeader).flat()),
    insecure: options.has('insecure'),
    jwtSecret: options.text('jwt-secret') ?? (env.JWT_SECRET || null),
    tokens: options.all('token', (text) => readTokens(text, readFile)).flat(),
    intervalMs: options.one('interval', parseWaitMs) ?? ownIntervalMs,
    timeoutMs: options.one('timeout', parseWaitMs) ?? TIMEOUT_MS,
    slow: options.has('slow'),
    skipPerformance: options.has('skip-performance'),
    tap: options.has('tap') ? true : options.has('no-tap') ? false : null,
    junit: options.text('junit'),
    color: !options.has('no-color'),
  }
  options.check()
  return command
}

/** Words of `stress serve`, which have to be right there, too. */
function readServe(options: VerifyOptions): { words: string[] | null; intervalMs: number | null } {
  const words = options.text('serve')?.trim().split(/\s+/) ?? null
  if (words === null) return { words, intervalMs: null }
  if (words[0] === ALL) options.refuse('serve', 'is more than one server', ALL)
  let intervalMs: number | null = null
  try {
    intervalMs = parseServe(words, {}).intervalMs
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const where = options.whereOf('serve')
    options.add(...error.mistakes.map((mistake) => ({ ...mistake, where: `${where} … ${mistake.where}` })))
  }
  return { words, intervalMs }
}

/** The URL without an option is whichever its scheme says. */
function readUrls(options: VerifyOptions): Pick<VerifyCommand, 'wsUrl' | 'serverUrl'> {
  const urls = {
    wsUrl: options.one('ws-url', parseWsUrl),
    serverUrl: options.one('server-url', parseServerUrl),
  }
  if (options.argument === null) return urls
  const parsed = parseTargetUrl(options.argument)
  if (!parsed.ok) {
    options.refuseArgument(parsed.problem)
    return urls
  }
  const [side, name] = isHttp(parsed.value)
    ? (['serverUrl', 'server-url'] as const)
    : (['wsUrl', 'ws-url'] as const)
  if (urls[side] !== null) options.refuseArgument(`and ${options.whereOf(name)} say the same twice`)
  return { ...urls, [side]: parsed.value }
}

function parseWsUrl(text: string): Parsed<string> {
  const parsed = parseTargetUrl(text)
  return parsed.ok && isHttp(parsed.value) ? reject('is a web address, not a WebSocket') : parsed
}

function parseServerUrl(text: string): Parsed<string> {
  const parsed = parseTargetUrl(text.includes('://') ? text : `http://${text}`)
  return parsed.ok && !isHttp(parsed.value) ? reject('is a WebSocket, not a web address') : parsed
}

function isHttp(url: string): boolean {
  return /^http/i.test(url)
}

function readDialect(options: VerifyOptions, otherwise: string): string {
  if (options.text('dialect') !== null) return options.one('dialect', parseDialect) ?? otherwise
  const parsed = parseDialect(otherwise)
  if (!parsed.ok) options.refuse('dialect', parsed.problem, otherwise)
  return otherwise
}

function parseDialect(name: string): Parsed<string> {
  if (isServerName(name)) return accept(name)
  const near = suggestName(name, SERVER_NAMES)
  return reject(`has no checks${near === null ? '' : `; did you mean ${near}`}`)
}

/** The token itself, or those of `@FILE`, one a line. */
function readTokens(text: string, readFile: ReadFile): Parsed<readonly string[]> {
  const content = text.startsWith('@')
    ? readNamedFile(text.slice(1), '', readFile)
    : accept(Buffer.from(text))
  if (!content.ok) return content
  const tokens = splitLines(content.value)
  if (tokens.length === 0) return reject('names a file without tokens')
  if (tokens.every((token) => HEADER_VALUE.test(token))) return accept(tokens)
  return reject('has a character that a token cannot have')
}
