import { describe } from 'vitest'
import { type BreakRow, testBreaks } from './break-table.ts'
import * as broken from './breaking.ts'
import { answers, hears } from './breaking.ts'
import {
  admits,
  contentOf,
  copiesToSender,
  dataOf,
  frames,
  isFresh,
  isJson,
  keepsListed,
  posts,
  responds,
  restates,
  rewritesJson,
  sendsToAll,
  tellsJoiner,
  unrouted,
  without,
} from './breaking-momentum.ts'

/** Checks that a text sent by a client to everyone decides. */
const TEXT = [
  'text comes back to its sender',
  'text reaches the other users',
  'after bad JSON the connection stays',
]
const NOBODY_ELSE = [
  'text with to_user_id reaches nobody else',
  'notification with to_user_id reaches nobody else',
]
const LIST = [
  'GET /ws/online lists who is online',
  'after a close the user is in the list no longer',
  'after a cut the user is in the list no longer',
]
const SILENT = 'a connection that neither speaks nor answers pings is closed and leaves the list'

const ACCESS: readonly BreakRow[] = [
  ['refuses a connection', broken.refusesFirst, ['a valid token is accepted']],
  ['takes no token', admits(({ token }) => token === null), ['no token is refused with 401']],
  ['takes an empty token', admits(({ token }) => token === ''), ['an empty token is refused with 401']],
  [
    'takes what is no token',
    admits(({ token, algorithm }) => token !== null && token !== '' && algorithm === ''),
    ['a token that is none is refused with 401'],
  ],
  [
    'checks no signature',
    admits(({ algorithm, claims, isSigned }) => algorithm === 'HS256' && isFresh(claims) && !isSigned),
    ['a token with another signature is refused with 401'],
  ],
  [
    'takes alg none',
    admits(({ algorithm }) => algorithm === 'none'),
    ['an unsigned token (alg none) is refused with 401'],
  ],
  [
    'takes HS512',
    admits(({ algorithm }) => algorithm === 'HS512'),
    ['a token signed by HS512 is refused with 401'],
  ],
  [
    'takes expired tokens',
    admits(({ algorithm, claims }) => algorithm === 'HS256' && claims.sub !== undefined && !isFresh(claims)),
    ['an expired token is refused with 401'],
  ],
  [
    'takes tokens without sub',
    admits(
      ({ algorithm, claims }) =>
        algorithm === 'HS256' && claims.sub === undefined && claims.exp !== undefined,
    ),
    ['a token without a user id (sub) is refused with 401'],
  ],
  [
    'refuses with 403',
    (service) => ({
      ...service,
      authorize: async (request, url) => {
        const refusal = (await service.authorize?.(request, url)) ?? null
        return refusal === null ? null : { ...refusal, status: 403 }
      },
    }),
    [
      'no token',
      'an empty token',
      'a token that is none',
      'a token with another signature',
      'an unsigned token (alg none)',
      'an expired token',
      'a token signed by HS512',
      'a token without a user id (sub)',
    ].map((what) => `${what} is refused with 401`),
  ],
]

const MESSAGES: readonly BreakRow[] = [
  [
    'does not answer ping',
    frames((frame) => (frame.message_type === 'pong' ? null : frame)),
    ['ping is answered with pong of the same id'],
  ],
  [
    'answers ping with another id',
    frames((frame) => (frame.message_type === 'pong' ? { ...frame, id: 'other' } : frame)),
    ['ping is answered with pong of the same id'],
  ],
  [
    'gives the time in seconds',
    frames((frame) => ({ ...frame, timestamp: 1_700_000_000 })),
    ['its frames have id, message_type, data, ISO 8601 timestamp and from_user_id'],
  ],
  ...['id', 'timestamp'].map(
    (key): BreakRow => [
      `leaves out ${key}`,
      frames((frame) => (frame.message_type === 'pong' ? frame : without(frame, key))),
      ['its frames have id, message_type, data, ISO 8601 timestamp and from_user_id'],
    ],
  ),
  [
    'leaves out from_user_id',
    frames((frame) => without(frame, 'from_user_id')),
    [
      'its frames have id, message_type, data, ISO 8601 timestamp and from_user_id',
      'text says in from_user_id who sent it',
    ],
  ],
  [
    'names another sender',
    frames((frame) => ({ ...frame, from_user_id: 'somebody' })),
    ['text says in from_user_id who sent it'],
  ],
  [
    'leaves out the sender of a text',
    frames((frame, { socket, from }) => (socket === from && /[<é]/.test(contentOf(frame)) ? null : frame)),
    ['text comes back to its sender', 'after bad JSON the connection stays'],
  ],
  [
    'sends texts to their sender alone',
    frames((frame, { socket, from }) => (socket !== from && /[<é]/.test(contentOf(frame)) ? null : frame)),
    ['text reaches the other users'],
  ],
  [
    'escapes markup',
    frames((frame) => ({
      ...frame,
      data: { ...dataOf(frame), content: contentOf(frame).replace('<', '&lt;') },
    })),
    TEXT,
  ],
  ['does not route texts', unrouted('text'), ['text with to_user_id reaches nobody else']],
  [
    'does not route notifications',
    unrouted('notification'),
    ['notification with to_user_id reaches nobody else'],
  ],
  ['sends the sender a copy of what is routed', copiesToSender(), NOBODY_ELSE],
  [
    'loses what is routed',
    frames((frame, { from }) => (frame.to_user_id !== undefined && from !== null ? null : frame)),
    ['text with to_user_id reaches that user', 'notification with to_user_id reaches that user'],
  ],
  ...['priority', 'source'].map(
    (key): BreakRow => [
      `loses the ${key} of notifications`,
      frames((frame) =>
        frame.message_type === 'notification' ? { ...frame, data: without(dataOf(frame), key) } : frame,
      ),
      ['notification reaches everyone with content, priority and source'],
    ],
  ),
  [
    'turns notifications into texts',
    frames((frame) => (frame.message_type === 'notification' ? { ...frame, message_type: 'text' } : frame)),
    [
      'notification reaches everyone with content, priority and source',
      'notification with to_user_id reaches that user',
    ],
  ],
  [
    'drops types that it does not know',
    hears(({ text }) => (text.includes('verify_unknown') ? [] : [text])),
    ['a type that nobody knows is passed on like text'],
  ],
  [
    'keeps silent about bad JSON',
    frames((frame) => (frame.message_type === 'error' ? null : frame)),
    ['bad JSON gets its sender an error message'],
  ],
  [
    'ends a connection that sends bad JSON',
    broken.withSocket((socket) => {
      socket.on('message', (data: Buffer) => {
        if (!data.toString().endsWith('}')) setImmediate(() => socket.close(1007))
      })
    }),
    ['after bad JSON the connection stays'],
  ],
  [
    'does not tell who joins',
    frames((frame) => (frame.message_type === 'user_joined' ? null : frame)),
    ['the others are told user_joined'],
  ],
  [
    'does not tell who leaves',
    frames((frame) => (frame.message_type === 'user_left' ? null : frame)),
    ['the others are told user_left'],
  ],
  [
    'tells news without a username',
    frames((frame) => (/^user_/.test(String(frame.message_type)) ? { ...frame, data: {} } : frame)),
    ['the others are told user_joined', 'the others are told user_left'],
  ],
  ['tells who joins of itself', tellsJoiner(), ['who joins is not told of itself']],
]

