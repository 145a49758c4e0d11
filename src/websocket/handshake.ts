/** RFC 6455 §4: the client's opening handshake, request and check. Bytes only. */
import { createHash, randomBytes } from 'node:crypto'

/** A server that sends more than this before the empty line is refused. */
export const MAX_HEAD_BYTES = 16_384

export interface RequestParts {
  /** Path and query. */
  readonly path: string
  readonly host: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly subprotocols: readonly string[]
}

/** What every request of one URL has in common, up to the key's value. */
export function writeRequestHead({ path, host, headers, subprotocols }: RequestParts): string {
  const own = new Set(headers.map(([name]) => name.toLowerCase()))
  const lines = [`GET ${path} HTTP/1.1`]
  if (!own.has('host')) lines.push(`Host: ${host}`)
  lines.push('Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13')
  if (subprotocols.length > 0) lines.push(`Sec-WebSocket-Protocol: ${subprotocols.join(', ')}`)
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  return `${lines.join('\r\n')}\r\nSec-WebSocket-Key: `
}

export function makeKey(): string {
  return randomBytes(16).toString('base64')
}

/** Sec-WebSocket-Accept for a key, §4.2.2 item 5.4. */
export function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** The response's verdict. `class` is an error class of the result. */
export type HandshakeVerdict =
  | { readonly ok: true; readonly subprotocol: string }
  | { readonly ok: false; readonly class: 'upgrade-status' | 'upgrade-invalid'; readonly detail: string }

/** RFC 9110 §5: a token, no blank before the colon, no control characters (a lone line feed among them), no folding. */
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/

/** Index after the empty line that ends the head, or -1. Looks from `from` on. */
export function findHeadEnd(data: Buffer, from: number, end: number): number {
  const at = data.indexOf('\r\n\r\n', from, 'latin1')
  return at === -1 || at + 4 > end ? -1 : at + 4
}

/** Checks a response head (without its last empty line or with it) against the request's key and offers, §4.1. */
export function checkResponse(head: string, key: string, subprotocols: readonly string[]): HandshakeVerdict {
  const lines = head.split('\r\n')
  const status = /^HTTP\/(\d\.\d) (\d{3})(?: |$)/.exec(lines[0] ?? '')
  if (status === null) return invalid('not an HTTP response')
  const code = status[2]!
  const headers = new Map<string, string>()
  for (const line of lines.slice(1)) {
    if (line === '') break
    const field = HEADER_LINE.exec(line)
    if (field === null) {
      // Another status says more than its header lines do.
      if (code !== '101') continue
      return invalid('malformed header line')
    }
    const name = field[1]!.toLowerCase()
    const value = withoutBlanks(field[2]!)
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  if (code !== '101') {
    const location = headers.get('location')
    const to = code.startsWith('3') && location !== undefined ? ` -> ${shortenLocation(location)}` : ''
    return { ok: false, class: 'upgrade-status', detail: code + to }
  }
  if (status[1]! < '1.1') return invalid(`HTTP/${status[1]}`)
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return invalid('no "Upgrade: websocket"')
  if (!hasToken(headers.get('connection'), 'upgrade')) return invalid('no "Connection: Upgrade"')
  const accept = headers.get('sec-websocket-accept')
  if (accept === undefined) return invalid('no Sec-WebSocket-Accept')
  if (accept !== acceptFor(key)) return invalid('wrong Sec-WebSocket-Accept')
  if (headers.has('sec-websocket-extensions')) return invalid('extension that was not offered')
  const subprotocol = headers.get('sec-websocket-protocol')
  if (subprotocol === undefined) {
    return subprotocols.length > 0 ? invalid('no subprotocol chosen') : { ok: true, subprotocol: '' }
  }
  return subprotocols.includes(subprotocol)
    ? { ok: true, subprotocol }
    : invalid('subprotocol that was not offered')
}

function invalid(detail: string): HandshakeVerdict {
  return { ok: false, class: 'upgrade-invalid', detail }
}

function hasToken(value: string | undefined, token: string): boolean {
  return value?.split(',').some((part) => withoutBlanks(part).toLowerCase() === token) ?? false
}

/** Without the blanks and tabs around it: RFC 9110 §5.5 knows no others, `trim` does. Not a regular expression: `+$` takes quadratic time. */
function withoutBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (isBlank(text.charCodeAt(start))) start++
  while (isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** Without user, query and fragment: a redirect to a login page often carries a secret. */
export function shortenLocation(location: string): string {
  return location
    .replace(/[?#].*$/s, '')
    .replace(/^((?:[\w+.-]+:)?\/\/)[^/]*@/, '$1')
    .replace(/[^\x21-\x7e]/g, '?')
    .slice(0, 100)
}
