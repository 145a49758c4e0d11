/** `stress verify [URL] [options]`. */
import { readFileSync } from 'node:fs'
import { Parser } from 'yargs/helpers'
import { type Mistake, UsageError } from '../errors.ts'
import { toVariable } from '../plan/option.ts'
import { HEADER_VALUE, parseHeader } from '../plan/option-parsers.ts'
import { suggestName } from '../plan/suggest.ts'
import { parseTargetUrl, redactUrl } from '../plan/target-url.ts'
import { parseDurationUs } from '../plan/units.ts'
import { ALL, SERVER_NAMES } from '../servers/names.ts'
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

type Environment = Readonly<Record<string, string | undefined>>
type ReadFile = (path: string) => Buffer

interface VerifyOption {
  readonly accepted: string
  readonly example: string
  readonly secret?: boolean
}

const WS_URL = { accepted: 'ws://HOST:PORT/PATH or wss://…', example: '--ws-url ws://127.0.0.1:8000/ws' }
const VALUES: Readonly<Record<string, VerifyOption>> = {
  dialect: { accepted: SERVER_NAMES.join(', '), example: '--dialect rooms' },
  'server-url': { accepted: 'http://HOST:PORT or https://…', example: '--server-url http://127.0.0.1:8000' },
  'ws-url': WS_URL,
  serve: {
    accepted: 'a name of stress serve --list, and options of it',
    example: "--serve 'rooms --drop 1%'",
  },
  header: { accepted: "'Name: value'", example: "-H 'Origin: http://localhost'", secret: true },
  'jwt-secret': { accepted: 'the secret of the tokens', example: '--jwt-secret S', secret: true },
  token: { accepted: 'a token, or @file with one a line', example: '--token @tokens.txt', secret: true },
  interval: { accepted: 'a length of time from 1ms', example: '--interval 1s' },
  timeout: { accepted: 'a length of time from 1ms', example: '--timeout 2s' },
  junit: { accepted: 'a file to write', example: '--junit verify.xml' },
}
const SWITCHES = ['insecure', 'slow', 'skip-performance', 'tap', 'no-tap', 'no-color']
const DEFAULT_DIALECT = 'momentum'
const TIMEOUT_MS = 2000
/** Node's timers take no more than 2^31 ms, and a check may wait for several intervals. */
const MAX_MS = 3_600_000

/**
 * Reads what stands behind `stress verify`; STRESS_* are read as well, and JWT_SECRET.
 * @throws UsageError with every mistake
 */
export function parseVerify(
  argv: readonly string[],
  env: Environment,
  readFile: ReadFile = (path) => readFileSync(path),
): VerifyCommand {
  const { _: positionals, ...options } = Parser([...argv], {
    string: ['_', ...Object.keys(VALUES)],
    boolean: SWITCHES,
    alias: { header: ['H'], insecure: ['k'] },
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'strip-aliased': true,
    },
  })
  const mistakes: Mistake[] = []
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(VALUES, name) && !SWITCHES.includes(name)) mistakes.push(describeUnknown(name))
  }
  const values = new Values(options, env, mistakes)
  const urls = readUrls(positionals.map(String), values, mistakes)
  const hasUrl = urls.wsUrl !== null || urls.serverUrl !== null
  const serve = readServe(values, mistakes)
  if (serve !== null && hasUrl)
    values.refuse('serve', '', 'starts a server, and there is a URL to another one')
  const dialect = readDialect(values, serve?.[0] ?? DEFAULT_DIALECT)
  const command: VerifyCommand = {
    command: 'verify',
    dialect,
    ...urls,
    serve: hasUrl ? null : (serve ?? [dialect]),
    headers: readHeaders(values),
    insecure: values.has('insecure'),
    jwtSecret: values.text('jwt-secret') ?? (env.JWT_SECRET || null),
    tokens: values.list('token').flatMap((text) => readTokens(text, values, readFile)),
    intervalMs: values.durationMs('interval'),
    timeoutMs: values.durationMs('timeout') ?? TIMEOUT_MS,
    slow: values.has('slow'),
    skipPerformance: values.has('skip-performance'),
    tap: values.has('tap') ? true : values.has('no-tap') ? false : null,
    junit: values.text('junit'),
    color: !values.has('no-color'),
  }
  if (mistakes.length > 0) throw new UsageError(mistakes)
  return command
}

/** The options' values; what is wrong goes to `mistakes`. */
class Values {
  readonly #options: Readonly<Record<string, unknown>>
  readonly #env: Environment
  readonly #mistakes: Mistake[]

  constructor(options: Readonly<Record<string, unknown>>, env: Environment, mistakes: Mistake[]) {
    this.#options = options
    this.#env = env
    this.#mistakes = mistakes
  }

  refuse(name: string, value: string, problem: string): null {
    const { accepted, example, secret = false } = VALUES[name]!
    this.#mistakes.push({ where: `--${name}`, value: secret ? '' : value, problem, accepted, example })
    return null
  }

  has(name: string): boolean {
    const fromEnv = this.#env[toVariable(name)]
    return this.#options[name] !== undefined
      ? this.#options[name] !== false
      : fromEnv === 'true' || fromEnv === '1'
  }

