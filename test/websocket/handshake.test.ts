import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import {
  acceptFor,
  checkResponse,
  findHeadEnd,
  makeKey,
  writeRequestHead,
} from '../../src/websocket/handshake.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { visit } from '../support/ws-client.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

interface Head {
  status?: string
  /** Name → value; null takes the line out. */
  change?: Record<string, string | null>
  more?: string[]
}
function makeHead({
  status = 'HTTP/1.1 101 Switching Protocols',
  change = {},
  more = [],
}: Head = {}): string {
  const lines = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': '{accept}', ...change }
  const present = Object.entries(lines).filter(([, value]) => value !== null)
  return [status, ...present.map(([name, value]) => `${name}: ${value}`), ...more, '', ''].join('\r\n')
}

describe('the request', () => {
  const parts = { path: '/chat?room=1', host: 'example.test:8080', headers: [], subprotocols: [] }
  const lines = (head: string) => `${head}KEY\r\n\r\n`.split('\r\n')

  it('is what RFC 6455 §4.1 asks for', () => {
    expect(lines(writeRequestHead(parts))).toEqual([
      'GET /chat?room=1 HTTP/1.1',
      'Host: example.test:8080',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: KEY',
      '',
      '',
    ])
  })

  it('carries extra headers and offers, and leaves the Host to the user who sets one', () => {
    const head = writeRequestHead({
      ...parts,
      headers: [
        ['HOST', 'other.test'],
        ['Cookie', 'a=b'],
      ],
      subprotocols: ['v2', 'v1'],
    })
    expect(lines(head)).toEqual(
      expect.arrayContaining(['HOST: other.test', 'Cookie: a=b', 'Sec-WebSocket-Protocol: v2, v1']),
    )
    expect(head.match(/^host:/gim)).toHaveLength(1)
  })

  it('has a key of 16 random bytes, answered as in the RFC', () => {
    expect(Buffer.from(makeKey(), 'base64')).toHaveLength(16)
    expect(makeKey()).not.toBe(makeKey())
    expect(acceptFor(KEY)).toBe(ACCEPT)
  })
})

