/** `stress client [URL]` and `stress client --watch [URL]`. */
import type { Headers } from '../client/headers.ts'
import { needsToken } from '../client/target.ts'
import {
  HEADER_VALUE,
  parseCountFrom,
  parseHeader,
  parseSubprotocols,
  parseWord,
} from '../plan/option-parsers.ts'
import { readRegularFile, readTextSource, splitLines } from '../plan/read-source.ts'
import { parseTargetUrl } from '../plan/target-url.ts'
import { accept, type Parsed, parseDurationUs, reject } from '../plan/units.ts'
import { CommandOptions, type CommandSpec, type Environment, type ValueName } from './command-options.ts'

/** Who the client says it is: with a token, or as a user for whom one is minted. Null: nobody. */
export type Identity =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'user'; readonly username: string; readonly email: string; readonly secret: string }

export interface ClientCommand {
  readonly command: 'client'
  /** As given; may hold placeholders and secrets. */
  readonly url: string
  readonly dialect: 'momentum' | 'text'
  readonly identity: Identity | null
  readonly headers: Headers
  readonly subprotocols: readonly string[]
  readonly insecure: boolean
  readonly autoPing: boolean
  readonly maxRetries: number
  readonly waitMs: number
  readonly color: boolean
}

export interface WatchCommand {
  readonly command: 'watch'
  /** http:// or https://, without a slash at the end; may hold a password. */
  readonly url: string
  readonly intervalMs: number
  /** Null: until it is interrupted. */
  readonly ticks: number | null
  readonly headers: Headers
  readonly insecure: boolean
  readonly color: boolean
}

export const CLIENT_SPEC = {
  command: 'client',
  argument: {
    where: 'URL',
    variable: 'STRESS_URL',
    accepted: 'one URL',
    example: 'stress client ws://127.0.0.1:9001',
  },
  options: {
    username: { kind: 'value', accepted: 'a user name', example: '--username alice' },
    email: { kind: 'value', accepted: 'an address', example: '--email alice@example.com' },
    token: { kind: 'value', accepted: 'a token or @FILE', example: '--token @token.txt', secret: true },
    'jwt-secret': {
      kind: 'value',
      accepted: 'the HS256 secret of the server',
      example: '--jwt-secret SECRET',
      secret: true,
    },
    dialect: { kind: 'value', accepted: 'momentum or text', example: '--dialect text' },
    'max-retries': { kind: 'value', accepted: 'a whole number from 0 to 20', example: '--max-retries 5' },
    wait: { kind: 'value', accepted: 'a time up to a day', example: '--wait 5s' },
    subprotocol: { kind: 'list', accepted: 'names parted by commas', example: '--subprotocol chat' },
    header: {
      kind: 'list',
      alias: 'H',
      accepted: "'Name: value'",
      example: "-H 'Origin: http://localhost'",
      secret: true,
    },
    interval: { kind: 'value', accepted: 'a time up to a day', example: '--interval 5s' },
    ticks: { kind: 'value', accepted: 'a whole number from 1', example: '--ticks 10' },
    'no-auto-ping': { kind: 'switch' },
    insecure: { kind: 'switch', alias: 'k' },
    watch: { kind: 'switch' },
    'no-color': { kind: 'switch' },
  },
} as const satisfies CommandSpec
type ClientOptions = CommandOptions<typeof CLIENT_SPEC>

const WATCH_ONLY: readonly ValueName<typeof CLIENT_SPEC>[] = ['interval', 'ticks']
const MOMENTUM_URL = 'ws://127.0.0.1:8000/ws'
const MOMENTUM_WEB_URL = 'http://127.0.0.1:8000'
const MAX_RETRIES = 20
const DAY_US = 86_400e6

/**
 * Reads what stands behind `stress client`; a variable STRESS_NAME stands for an option that is not given.
 * @throws UsageError with every mistake
 */
export function parseClient(argv: readonly string[], env: Environment): ClientCommand | WatchCommand {
  const options = new CommandOptions(CLIENT_SPEC, argv, env)
  const isWatch = options.has('watch')
  for (const name of options.argumentNames) {
    if (name === 'header' || WATCH_ONLY.includes(name) === isWatch) continue
    options.refuse(name, isWatch ? 'does not go with --watch' : 'goes only with --watch')
  }
  const common = {
    headers: options.all('header', parseHeader).flat(),
    insecure: options.has('insecure'),
    color: !options.has('no-color') && (env.NO_COLOR ?? '') === '',
  }
  const command: ClientCommand | WatchCommand = isWatch
    ? { command: 'watch', ...readWatch(options), ...common }
    : { command: 'client', ...readTalk(options, env, common.headers), ...common }
  options.check()
  return command
}