  list(name: string): string[] {
    const value = this.#options[name]
    const fromEnv = this.#env[toVariable(name)]
    const texts = value === undefined ? (fromEnv ? [fromEnv] : []) : [value].flat().map(String)
    if (texts.includes('')) this.refuse(name, '', 'has no value')
    return texts.filter((text) => text !== '')
  }

  text(name: string): string | null {
    const texts = this.list(name)
    if (texts.length > 1) return this.refuse(name, '', 'is given twice')
    return texts[0] ?? null
  }

  durationMs(name: string): number | null {
    const text = this.text(name)
    if (text === null) return null
    const us = parseDurationUs(text)
    if (!us.ok) return this.refuse(name, text, us.problem)
    if (us.value < 1000) return this.refuse(name, text, 'is shorter than a millisecond')
    return us.value / 1000 <= MAX_MS ? us.value / 1000 : this.refuse(name, text, 'is over an hour')
  }
}

/** Words of `stress serve`, which have to be right there, too. */
function readServe(values: Values, mistakes: Mistake[]): string[] | null {
  const words = values.text('serve')?.trim().split(/\s+/) ?? null
  if (words === null) return null
  if (words[0] === ALL) values.refuse('serve', ALL, 'is more than one server')
  try {
    parseServe(words, {})
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    mistakes.push(...error.mistakes.map((mistake) => ({ ...mistake, where: `--serve … ${mistake.where}` })))
  }
  return words
}

/** The URL without an option is whichever its scheme says. */
function readUrls(
  positionals: readonly string[],
  values: Values,
  mistakes: Mistake[],
): { wsUrl: string | null; serverUrl: string | null } {
  const urls = { wsUrl: readUrl('ws-url', values), serverUrl: readUrl('server-url', values) }
  const [text, extra] = positionals
  const refuse = (value: string, problem: string): void => {
    const accepted = 'one ws://, wss://, http:// or https:// URL, or HOST:PORT'
    mistakes.push({
      where: 'argument',
      value: redactUrl(value),
      problem,
      accepted,
      example: 'ws://127.0.0.1:9001',
    })
  }
  if (extra !== undefined) refuse(extra, 'is one too many')
  if (text === undefined) return urls
  const parsed = parseTargetUrl(text)
  if (!parsed.ok) {
    refuse(text, parsed.problem)
    return urls
  }
  const side = /^http/i.test(parsed.value) ? 'serverUrl' : 'wsUrl'
  if (urls[side] !== null)
    refuse(text, `and --${side === 'wsUrl' ? 'ws-url' : 'server-url'} say the same twice`)
  return { ...urls, [side]: parsed.value }
}

function readUrl(name: 'ws-url' | 'server-url', values: Values): string | null {
  const text = values.text(name)
  if (text === null) return null
  const parsed = parseTargetUrl(name === 'server-url' && !text.includes('://') ? `http://${text}` : text)
  if (!parsed.ok) return values.refuse(name, redactUrl(text), parsed.problem)
  const isHttp = /^http/i.test(parsed.value)
  if (isHttp === (name === 'server-url')) return parsed.value
  return values.refuse(
    name,
    redactUrl(text),
    isHttp ? 'is a web address, not a WebSocket' : 'is a WebSocket, not a web address',
  )
}

function readDialect(values: Values, otherwise: string): string {
  const name = values.text('dialect') ?? otherwise
  if ((SERVER_NAMES as readonly string[]).includes(name)) return name
  const near = suggestName(name, SERVER_NAMES)
  values.refuse('dialect', name, `has no checks${near === null ? '' : `; did you mean ${near}`}`)
  return name
}

function readHeaders(values: Values): Record<string, string> {
  const headers = values.list('header').map((text) => {
    const parsed = parseHeader(text)
    if (!parsed.ok) values.refuse('header', '', parsed.problem)
    return parsed.ok ? parsed.value : []
  })
  return Object.fromEntries(headers.flat())
}

function readTokens(text: string, values: Values, readFile: ReadFile): string[] {
  const path = text.startsWith('@') ? text.slice(1) : null
  let content = text
  if (path !== null) {
    try {
      content = readFile(path).toString('utf8')
    } catch (error) {
      values.refuse(
        'token',
        '',
        `names a file that cannot be read (${(error as NodeJS.ErrnoException).code}): ${path}`,
      )
      return []
    }
  }
  const tokens = content.split(/\r?\n/).map((line) => line.trim())
  const found = tokens.filter((line) => line !== '')
  if (found.length === 0) values.refuse('token', '', 'names a file without tokens')
  if (found.some((token) => !HEADER_VALUE.test(token)))
    values.refuse('token', '', 'has a character that a token cannot have')
  return found
}

/** The value is not shown: an option that nobody knows may well be a secret. */
function describeUnknown(name: string): Mistake {
  const names = [...Object.keys(VALUES), ...SWITCHES]
  const near = name.length === 1 ? null : suggestName(name, names)
  const meant = near === null ? '' : `; did you mean --${near}`
  return {
    where: name.length === 1 ? `-${name}` : `--${name}`,
    value: '',
    problem: `is not an option of verify${meant}`,
    accepted: names.map((known) => `--${known}`).join(', '),
    example: VALUES[near ?? '']?.example ?? (near === null ? '--dialect rooms' : `--${near}`),
  }
}