const HTTP: readonly BreakRow[] = [
  ['lists nobody', responds('/ws/online', 200, '{"count":0,"users":[]}'), LIST.slice(0, 1)],
  ['lists who has gone', keepsListed(), [...LIST.slice(1), SILENT]],
  ['has no list', responds('/ws/online', 404, '{}'), [...LIST, SILENT]],
  [
    'counts no connections',
    rewritesJson('/ws/stats', (counts) => ({ ...counts, active_connections: 1, total_connections: 1 })),
    ['GET /ws/stats counts connections'],
  ],
  [
    'counts no messages',
    rewritesJson('/ws/stats', (counts) => ({
      ...counts,
      total_messages: 0,
      messages_by_type: {},
      messages_delivered: 0,
    })),
    ['GET /ws/stats counts messages'],
  ],
  [
    'has no stats',
    responds('/ws/stats', 500, '{}'),
    ['GET /ws/stats counts connections', 'GET /ws/stats counts messages'],
  ],
  [
    'does nothing on broadcast',
    frames((frame) => (frame.message_type === 'system_message' ? null : frame)),
    ['POST /ws/broadcast reaches everyone'],
  ],
  [
    'does nothing on send',
    frames((frame, { from }) => (from === null && frame.to_user_id !== undefined ? null : frame)),
    ['POST /ws/send reaches that user'],
  ],
  ['sends to everyone', sendsToAll(), ['POST /ws/send reaches nobody else']],
  [
    'sends to nobody with 200',
    restates('/ws/send', 404, 200),
    ['POST /ws/send to a user who is offline is answered with 404'],
  ],
  [
    'takes a body that is not JSON',
    posts('/ws/send', 200, (body) => !isJson(body)),
    ['a POST body that is not JSON is answered with 400'],
  ],
  [
    'takes a body without message_type',
    posts('/ws/broadcast', 200, (body) => isJson(body) && !body.includes('message_type')),
    ['a POST without message_type or to_user_id is answered with 400'],
  ],
  [
    'takes a body without to_user_id',
    posts('/ws/send', 200, (body) => isJson(body) && !body.includes('to_user_id')),
    ['a POST without message_type or to_user_id is answered with 400'],
  ],
  [
    'takes bodies of any size',
    posts('/ws/broadcast', 200, (body) => body.length > 1024 * 1024),
    ['a POST body of 4 MiB is answered with 413'],
  ],
  ...['/ws/online', '/ws/stats', '/ws/broadcast', '/ws/send'].map(
    (path): BreakRow => [
      `does not mind the method of ${path}`,
      answers((request, response, url) => {
        const isOther = request.method === (path === '/ws/online' || path === '/ws/stats' ? 'DELETE' : 'GET')
        if (url.pathname !== path || !isOther) return false
        response.writeHead(200).end('{}')
        return true
      }),
      ['another method is answered with 405'],
    ],
  ),
  [
    'keeps who is silent',
    broken.withSocket((socket) => {
      const close = socket.close.bind(socket)
      Object.assign(socket, { close: (code?: number) => (code === 1008 ? undefined : close(code)) })
    }),
    [SILENT],
  ],
  ['has no demo page', responds('/demo', 404, 'none'), ['GET /demo is answered with a page']],
]

describe('the right line fails when one behaviour is broken', () => {
  testBreaks('momentum', [...ACCESS, ...MESSAGES, ...HTTP], { intervalMs: 300 })
})