function readWatch(options: ClientOptions): Pick<WatchCommand, 'url' | 'intervalMs' | 'ticks'> {
  return {
    url: readWebUrl(options),
    intervalMs: options.one('interval', (text) => parseMs(text, 1)) ?? 5000,
    ticks: options.one('ticks', parseCountFrom(1)),
  }
}

/** Also takes the WebSocket's address: its scheme, a path /ws at the end and the query give way. */
function readWebUrl(options: ClientOptions): string {
  const text = options.argument ?? MOMENTUM_WEB_URL
  const parsed = parseTargetUrl(text.replace(/^http(s?):/i, 'ws$1:'))
  if (!parsed.ok) {
    options.refuseArgument(parsed.problem)
    return text
  }
  const url = new URL(parsed.value.replace(/^ws/i, 'http'))
  url.search = ''
  return url.href.replace(/\/(?:ws\/?)?$/, '')
}

function readTalk(
  options: ClientOptions,
  env: Environment,
  headers: Headers,
): Omit<ClientCommand, 'command' | 'headers' | 'insecure' | 'color'> {
  const url = readUrl(options)
  const asked = options.one('dialect', parseWord(['momentum', 'text']))
  const identity = readIdentity(options, isOwnServer(url) || asked === 'momentum' ? env.JWT_SECRET : '')
  const isNamed = options.text('username') !== null || options.text('email') !== null
  const isMomentum =
    options.argument === null || (/\/ws\/?$/.test(pathOf(url)) && (isNamed || identity !== null))
  if (identity === null && needsToken(url, headers)) {
    options.refuse('token', 'is missing: the URL or a header has {token}')
  }
  return {
    url,
    dialect: asked ?? (isMomentum ? 'momentum' : 'text'),
    identity,
    subprotocols: [...new Set(options.all('subprotocol', parseSubprotocols).flat())],
    autoPing: !options.has('no-auto-ping'),
    maxRetries: options.one('max-retries', parseCountFrom(0, MAX_RETRIES)) ?? 5,
    waitMs: options.one('wait', (text) => parseMs(text, 0)) ?? 1000,
  }
}

function readUrl(options: ClientOptions): string {
  const text = options.argument ?? MOMENTUM_URL
  const parsed = parseTargetUrl(text)
  if (parsed.ok && !/^http/i.test(parsed.value)) return parsed.value
  options.refuseArgument(parsed.ok ? 'is a web address, which goes only with --watch' : parsed.problem)
  return MOMENTUM_URL
}

/** `otherSecret` counts when neither a token nor a secret is given. */
function readIdentity(options: ClientOptions, otherSecret: string | undefined): Identity | null {
  const token = options.one('token', readToken)
  if (options.argumentNames.has('token') && options.argumentNames.has('jwt-secret')) {
    options.refuse('token', 'cannot go with --jwt-secret, which makes one')
  }
  const secret = options.text('jwt-secret') ?? (otherSecret || null)
  if (token !== null) return { kind: 'token', token }
  if (secret === null) return null
  const username = options.text('username') ?? 'stress-client'
  const email = options.text('email') ?? `${username}@example.com`
  return { kind: 'user', username, email, secret }
}

/** A token, or the first line of `@FILE`. */
function readToken(text: string): Parsed<string> {
  if (!text.startsWith('@')) return checkToken(text)
  const setting = {
    value: { kind: 'file', path: text.slice(1) },
    text,
    where: '--token',
    folder: '',
  } as const
  const content = readTextSource(setting, false, readRegularFile)
  if (!content.ok) return content
  return checkToken(splitLines(Buffer.from(content.value))[0] ?? '')
}

function checkToken(token: string): Parsed<string> {
  if (token === '') return reject('is empty')
  return HEADER_VALUE.test(token) ? accept(token) : reject('has a character that a header cannot carry')
}

/** Whole milliseconds up to a day: what a timer can wait. */
function parseMs(text: string, least: number): Parsed<number> {
  const parsed = parseDurationUs(text)
  if (!parsed.ok) return parsed
  if (parsed.value > DAY_US) return reject('is longer than a day')
  const ms = Math.round(parsed.value / 1000)
  return ms < least ? reject('is under a millisecond') : accept(ms)
}

/** JWT_SECRET may be meant for something else: a token made with it goes to no stranger unasked. */
function isOwnServer(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(fillPlaces(url)).hostname)
}

function pathOf(url: string): string {
  return new URL(fillPlaces(url)).pathname
}

function fillPlaces(url: string): string {
  return url.replace(/\{[a-z]+\}/g, '0')
}
