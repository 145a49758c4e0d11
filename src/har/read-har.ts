/** The WebSockets of a HAR file, as Chromium's developer tools write them (`_webSocketMessages`). Firefox leaves messages out. */
import { accept, type Parsed, reject } from '../plan/units.ts'

const TEXT = 1
const BINARY = 2
/** Of one socket. A flow of more is nothing that anybody reads or edits. */
const MOST_MESSAGES = 5000
const MOST_BYTES = 2 ** 20

export interface HarMessage {
  readonly sent: boolean
  /** Seconds; null: not recorded. */
  readonly atSec: number | null
  readonly isBinary: boolean
  /** Text, or base64. */
  readonly data: string
}

export interface HarSocket {
  readonly url: string
  /** Names of the headers that the browser sent beside those of every handshake. */
  readonly headers: readonly string[]
  readonly startedAt: string
  readonly messages: readonly HarMessage[]
}

export function readHar(content: Buffer): Parsed<readonly HarSocket[]> {
  const log = fieldOf(parseJson(content), 'log')
  const entries = fieldOf(log, 'entries')
  if (!Array.isArray(entries)) return reject('is no HAR: it has no log.entries')
  const sockets = entries.flatMap((entry) => readSocket(entry) ?? [])
  if (sockets.length === 0) return reject('has no WebSocket in it')
  if (sockets.every(({ messages }) => messages.length === 0))
    return reject(
      'has WebSockets, but none of their messages: Firefox leaves them out, so record with Chromium or Chrome',
    )
  const big = sockets.find(({ messages }) => messages.length > MOST_MESSAGES)
  if (big !== undefined)
    return reject(`has a WebSocket with ${big.messages.length} messages, over ${MOST_MESSAGES}`)
  if (sockets.some(({ messages }) => messages.some(({ data }) => data.length > MOST_BYTES)))
    return reject('has a message of more than 1 MiB')
  return accept(sockets)
}

/** Null: the entry is no WebSocket. */
function readSocket(entry: unknown): HarSocket | null {
  const request = fieldOf(entry, 'request')
  const url = fieldOf(request, 'url')
  const messages = fieldOf(entry, '_webSocketMessages')
  if (typeof url !== 'string' || !URL.canParse(url)) return null
  if (!Array.isArray(messages) && !/^wss?:/i.test(url)) return null
  const headers = fieldOf(request, 'headers')
  const names = Array.isArray(headers) ? headers.flatMap((header) => nameOf(header)) : []
  const startedAt = fieldOf(entry, 'startedDateTime')
  return {
    // Some tools write the address of the handshake.
    url: url.replace(/^http/i, 'ws'),
    headers: [...new Set(names.filter((name) => !USUAL.test(name)))],
    startedAt: typeof startedAt === 'string' ? startedAt : '',
    messages: Array.isArray(messages) ? messages.flatMap((message) => readMessage(message) ?? []) : [],
  }
}

/** What every browser sends, or what belongs to HTTP/2. */
const USUAL =
  /^(?::|host$|connection$|upgrade$|pragma$|cache-control$|accept|user-agent$|sec-|content-length$|priority$)/i

function nameOf(header: unknown): string[] {
  const name = fieldOf(header, 'name')
  return typeof name === 'string' && /^[\w:-]{1,80}$/.test(name) ? [name] : []
}

function readMessage(message: unknown): HarMessage | null {
  const [type, data, opcode, time] = ['type', 'data', 'opcode', 'time'].map((name) => fieldOf(message, name))
  if ((type !== 'send' && type !== 'receive') || typeof data !== 'string') return null
  if (opcode !== undefined && opcode !== TEXT && opcode !== BINARY) return null
  const atSec = typeof time === 'number' && Number.isFinite(time) ? time : null
  return { sent: type === 'send', atSec, isBinary: opcode === BINARY, data }
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8').replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}
