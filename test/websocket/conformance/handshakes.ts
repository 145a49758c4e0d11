/** The opening handshake (RFC 6455 §4.1, RFC 9112): what a server may answer, beside what the ws client makes of it. */

/** A response, and what the client must make of it. */
export interface HandshakeRow {
  readonly id: string
  readonly words: string
  /** `{accept}` is replaced by the accept key. Frames follow it. */
  readonly head: string
  /** Written in pieces of that many bytes; else whole, with the first frames in the same piece. */
  readonly chop?: number
  /** Nothing follows the head. */
  readonly alone?: boolean
  readonly offers: readonly string[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `open`, or `class detail` of the failure. */
  readonly outcome: string
  /** Where the ws client decides otherwise: what it does and why we do not. */
  readonly ws?: { readonly opens: boolean; readonly why: string }
  /** Lines that the request must, and must not, have. */
  readonly request?: { readonly has?: readonly string[]; readonly lacks?: readonly RegExp[] }
}

const SWITCH = 'HTTP/1.1 101 Switching Protocols'
const REQUIRED = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Accept': '{accept}',
}

/** A response: `change` gives required lines another value, or leaves them out (null); `add` are more lines. */
function makeHead(
  status: string,
  change: Partial<Record<keyof typeof REQUIRED, string | null>> = {},
  add: readonly string[] = [],
): string {
  const lines = Object.entries({ ...REQUIRED, ...change }).filter(([, value]) => value !== null)
  return [status, ...lines.map(([name, value]) => `${name}: ${value}`), ...add, '', ''].join('\r\n')
}

type Others = Partial<Omit<HandshakeRow, 'id' | 'words' | 'head' | 'outcome'>>
type Entry = readonly [words: string, head: string, outcome: string, others?: Others]

const OPEN = 'open'
const invalid = (detail: string) => `upgrade-invalid ${detail}`
const status = (code: string) => `upgrade-status ${code}`
const changed = (change: Parameters<typeof makeHead>[1]) => makeHead(SWITCH, change)
const added = (...lines: string[]) => makeHead(SWITCH, {}, lines)

const statusLines: readonly Entry[] = [
  ['as in the RFC', makeHead(SWITCH), OPEN],
  ['another reason phrase', makeHead('HTTP/1.1 101 Web Socket Protocol Handshake'), OPEN],
  ['an empty reason phrase', makeHead('HTTP/1.1 101 '), OPEN],
  ['no reason phrase, and no blank', makeHead('HTTP/1.1 101'), OPEN],
  [
    'HTTP/1.0',
    makeHead('HTTP/1.0 101 Switching Protocols'),
    invalid('HTTP/1.0'),
    { ws: { opens: true, why: '§4.1 asks for HTTP/1.1 or higher; ws does not look at the version' } },
  ],
  [
    'HTTP/0.9',
    makeHead('HTTP/0.9 101 Switching Protocols'),
    invalid('HTTP/0.9'),
    { ws: { opens: true, why: 'as above' } },
  ],
  ['http in lower case', makeHead('http/1.1 101 Switching Protocols'), invalid('not an HTTP response')],
  ['no version', makeHead('HTTP 101 Switching Protocols'), invalid('not an HTTP response')],
  ['four digits', makeHead('HTTP/1.1 1010 Switching'), invalid('not an HTTP response')],
  ['two digits', makeHead('HTTP/1.1 10 Switching'), invalid('not an HTTP response'), { alone: true }],
  ['a status of letters', makeHead('HTTP/1.1 abc OK'), invalid('not an HTTP response')],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', invalid('not an HTTP response')],
  ['a frame instead of a response', '\x81\x05hello', invalid('not an HTTP response')],
  ['200', makeHead('HTTP/1.1 200 OK'), status('200')],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', status('204')],
  [
    '401, byte by byte',
    makeHead('HTTP/1.1 401 Unauthorized', {}, ['WWW-Authenticate: Basic']),
    status('401'),
    { alone: true, chop: 1 },
  ],
  ['403 without a header', 'HTTP/1.1 403 Forbidden\r\n\r\n', status('403'), { alone: true }],
  ['426', makeHead('HTTP/1.1 426 Upgrade Required', {}, ['Sec-WebSocket-Version: 8']), status('426')],
  ['500 of HTTP/1.0', 'HTTP/1.0 500 Internal Server Error\r\n\r\n', status('500')],
  ['503 with a malformed line', 'HTTP/1.1 503 Busy\r\nno colon\r\n\r\n', status('503')],
  ['302 with its target', 'HTTP/1.1 302 Found\r\nLocation: /login?next=x\r\n\r\n', status('302 -> /login')],
  ['302 without a target', 'HTTP/1.1 302 Found\r\n\r\n', status('302')],
  ['404 with a Location', 'HTTP/1.1 404 Not Found\r\nLocation: /other\r\n\r\n', status('404')],
  ['101 with a Location', added('Location: /other'), OPEN],
]

