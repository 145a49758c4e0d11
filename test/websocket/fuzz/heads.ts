/** Response heads: those of the conformance table, with lines and bytes changed. */
import { handshakes } from '../conformance/handshakes.ts'
import type { Random } from './random.ts'

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
export const OFFERS: readonly (readonly string[])[] = [[], ['v1'], ['v2', 'v1']]

const LONG_REDIRECT = `\r\nLocation: wss://user:SECRET@host/${'path'.repeat(60)}?SECRET#SECRET\r\n`
const SHORT_REDIRECT = '\r\nLocation: //user:SECRET@host/path?SECRET#SECRET\r\n'
/** Redirects whose user, query and fragment are nobody's business; one has a path too long to be shown whole. */
export const REDIRECTS = [LONG_REDIRECT, SHORT_REDIRECT]

const KNOWN = [
  ...handshakes.map(({ head }) => head.replaceAll('{accept}', ACCEPT)),
  ...REDIRECTS.map((line) => `HTTP/1.1 302 Found${line}\r\n`),
]
const LINES = [
  ...['Upgrade: websocket', 'Connection: upgrade', `Sec-WebSocket-Accept: ${ACCEPT}`],
  ...['Sec-WebSocket-Protocol: v1', 'Sec-WebSocket-Extensions: x', ' folded', ':', 'a:', '__proto__: x', ''],
  ...['HTTP/1.1 101 Again', 'Location: /x?y', 'Location: \x00\x1b[31m\xff'],
]
const TELLING = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ':',
  ' ',
  '\t',
  '\0',
  ',',
  '\xa0',
  '\xff',
  '\x1b',
  'HTTP/1.1 ',
  '101',
]

function changeLines(random: Random, head: string): string {
  const lines = head.split('\r\n')
  const at = random.below(lines.length)
  const kind = random.below(4)
  if (kind === 0) lines.splice(at, 1)
  else if (kind === 1) lines.splice(at, 0, random.pick(LINES))
  else if (kind === 2) lines.splice(at, 0, lines[random.below(lines.length)]!)
  else lines[at] = random.oneIn(2) ? lines[at]!.toUpperCase() : lines[at]!.toLowerCase()
  return lines.join('\r\n')
}

function changeBytes(random: Random, head: string): string {
  const at = random.below(head.length + 1)
  const kind = random.below(5)
  if (kind === 0) return head.slice(0, at) + random.pick(TELLING) + head.slice(at)
  if (kind === 1) return head.slice(0, at) + String.fromCharCode(random.below(256)) + head.slice(at + 1)
  if (kind === 2) return head.slice(0, at) + head.slice(at + 1 + random.below(8))
  if (kind === 3) return random.oneIn(4) ? head.slice(0, at) : head
  // A long run of one character is what slow patterns trip over.
  const run = random.pick(TELLING).repeat(random.oneIn(50) ? 4000 : random.below(40))
  return head.slice(0, at) + run + head.slice(at)
}

/** As Latin-1. */
export function makeResponse(random: Random): string {
  if (random.oneIn(20)) return random.bytes(random.below(200)).toString('latin1')
  let head = random.pick(KNOWN)
  for (let times = random.below(5); times > 0; times--) {
    head = random.oneIn(2) ? changeLines(random, head) : changeBytes(random, head)
  }
  return head
}
