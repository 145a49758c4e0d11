/** Where a run connects to, from its options. Files named in them are read here. */
import type { Dialect } from '../dialects/dialect.ts'
import { findDialect } from '../dialects/registry.ts'
import type { Mistake } from '../errors.ts'
import type { Setting } from './option.ts'
import { HEADER_VALUE, type TextSource } from './option-parsers.ts'
import type { OptionName } from './option-table.ts'
import { findPlaceholders, HANDSHAKE_PLACEHOLDERS } from './placeholders.ts'
import type { Target, TestType, TlsSettings } from './plan.ts'
import { type ReadFile, readNamedFile, splitLines } from './read-source.ts'
import { chooseDialect } from './resolve-dialect.ts'
import { describeConflict, type Layer } from './settings.ts'
import { redactUrl } from './target-url.ts'

export interface Surroundings {
  readonly command: readonly string[] | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** Decides the dialect when none was asked for. */
  readonly testType: TestType
}

/** Builds the target; what does not go together is added to `mistakes`. */
export function resolveTarget(
  layer: Layer,
  { command, env, testType }: Surroundings,
  readFile: ReadFile,
  mistakes: Mistake[],
): Target {
  const { settings, given } = layer
  const dialect = chooseDialect(layer, testType)
  const urls = settings.url ?? []
  const headers = settings.header ?? []
  const subprotocols = (settings.subprotocol ?? []).map(({ value }) => value)
  const target: Target = {
    urls: urls.map(({ value }) => value),
    headers: headers.map(({ value }) => value),
    subprotocols: [...new Set(subprotocols)],
    tls: resolveTls(layer, readFile, mistakes),
    sourceIps: (settings.sourceIp ?? []).map(({ value }) => value),
    compress: settings.compress?.value ?? false,
    tokens: (settings.token ?? []).flatMap((token) => readTokens(token, readFile, mistakes)),
    serverPid: settings.serverPid?.value ?? null,
    serverMetrics: settings.serverMetrics?.value ?? null,
    command,
    serve: given.has('url') ? null : (settings.serve?.value ?? [demoServerFor(dialect)]),
    jwtSecret: findSecret(layer, dialect, env),
  }
  checkHandshake(layer, mistakes)
  checkSchemes(layer, dialect, mistakes)
  if (settings.serve !== undefined && given.has('url')) {
    const problem = 'starts a demo server, and there is a URL to another one'
    mistakes.push(
      describeConflict('serve', settings.serve, problem, 'one of the two', "--serve 'rooms --drop 1%'"),
    )
  }
  if (!given.has('url')) mistakes.push(...listNeedsOfUrl(layer, command))
  checkWatching(layer, command, mistakes)
  return target
}

const WATCHING = {
  serverPid: '--server-pid 4711',
  serverMetrics: '--server-metrics HOST:9001/metrics',
} as const

/** A server is watched in one way. */
function checkWatching({ settings }: Layer, command: readonly string[] | null, mistakes: Mistake[]): void {
  const { serverPid, serverMetrics } = settings
  if (serverPid !== undefined && serverMetrics !== undefined) {
    const problem = 'cannot go with --server-pid, which gives the same and the busiest thread'
    mistakes.push(
      describeConflict(
        'serverMetrics',
        serverMetrics,
        problem,
        'one of the two',
        `${WATCHING.serverPid} when it runs here`,
      ),
    )
  }
  if (command === null) return
  for (const name of ['serverPid', 'serverMetrics'] as const) {
    const setting = settings[name]
    if (setting === undefined) continue
    const problem = 'cannot go with a command, whose process is watched by itself'
    mistakes.push(describeConflict(name, setting, problem, 'one of the two', WATCHING[name]))
  }
}

/** Of the documents' servers it has the dialect's name; one's own dialect gets the nearest. */
function demoServerFor({ name, audience }: Dialect): string {
  if (findDialect(name) !== undefined) return name
  return audience === 'sender' ? 'echo' : audience === 'nobody' ? 'feed' : 'broadcast'
}

/** JWT_SECRET counts where a token has a place and none was given. */
function findSecret({ settings, given }: Layer, dialect: Dialect, env: Surroundings['env']): string | null {
  if (settings.jwtSecret !== undefined) return settings.jwtSecret.value
  const { JWT_SECRET: fromEnv = '' } = env
  return fromEnv === '' || given.has('token') || dialect.tokenParameter === undefined ? null : fromEnv
}