const required: readonly Entry[] = [
  ['no Upgrade', changed({ Upgrade: null }), invalid('no "Upgrade: websocket"')],
  ['another Upgrade', changed({ Upgrade: 'h2c' }), invalid('no "Upgrade: websocket"')],
  ['an Upgrade with more tokens', changed({ Upgrade: 'websocket, h2c' }), invalid('no "Upgrade: websocket"')],
  ['Upgrade twice', added('Upgrade: websocket'), invalid('no "Upgrade: websocket"')],
  ['Upgrade in capitals', changed({ Upgrade: 'WEBSOCKET' }), OPEN],
  [
    'Upgrade with a hard blank behind',
    changed({ Upgrade: 'websocket\xa0' }),
    invalid('no "Upgrade: websocket"'),
  ],
  ['no Connection', changed({ Connection: null }), invalid('no "Connection: Upgrade"')],
  ['Connection: close', changed({ Connection: 'close' }), invalid('no "Connection: Upgrade"')],
  ['Connection: upgraded', changed({ Connection: 'upgraded' }), invalid('no "Connection: Upgrade"')],
  ['Connection in lower case', changed({ Connection: 'upgrade' }), OPEN],
  ['Connection with more tokens', changed({ Connection: 'keep-alive, Upgrade' }), OPEN],
  ['Connection with more tokens behind', changed({ Connection: 'UPGRADE ,\tkeep-alive' }), OPEN],
  ['Connection on two lines', makeHead(SWITCH, { Connection: 'keep-alive' }, ['Connection: Upgrade']), OPEN],
  ['no Sec-WebSocket-Accept', changed({ 'Sec-WebSocket-Accept': null }), invalid('no Sec-WebSocket-Accept')],
  ['an empty accept key', changed({ 'Sec-WebSocket-Accept': '' }), invalid('wrong Sec-WebSocket-Accept')],
  [
    'a wrong accept key',
    changed({ 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }),
    invalid('wrong Sec-WebSocket-Accept'),
  ],
  [
    'an accept key and more',
    changed({ 'Sec-WebSocket-Accept': '{accept}=' }),
    invalid('wrong Sec-WebSocket-Accept'),
  ],
  ['the accept key twice', added('Sec-WebSocket-Accept: {accept}'), invalid('wrong Sec-WebSocket-Accept')],
  ['blanks around the accept key', changed({ 'Sec-WebSocket-Accept': ' \t{accept} \t' }), OPEN],
]

const lines: readonly Entry[] = [
  ['names in any case', makeHead(SWITCH, { Upgrade: null }, ['uPGRADE: websocket']), OPEN],
  ['no blank after the colon', makeHead(SWITCH, { Upgrade: null }, ['Upgrade:websocket']), OPEN],
  ['empty values, colons in values, high bytes', added('X-Empty:', 'X-Colon: a:b', 'X-High: \xe4\xff'), OPEN],
  ['every character of a token', added("!#$%&'*+-.^_`|~09azAZ: x"), OPEN],
  ['a line without a colon', added('no colon'), invalid('malformed header line')],
  ['a line without a name', added(': value'), invalid('malformed header line')],
  ['a blank in a name', added('X Name: value'), invalid('malformed header line')],
  ['a blank before the colon', added('X-Name : value'), invalid('malformed header line')],
  ['a folded line', added('X-Name: value', ' folded'), invalid('malformed header line')],
  [
    'a folded Upgrade',
    makeHead(SWITCH, { Upgrade: null }, ['Upgrade:', ' websocket']),
    invalid('malformed header line'),
  ],
  ['a NUL in a value', added('X-Name: a\x00b'), invalid('malformed header line')],
  ['a lone carriage return', added('X-Name: a\rb'), invalid('malformed header line')],
  ['a lone line feed', added('X-Name: a\nX-Other: b'), invalid('malformed header line')],
  ['a header from beyond Latin-1, as UTF-8', added('X-Name: \xe2\x82\xac'), OPEN],
]

