/** Parsers of single option values that are more than a number with a unit. */
import { isIP, isIPv6 } from 'node:net'
import { extname } from 'node:path'
import { isDialectPath } from '../dialects/load-dialect.ts'
import { DIALECTS, findDialect } from '../dialects/registry.ts'
import { parseReplyPattern } from '../dialects/reply-pattern.ts'
import type { MetricsAddress, Output, OutputFormat, TestType } from './plan.ts'
import { suggestName } from './suggest.ts'
import { accept, type Parsed, parseBytes, parseCount, parseDurationUs, parseRate, reject } from './units.ts'

/** `all` runs throughput, storm and sustained in turn. */
export type TestChoice = TestType | 'all'

export const TEST_CHOICES: readonly TestChoice[] = [
  'throughput',
  'storm',
  'sustained',
  'broadcast',
  'push',
  'idle',
  'heartbeat',
  'reconnect',
  'leak',
  'slow-consumer',
  'capacity',
  'flow',
  'all',
]

/** Text, or the content of a file. The file is read when the plan is made. */
export type TextSource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }

/** Endings of file names, and words before `=`. */
const OUTPUT_FORMATS: Readonly<Record<string, OutputFormat>> = {
  json: 'json',
  txt: 'txt',
  html: 'html',
  htm: 'html',
  md: 'md',
  markdown: 'md',
  xml: 'xml',
  junit: 'xml',
  csv: 'csv',
  hlog: 'hlog',
  prom: 'prom',
  openmetrics: 'prom',
}

/** RFC 9110 §5.6.2 token: header names and subprotocols. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
export const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** The handshake's own, so not to be set by hand; the value says what to do instead. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  connection: 'the tool sets it',
  upgrade: 'the tool sets it',
  'sec-websocket-key': 'the tool sets it',
  'sec-websocket-version': 'the tool sets it',
  'sec-websocket-accept': 'only a server sends it',
  'sec-websocket-extensions': 'use --compress',
  'sec-websocket-protocol': 'use --subprotocol',
}

/** A parser that knows what it takes, for whoever offers the words. */
export type WordParser<T extends string> = ((text: string) => Parsed<T>) & { readonly words: readonly T[] }

/** One of a fixed set of words. */
export function parseWord<const T extends string>(words: readonly T[]): WordParser<T> {
  const parse = (text: string): Parsed<T> => {
    const word = words.find((candidate) => candidate === text)
    if (word !== undefined) return accept(word)
    const meant = suggestName(text, words)
    return reject(text === '' ? 'is empty' : `is not known${meant === null ? '' : `; did you mean ${meant}`}`)
  }
  return Object.assign(parse, { words })
}

export const parseTestType = parseWord(TEST_CHOICES)

/** A dialect's name, or the path of a module that has one. */
export function parseDialect(text: string): Parsed<string> {
  if (isDialectPath(text) || findDialect(text) !== undefined) return accept(text)
  const meant = suggestName(text, Object.keys(DIALECTS))
  return reject(meant === null ? 'is not a dialect' : `is not a dialect; did you mean ${meant}`)
}

/** `NAME` or `NAME --option value …` as for `stress serve`; its options are checked by the server itself. */
export function parseServe(text: string): Parsed<readonly string[]> {
  const words = text.trim().split(/\s+/)
  const [name = ''] = words
  if (words.some((word) => word.startsWith('--jwt-secret'))) {
    return reject('has a secret: give it to the run with --jwt-secret, which tells the server too')
  }
  if (Object.hasOwn(DIALECTS, name)) return accept(words)
  const meant = suggestName(name, Object.keys(DIALECTS))
  return reject(`names no demo server${meant === null ? '' : `; did you mean ${meant}`}`)
}

/** `auto`, `fifo`, or a pattern that finds the number in a reply. */
export function parseMatch(text: string): Parsed<string> {
  if (text === 'auto' || text === 'fifo') return accept(text)
  const pattern = parseReplyPattern(text)
  return pattern.ok ? accept(text) : reject(pattern.problem)
}

export function parseSecret(text: string): Parsed<string> {
  return text === '' ? reject('is empty') : accept(text)
}