/** Event streams are at http://, WebSockets at ws://. */
function checkSchemes({ settings }: Layer, dialect: Dialect, mistakes: Mistake[]): void {
  const streams = dialect.transport === 'event-stream'
  for (const url of settings.url ?? []) {
    const isHttp = /^https?:/i.test(url.value)
    if (isHttp === streams) continue
    const other = url.value.replace(/^(?:http|ws)(s?):/i, streams ? 'http$1:' : 'ws$1:')
    const problem = streams
      ? `is a WebSocket address, and the dialect ${dialect.name} reads an event stream`
      : 'is a web address, not a WebSocket'
    mistakes.push(
      describeConflict(
        'url',
        url,
        `${problem}; did you mean ${redactUrl(other)}`,
        streams ? 'http:// or https://' : 'ws:// or wss://',
        streams ? 'http://127.0.0.1:8080/events' : 'ws://127.0.0.1:9001',
      ),
    )
  }
}

function resolveTls({ settings, given }: Layer, readFile: ReadFile, mistakes: Mistake[]): TlsSettings {
  const { cert, key } = settings
  if (cert !== undefined && !given.has('key')) {
    mistakes.push(
      describeConflict('cert', cert, 'needs its key', 'with --key FILE', '--cert c.pem --key c.key'),
    )
  }
  if (key !== undefined && !given.has('cert')) {
    mistakes.push(
      describeConflict('key', key, 'needs its certificate', 'with --cert FILE', '--cert c.pem --key c.key'),
    )
  }
  const read = (name: 'ca' | 'cert' | 'key'): string | null => {
    const setting = settings[name]
    if (setting === undefined) return null
    const content = readNamedFile(setting.value, setting.folder, readFile)
    const problem = content.ok ? 'is no PEM file: it has no -----BEGIN line' : content.problem
    if (content.ok && content.value.includes('-----BEGIN ')) return content.value.toString('utf8')
    mistakes.push(describeConflict(name, setting, problem, 'a PEM file', `--${name} ${name}.pem`))
    return null
  }
  return { insecure: settings.insecure?.value ?? false, ca: read('ca'), cert: read('cert'), key: read('key') }
}

function readTokens(token: Setting<TextSource>, readFile: ReadFile, mistakes: Mistake[]): string[] {
  const refuse = (problem: string): string[] => {
    mistakes.push(
      describeConflict('token', token, problem, 'a token, or @file with one a line', '--token @tokens.txt'),
    )
    return []
  }
  if (token.value.kind === 'text') {
    return HEADER_VALUE.test(token.value.text)
      ? [token.value.text]
      : refuse('has a character that a header cannot carry')
  }
  const content = readNamedFile(token.value.path, token.folder, readFile)
  if (!content.ok) return refuse(content.problem)
  const tokens = splitLines(content.value)
  if (tokens.length === 0) return refuse(`names a file without tokens: ${token.value.path}`)
  const wrong = tokens.findIndex((text) => !HEADER_VALUE.test(text))
  return wrong < 0 ? tokens : refuse(`has a character that a header cannot carry: ${token.value.path}`)
}

/** Placeholders of the handshake, and headers that say the same twice. */
function checkHandshake({ settings }: Layer, mistakes: Mistake[]): void {
  const urls = settings.url ?? []
  const headers = settings.header ?? []
  const check = (name: OptionName, setting: Setting<unknown>, text: string): void => {
    for (const placeholder of findPlaceholders(text)) {
      if ((HANDSHAKE_PLACEHOLDERS as readonly string[]).includes(placeholder)) continue
      const problem =
        placeholder === 'seq'
          ? 'has {seq}, but a handshake belongs to no message'
          : `has the unknown placeholder {${placeholder}}`
      mistakes.push(describeConflict(name, setting, problem, '{client} or {token}', '{client}'))
    }
  }
  for (const url of urls) check('url', url, url.value)
  for (const header of headers) check('header', header, header.value[1])
  const authorization = headers.find(({ value }) => value[0].toLowerCase() === 'authorization')
  if (authorization !== undefined && urls.some(({ value }) => /^wss?:\/\/[^/?]*@/i.test(value))) {
    const problem = 'sets Authorization, and the URL has a user and password'
    mistakes.push(describeConflict('header', authorization, problem, 'one of the two', 'ws://HOST/PATH'))
  }
}

/** What makes no sense with the demo server. */
function listNeedsOfUrl({ settings }: Layer, command: readonly string[] | null): Mistake[] {
  const mistakes: Mistake[] = []
  const accepted = 'with the address of the server'
  if (command !== null) {
    const problem = 'starts a server, but nothing says where it will listen'
    // Only its first word: an argument may be a secret.
    const program = command[0] ?? ''
    const example = `--url ws://127.0.0.1:9001 -- ${program} …`
    mistakes.push({ where: '-- COMMAND', value: program, problem, accepted, example })
  }
  for (const name of ['serverPid', 'serverMetrics'] as const) {
    const setting = settings[name]
    if (setting === undefined) continue
    const problem = 'watches a server of yours, but there is no URL to it'
    mistakes.push(
      describeConflict(name, setting, problem, accepted, `--url ws://127.0.0.1:9001 ${WATCHING[name]}`),
    )
  }
  return mistakes
}