const offers: readonly Entry[] = [
  ['a subprotocol of those offered', added('Sec-WebSocket-Protocol: v1'), OPEN, { offers: ['v2', 'v1'] }],
  [
    'a subprotocol in another case',
    added('Sec-WebSocket-Protocol: V1'),
    invalid('subprotocol that was not offered'),
    { offers: ['v1'] },
  ],
  [
    'a subprotocol that was not offered',
    added('Sec-WebSocket-Protocol: v3'),
    invalid('subprotocol that was not offered'),
    { offers: ['v2', 'v1'] },
  ],
  [
    'a subprotocol when none was offered',
    added('Sec-WebSocket-Protocol: v1'),
    invalid('subprotocol that was not offered'),
  ],
  ['an empty subprotocol', added('Sec-WebSocket-Protocol:'), invalid('subprotocol that was not offered')],
  [
    'two subprotocols',
    added('Sec-WebSocket-Protocol: v1, v2'),
    invalid('subprotocol that was not offered'),
    { offers: ['v2', 'v1'] },
  ],
  [
    'none of the subprotocols offered',
    makeHead(SWITCH),
    invalid('no subprotocol chosen'),
    { offers: ['v1'] },
  ],
  [
    'an extension that was not offered',
    added('Sec-WebSocket-Extensions: permessage-deflate'),
    invalid('extension that was not offered'),
  ],
  [
    'an empty list of extensions',
    added('Sec-WebSocket-Extensions:'),
    invalid('extension that was not offered'),
  ],
]

const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n'
const FILLING = 'X-Fill: '
/** A head of exactly that many bytes, the 28 of the accept key counted. */
function headOf(bytes: number): string {
  const bare = added(FILLING)
  return added(FILLING + 'x'.repeat(bytes - bare.length + '{accept}'.length - 28))
}

const amounts: readonly Entry[] = [
  ['byte by byte', makeHead(SWITCH), OPEN, { chop: 1 }],
  ['in pieces of 7 bytes', makeHead(SWITCH), OPEN, { chop: 7 }],
  ['a refusal in pieces of 3 bytes', 'HTTP/1.1 403 Forbidden\r\nX-A: b\r\n\r\n', status('403'), { chop: 3 }],
  ['an interim response first', HINTS + makeHead(SWITCH), OPEN],
  ['two interim responses, byte by byte', HINTS + HINTS + makeHead(SWITCH), OPEN, { chop: 1 }],
  ['an interim response that nobody knows, 111', `HTTP/1.1 111 What\r\n\r\n${makeHead(SWITCH)}`, OPEN],
  [
    'interim responses of more than 16,384 bytes',
    HINTS.repeat(400) + makeHead(SWITCH),
    invalid('interim responses over 16384 bytes'),
    { ws: { opens: true, why: 'Node takes any number of them' } },
  ],
  ['100 Continue, then a refusal', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Slow\r\n\r\n`, status('429')],
  ['a head of 16,384 bytes', headOf(16_384), OPEN],
  [
    'a head of 16,385 bytes',
    headOf(16_385),
    invalid('response head over 16384 bytes'),
    { ws: { opens: true, why: 'Node counts names and values only; ours has one number to state' } },
  ],
  [
    'a head of 16,385 bytes in pieces',
    headOf(16_385),
    invalid('response head over 16384 bytes'),
    { chop: 1000, ws: { opens: true, why: 'as above' } },
  ],
  [
    'a head that does not end',
    `${SWITCH}\r\nX-Fill: ${'x'.repeat(16_400)}`,
    invalid('response head over 16384 bytes'),
  ],
]

const requests: readonly Entry[] = [
  [
    'the request of §4.1',
    makeHead(SWITCH),
    OPEN,
    {
      request: {
        has: ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
        lacks: [/^sec-websocket-protocol:/im, /^sec-websocket-extensions:/im],
      },
    },
  ],
  [
    'the offers, in their order',
    added('Sec-WebSocket-Protocol: v1'),
    OPEN,
    { offers: ['v2', 'v1'], request: { has: ['Sec-WebSocket-Protocol: v2, v1'] } },
  ],
  [
    "the user's own Host and nobody else's",
    makeHead(SWITCH),
    OPEN,
    { headers: [['Host', 'other.test']], request: { has: ['Host: other.test'], lacks: [/^host: 127/im] } },
  ],
  [
    "the user's headers",
    makeHead(SWITCH),
    OPEN,
    { headers: [['X-Client', 'seven']], request: { has: ['X-Client: seven'] } },
  ],
]

const groups: readonly (readonly Entry[])[] = [statusLines, required, lines, offers, amounts, requests]

/** Ids are `H.group.number`. */
export const handshakes: readonly HandshakeRow[] = groups.flatMap((entries, group) =>
  entries.map(([words, head, outcome, others], index) => ({
    id: `H.${group + 1}.${index + 1}`,
    words,
    head,
    outcome,
    offers: [],
    headers: [],
    ...others,
  })),
)
