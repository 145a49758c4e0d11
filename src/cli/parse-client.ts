/** `stress client [URL]` and `stress client --watch [URL]`. */
import { readFileSync } from 'node:fs'
import type { Headers } from '../client/headers.ts'
import { needsToken } from '../client/target.ts'
import {
  HEADER_VALUE,
  parseCountFrom,
  parseHeader,
  parseSubprotocols,
  parseWord,
} from '../plan/option-parsers.ts'
import { readTextSource } from '../plan/read-source.ts'
import { parseTargetUrl, redactUrl } from '../plan/target-url.ts'
import { accept, type Parsed, parseDurationUs, reject } from '../plan/units.ts'
import { type ClientOptions, readClientOptions } from './client-options.ts'

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

const MOMENTUM_URL = 'ws://127.0.0.1:8000/ws'
const MOMENTUM_WEB_URL = 'http://127.0.0.1:8000'
const MAX_RETRIES = 20
const DAY_US = 86_400e6

/**
 * Reads what stands behind `stress client`; a variable STRESS_NAME stands for an option that is not given.
 * @throws UsageError with every mistake
 */
export function parseClient(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ClientCommand | WatchCommand {
  const options = readClientOptions(argv, env)
  const common = {
    headers: options.all('header', parseHeader).flat(),
    insecure: options.has('insecure'),
    color: !options.has('no-color') && (env.NO_COLOR ?? '') === '',
  }
  const command: ClientCommand | WatchCommand = options.has('watch')
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
  const text = options.url ?? MOMENTUM_WEB_URL
  const parsed = parseTargetUrl(text.replace(/^http(s?):/i, 'ws$1:'))
  if (!parsed.ok) {
    options.refuseUrl(redactUrl(text), parsed.problem)
    return text
  }
  const url = new URL(parsed.value.replace(/^ws/i, 'http'))
  url.search = ''
  return url.href.replace(/\/(?:ws\/?)?$/, '')
}

function readTalk(
  options: ClientOptions,
  env: Readonly<Record<string, string | undefined>>,
  headers: Headers,
): Omit<ClientCommand, 'command' | 'headers' | 'insecure' | 'color'> {
  const url = readUrl(options)
  const asked = options.one('dialect', parseWord(['momentum', 'text']))
  const identity = readIdentity(options, isOwnServer(url) || asked === 'momentum' ? env.JWT_SECRET : '')
  const isNamed = options.text('username') !== null || options.text('email') !== null
  const isMomentum = options.url === null || (/\/ws\/?$/.test(pathOf(url)) && (isNamed || identity !== null))
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
  const text = options.url ?? MOMENTUM_URL
  const parsed = parseTargetUrl(text)
  if (parsed.ok && !/^http/i.test(parsed.value)) return parsed.value
  const problem = parsed.ok ? 'is a web address, which goes only with --watch' : parsed.problem
  options.refuseUrl(redactUrl(text), problem)
  return MOMENTUM_URL
}

/** `otherSecret` counts when neither a token nor a secret is given. */
function readIdentity(options: ClientOptions, otherSecret: string | undefined): Identity | null {
  const token = options.one('token', readToken)
  if (options.isArgument('token') && options.isArgument('jwt-secret')) {
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
  const content = readTextSource(setting, false, readFileSync)
  if (!content.ok) return content
  return checkToken(
    content.value
      .split(/\r?\n/)
      .find((line) => line.trim() !== '')
      ?.trim() ?? '',
  )
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