describe('the response', () => {
  let server: BadServer | undefined
  afterEach(() => server?.close())

  /** Our verdict beside the one of the ws client on the same bytes; `null`: accepted. */
  const table: [name: string, head: string, offers: string[], detail: string | null][] = [
    ['a plain 101', makeHead(), [], null],
    ['another reason phrase', makeHead({ status: 'HTTP/1.1 101 Web Socket Protocol Handshake' }), [], null],
    ['an empty reason phrase', makeHead({ status: 'HTTP/1.1 101 ' }), [], null],
    ['other cases', makeHead({ change: { Upgrade: 'WebSocket', Connection: 'upgrade' } }), [], null],
    ['Connection with more tokens', makeHead({ change: { Connection: 'keep-alive, Upgrade' } }), [], null],
    ['headers about other things', makeHead({ more: ['Server: x', 'X-Empty:', 'X-Colon: a:b'] }), [], null],
    ['no blank after the colon', makeHead({ more: ['X-Tight:yes'] }), [], null],
    ['the subprotocol offered', makeHead({ more: ['Sec-WebSocket-Protocol: v1'] }), ['v2', 'v1'], null],
    [
      'a subprotocol that was not offered',
      makeHead({ more: ['Sec-WebSocket-Protocol: v3'] }),
      ['v1'],
      'subprotocol that was not offered',
    ],
    [
      'a subprotocol with none offered',
      makeHead({ more: ['Sec-WebSocket-Protocol: v1'] }),
      [],
      'subprotocol that was not offered',
    ],
    [
      'an empty subprotocol',
      makeHead({ more: ['Sec-WebSocket-Protocol:'] }),
      [],
      'subprotocol that was not offered',
    ],
    [
      'two subprotocols',
      makeHead({ more: ['Sec-WebSocket-Protocol: v1, v2'] }),
      ['v1', 'v2'],
      'subprotocol that was not offered',
    ],
    ['no subprotocol of those offered', makeHead(), ['v1'], 'no subprotocol chosen'],
    [
      'an extension',
      makeHead({ more: ['Sec-WebSocket-Extensions: permessage-deflate'] }),
      [],
      'extension that was not offered',
    ],
    ['no Upgrade', makeHead({ change: { Upgrade: null } }), [], 'no "Upgrade: websocket"'],
    ['another Upgrade', makeHead({ change: { Upgrade: 'h2c' } }), [], 'no "Upgrade: websocket"'],
    [
      'Upgrade with more tokens',
      makeHead({ change: { Upgrade: 'websocket, h2c' } }),
      [],
      'no "Upgrade: websocket"',
    ],
    ['no Connection', makeHead({ change: { Connection: null } }), [], 'no "Connection: Upgrade"'],
    ['Connection: close', makeHead({ change: { Connection: 'close' } }), [], 'no "Connection: Upgrade"'],
    ['no accept key', makeHead({ change: { 'Sec-WebSocket-Accept': null } }), [], 'no Sec-WebSocket-Accept'],
    [
      'another accept key',
      makeHead({ change: { 'Sec-WebSocket-Accept': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' } }),
      [],
      'wrong Sec-WebSocket-Accept',
    ],
    [
      'an accept key in lower case',
      makeHead({ change: { 'Sec-WebSocket-Accept': ACCEPT.toLowerCase() } }),
      [],
      'wrong Sec-WebSocket-Accept',
    ],
    [
      'the accept key twice',
      makeHead({ more: ['Sec-WebSocket-Accept: {accept}'] }),
      [],
      'wrong Sec-WebSocket-Accept',
    ],
    ['a line without a colon', makeHead({ more: ['garbage'] }), [], 'malformed header line'],
    [
      'a line feed alone between lines',
      makeHead({ change: { Upgrade: null }, more: ['X-A: b\nUpgrade: websocket'] }),
      [],
      'malformed header line',
    ],
    ['a folded line', makeHead({ more: ['X-A: b', ' c'] }), [], 'malformed header line'],
    ['a control character', makeHead({ more: ['X-A: \u0000'] }), [], 'malformed header line'],
    ['a line without a name', makeHead({ more: [': value'] }), [], 'malformed header line'],
    ['a blank in a name', makeHead({ more: ['X Name: value'] }), [], 'malformed header line'],
    [
      'a blank before the colon',
      makeHead({ change: { Upgrade: null }, more: ['Upgrade : websocket'] }),
      [],
      'malformed header line',
    ],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', [], 'not an HTTP response'],
    ['no status', makeHead({ status: 'HTTP/1.1' }), [], 'not an HTTP response'],
    ['a status of two digits', makeHead({ status: 'HTTP/1.1 10 Short' }), [], 'not an HTTP response'],
    ['200', makeHead({ status: 'HTTP/1.1 200 OK' }), [], '200'],
    [
      '426 with a malformed line',
      makeHead({ status: 'HTTP/1.1 426 Upgrade Required', more: ['garbage'] }),
      [],
      '426',
    ],
    ['426', makeHead({ status: 'HTTP/1.1 426 Upgrade Required' }), [], '426'],
  ]
  it.each(table)('%s: the same verdict as the ws client', async (_, head, offers, detail) => {
    const verdict = checkResponse(head.replaceAll('{accept}', ACCEPT), KEY, offers)
    expect(verdict.ok ? null : verdict.detail).toBe(detail)

    server = await startBadServer('raw-response', { text: head })
    const seen = await visit(server.url, {
      subprotocols: offers,
      expect: 0,
      handshakeTimeout: 300,
      closeTimeout: 1,
    } as object)
    expect(seen.opened === 'open').toBe(detail === null)
  })

  it('HTTP/1.0 is refused, as RFC 6455 §4.1 asks (the ws client lets it pass)', () => {
    const verdict = checkResponse(
      makeHead({ status: 'HTTP/1.0 101 OK' }).replace('{accept}', ACCEPT),
      KEY,
      [],
    )
    expect(verdict).toMatchObject({ class: 'upgrade-invalid', detail: 'HTTP/1.0' })
  })

  it.each([
    ['https://user:secret@login.test/sign-in?next=secret#secret', '302 -> https://login.test/sign-in'],
    ['/sign-in?token=secret', '302 -> /sign-in'],
    ['wss://user:p@secret@login.test/x', '302 -> wss://login.test/x'],
    ['//user:secret@login.test/x', '302 -> //login.test/x'],
    [`/${'a'.repeat(200)}`, `302 -> /${'a'.repeat(99)}`],
    ['/caf\u00e9', '302 -> /caf?'],
  ])('a redirect names its target without secrets: %s', (location, detail) => {
    const head = makeHead({ status: 'HTTP/1.1 302 Found', more: [`Location: ${location}`] })
    expect(checkResponse(head, KEY, [])).toEqual({ ok: false, class: 'upgrade-status', detail })
  })

  it('takes names in any case and values with any blanks around them', () => {
    const mixed = fc.mixedCase(fc.constantFrom('upgrade', 'connection', 'sec-websocket-accept'))
    const blanks = fc.constantFrom('', ' ', '  ', '\t', ' \t ')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(mixed, blanks, blanks), { minLength: 30, maxLength: 30 }),
        (spellings) => {
          const values: Record<string, string> = {
            upgrade: 'websocket',
            connection: 'Upgrade',
            'sec-websocket-accept': ACCEPT,
          }
          const lines = new Map<string, string>()
          for (const [name, before, after] of spellings) {
            lines.set(name.toLowerCase(), `${name}:${before}${values[name.toLowerCase()]}${after}`)
          }
          fc.pre(lines.size === 3)
          const head = ['HTTP/1.1 101 OK', ...lines.values(), '', ''].join('\r\n')
          expect(checkResponse(head, KEY, [])).toEqual({ ok: true, subprotocol: '' })
        },
      ),
    )
  })

  it('accepts nothing that has a byte of its required lines changed', () => {
    const good = makeHead({ status: 'HTTP/1.1 101 ' }).replace('{accept}', ACCEPT)
    const last = good.length - 4
    fc.assert(
      fc.property(fc.nat(last - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = good.slice(0, at) + String.fromCharCode(byte) + good.slice(at + 1)
        const harmless = changed.toLowerCase() === good.toLowerCase() && at < good.indexOf(ACCEPT)
        const blankForBlank = good[at] === ' ' && /[\t ]/.test(String.fromCharCode(byte))
        const reasonPhrase = at === 'HTTP/1.1 101 '.length - 1
        const version = at === 'HTTP/'.length || at === 'HTTP/1.'.length
        fc.pre(!harmless && !blankForBlank && !reasonPhrase && !version && changed !== good)
        expect(checkResponse(changed, KEY, []).ok).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('never throws, whatever the bytes', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('HTTP/1.1 101 OK', 'Upgrade: websocket', ' folded', 'a:', ':', '__proto__: x'),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(typeof checkResponse(lines.join('\r\n'), KEY, []).ok).toBe('boolean')
      }),
    )
  })
})

describe('findHeadEnd', () => {
  it('finds the end in a growing buffer, however the head was cut, and nothing behind `end`', () => {
    const head = makeHead()
    fc.assert(
      fc.property(fc.nat(head.length - 1), fc.string(), (cut, after) => {
        // What an earlier read left behind `end` must not count.
        const bytes = Buffer.from(`${head}${after}\r\n\r\n`, 'latin1')
        expect(findHeadEnd(bytes, 0, cut)).toBe(-1)
        expect(findHeadEnd(bytes, Math.max(0, cut - 3), head.length)).toBe(head.length)
      }),
    )
  })
})