/** A count from `least` on, up to `most`. */
export function parseCountFrom(
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => Parsed<number> {
  return (text) => {
    const parsed = atLeast(parseCount(text), least, `${least}`)
    return parsed.ok && parsed.value > most ? reject(`is over ${most}`) : parsed
  }
}

export function parsePositiveDuration(text: string): Parsed<number> {
  return atLeast(parseDurationUs(text), 1, 'a microsecond')
}

export function parsePositiveBytes(text: string): Parsed<number> {
  return atLeast(parseBytes(text), 1, 'one byte')
}

/** Words parted by spaces; what stands in double quotes is one. */
export function parseCommand(text: string): Parsed<readonly string[]> {
  const words = Array.from(text.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '')
  return words.length === 0 ? reject('is empty') : accept(words)
}

/** `20%` or `0.2`, from none to all. */
export function parseShare(text: string): Parsed<number> {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? []
  if (digits === undefined) return reject(text === '' ? 'is empty' : 'is not a share')
  const share = Number(digits) / (percent === '%' ? 100 : 1)
  return share > 1 ? reject('is over 100%') : accept(share)
}

/** One rate a second, no ramp, above zero. */
export function parseConstantRate(text: string): Parsed<number> {
  const rate = parseRate(text)
  if (!rate.ok) return rate
  if (rate.value.fromPerSec !== rate.value.toPerSec)
    return reject('is a ramp; here only one rate is possible')
  return rate.value.toPerSec > 0 ? accept(rate.value.toPerSec) : reject('is zero')
}

/** `@file`, else the text itself. */
export function parseTextSource(text: string): Parsed<TextSource> {
  if (!text.startsWith('@')) return text === '' ? reject('is empty') : accept({ kind: 'text', text })
  const path = text.slice(1)
  return path === '' ? reject('names no file after @') : accept({ kind: 'file', path })
}

/** True for a word of the command line that is a flow. */
export function isFlowPath(text: string): boolean {
  return /\.[cm]?[jt]s$/i.test(text) && !text.includes('://')
}

export function parseFlowPath(text: string): Parsed<string> {
  if (text === '') return reject('is empty')
  return isFlowPath(text) || /^file:.*\.[cm]?[jt]s$/i.test(text)
    ? accept(text)
    : reject('is no JavaScript or TypeScript module')
}

/** `NAME=VALUE`, or the name of a variable of the environment. */
export function parseVariable(text: string): Parsed<readonly { name: string; value: string | null }[]> {
  const [, name = '', equals, value = ''] = /^([A-Za-z_]\w*)(=)?(.*)$/s.exec(text) ?? []
  if (name === '' || (equals === undefined && value !== '')) return reject('has no name of a variable')
  return accept([{ name, value: equals === undefined ? null : value }])
}

export function parsePath(text: string): Parsed<string> {
  return text === '' ? reject('is empty') : accept(text)
}

/** http:// or https://, or a bare `host:port/path` (then http://). */
export function parseMetricsUrl(text: string): Parsed<string> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme !== undefined && !['http', 'https'].includes(scheme))
    return reject(`has the scheme ${scheme}://`)
  const full = scheme === undefined ? `http://${text}` : text
  if (text === '' || /\s/.test(full) || !URL.canParse(full)) return reject('is not an address')
  if (/\{[a-z]+\}/.test(full)) return reject('has a placeholder, and belongs to no client')
  return accept(full)
}

/** `Name: value`. */
export function parseHeader(text: string): Parsed<readonly (readonly [name: string, value: string])[]> {
  const colon = text.indexOf(':')
  if (colon < 0) return reject('has no colon between name and value')
  const name = text.slice(0, colon).trim()
  const value = text.slice(colon + 1).trim()
  if (!TOKEN.test(name)) return reject('has no valid header name before the colon')
  if (!HEADER_VALUE.test(value)) return reject(`has a character in ${name} that a header cannot carry`)
  const own = OWN_HEADERS[name.toLowerCase()]
  return own === undefined ? accept([[name, value]]) : reject(`sets ${name}: ${own}`)
}

export function parseSubprotocols(text: string): Parsed<readonly string[]> {
  const names = splitList(text)
  const wrong = names.find((name) => !TOKEN.test(name))
  if (wrong !== undefined)
    return reject(wrong === '' ? 'has an empty name' : `has a character in "${wrong}" that no name may have`)
  return accept(names)
}

export function parseSourceIps(text: string): Parsed<readonly string[]> {
  const addresses = splitList(text)
  const wrong = addresses.find((address) => isIP(address) === 0)
  return wrong === undefined ? accept(addresses) : reject(`has "${wrong}", which is not an IP address`)
}

export function parseThresholdText(text: string): Parsed<readonly string[]> {
  return text.trim() === '' ? reject('is empty') : accept([text.trim()])
}

export function parseFileName(text: string): Parsed<readonly string[]> {
  return text.trim() === '' ? reject('names no file') : accept([text])
}

/** A file whose ending names the format, or `FORMAT=FILE` for any name; the file `-` is standard output. */
export function parseOutput(text: string): Parsed<readonly Output[]> {
  const named = /^([a-z]+)=(.*)$/.exec(text)
  const name = named?.[1] ?? extname(text).slice(1).toLowerCase()
  const format = Object.hasOwn(OUTPUT_FORMATS, name) ? OUTPUT_FORMATS[name] : undefined
  const path = named?.[2] ?? text
  if (path === '') return reject('names no file')
  if (format === undefined) {
    if (text === '-') return reject('names no format')
    const near = suggestName(name, Object.keys(OUTPUT_FORMATS))
    const meant = near === null ? '' : `; did you mean ${named === null ? '.' : ''}${near}`
    const problem =
      named === null ? 'has an ending that stands for no format' : `has the unknown format "${named[1]}"`
    return reject(`${problem}${meant}`)
  }
  return accept([{ format, path: path === '-' ? null : path }])
}

/** A port of this machine alone, or `HOST:PORT`; an IPv6 address stands in brackets. */
export function parseMetricsAddress(text: string): Parsed<MetricsAddress> {
  const match = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3] ?? Number.NaN)
  if (match === null || port > 65_535) return reject('is not a port')
  const host = match[1] ?? match[2] ?? '127.0.0.1'
  if (match[1] !== undefined && !isIPv6(host)) return reject('has no IPv6 address in its brackets')
  return accept({ host, port })
}

/** For variables and scenario files: true/false, yes/no, on/off, 1/0. */
export function parseSwitch(text: string): Parsed<boolean> {
  if (/^(?:true|yes|on|1)$/i.test(text)) return accept(true)
  if (/^(?:false|no|off|0)$/i.test(text)) return accept(false)
  return reject('is neither true nor false')
}

function splitList(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}

function atLeast(parsed: Parsed<number>, least: number, words: string): Parsed<number> {
  if (!parsed.ok || parsed.value >= least) return parsed
  return reject(parsed.value === 0 ? 'is zero' : `is under ${words}`)
}
