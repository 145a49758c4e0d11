import { describe } from 'vitest'
import { type BreakRow, testBreaks } from './break-table.ts'
import * as broken from './breaking.ts'
import { saysText } from './breaking.ts'

const INTERVAL_MS = 400
const CONNECTION: readonly BreakRow[] = [
  ['refuses a connection', broken.refusesFirst, ['a connection is accepted']],
  ['leaves pings unanswered', broken.neverPongs, ['a ping is answered with its own bytes']],
  ['never answers a close', broken.ignoresClose, ['a close is answered']],
]
const NOTIFICATION_SHAPE = 'its text is {"type":"info","message":"定时通知","timestamp":SECONDS}'
const FEED_SHAPE = 'its text is {"timestamp":SECONDS,"value":0..100}'

const PUSHES: readonly BreakRow[] = [
  ...CONNECTION,
  ['waits before the first', broken.skipsFirst(1), ['the first message comes at once']],
  ['speaks too often', saysTooOften(), ['the next follow at the promised interval']],
  ['speaks too rarely', broken.keepsEvery(3), ['the next follow at the promised interval']],
  [
    'gives milliseconds',
    saysText((text) => [text.replace(/("timestamp":\d+)/, '$1000')]),
    ['its timestamp is the time in seconds'],
  ],
  ['answers what it is sent', answersTexts(), ['what a client sends is ignored']],
  [
    'ends a connection that sends something',
    broken.withSocket((socket) => socket.on('message', () => socket.close(1003))),
    ['what a client sends is ignored'],
  ],
]

describe('the right line fails when one behaviour is broken', () => {
  testBreaks(
    'notifications',
    [
      ...PUSHES,
      ['has another key order', saysText(reorder), [NOTIFICATION_SHAPE]],
      ['has blanks', saysText((text) => [text.replaceAll(',', ', ')]), [NOTIFICATION_SHAPE]],
      ['has another message', saysText((text) => [text.replace('定时', '')]), [NOTIFICATION_SHAPE]],
      ['has another type', saysText((text) => [text.replace('info', 'note')]), [NOTIFICATION_SHAPE]],
    ],
    { intervalMs: INTERVAL_MS },
  )

  testBreaks(
    'feed',
    [
      ...PUSHES,
      ['has another key order', saysText(reorder), [FEED_SHAPE]],
      [
        'has the value in quotes',
        saysText((text) => [text.replace(/"value":([\d.e-]+)/, '"value":"$1"')]),
        [FEED_SHAPE],
      ],
      [
        'goes beyond 100',
        saysText((text) => [text.replace(/"value":.*\}/, '"value":100.5}')]),
        ['each value is between 0 and 100'],
      ],
      [
        'goes below 0',
        saysText((text) => [text.replace(/"value":.*\}/, '"value":-0.5}')]),
        ['each value is between 0 and 100'],
      ],
    ],
    { intervalMs: INTERVAL_MS },
  )

  testBreaks(
    'heartbeat',
    [
      ...CONNECTION,
      [
        'does not ping',
        broken.withSocket((socket) => Object.assign(socket, { ping: () => {} })),
        ['a Ping arrives at the promised interval', 'a client that answers stays connected'],
      ],
      [
        'pings too rarely',
        pingsEvery(3),
        [
          'a Ping arrives at the promised interval',
          'a client that answers stays connected',
          'a client that does not answer is dropped',
        ],
      ],
      ['pings too often', pingsOften(), ['a Ping arrives at the promised interval']],
      ['drops who answers', hearsNoPong(), ['a client that answers stays connected']],
      [
        'keeps who does not answer',
        broken.withSocket((socket) => Object.assign(socket, { terminate: () => {} })),
        ['a client that does not answer is dropped'],
      ],
    ],
    { intervalMs: 300 },
  )

  testBreaks(
    'sse',
    [
      [
        'has another content type',
        broken.rewrites({ type: 'text/plain' }),
        ['GET is answered with 200 and text/event-stream'],
      ],
      [
        'answers with another status',
        broken.rewrites({ status: 201 }),
        [
          'GET is answered with 200 and text/event-stream',
          'the first event comes at once',
          'its data is "Current time: <UTC time>"',
          'the next events follow at the promised interval',
          'a stream opened with Last-Event-ID goes on after it',
        ],
      ],
      [
        'waits before the first event',
        broken.rewrites({ chunks: skipFirstChunk }),
        ['the first event comes at once'],
      ],
      [
        'says it otherwise',
        broken.rewrites({ chunks: (chunk) => chunk.replace('Current time', 'Time') }),
        ['its data is "Current time: <UTC time>"'],
      ],
      [
        'gives local time',
        broken.rewrites({ chunks: (chunk) => chunk.replace(' UTC', '') }),
        ['its data is "Current time: <UTC time>"'],
      ],
      [
        'is in another time zone',
        broken.rewrites({
          chunks: (chunk) =>
            chunk.replace(/(?<= )\d\d(?=:)/, (hour) => String((Number(hour) + 8) % 24).padStart(2, '0')),
        }),
        ['its data is "Current time: <UTC time>"'],
      ],
      [
        'speaks too often',
        broken.rewrites({ chunks: (chunk) => chunk.repeat(3) }),
        ['the next events follow at the promised interval'],
      ],
      [
        'speaks too rarely',
        broken.rewrites({ chunks: (chunk, index) => (index % 3 === 0 ? chunk : '') }),
        ['the next events follow at the promised interval'],
      ],
      [
        'begins anew after Last-Event-ID',
        broken.answers((request) => {
          delete request.headers['last-event-id']
          return false
        }),
        ['a stream opened with Last-Event-ID goes on after it'],
      ],
    ],
    { intervalMs: INTERVAL_MS },
  )

  testBreaks(
    'sse',
    [
      [
        'sends no keep-alive',
        broken.rewrites({ chunks: (chunk) => (chunk.startsWith(':') ? '' : chunk) }),
        ['an idle stream gets the comment "keep-alive-text"'],
      ],
      [
        'sends another keep-alive',
        broken.rewrites({ chunks: (chunk) => chunk.replace('keep-alive-text', 'ping') }),
        ['an idle stream gets the comment "keep-alive-text"'],
      ],
    ],
    { intervalMs: 2000, only: 'an idle stream gets the comment "keep-alive-text"' },
  )
})

function reorder(text: string): string[] {
  return [JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))]
}

function saysTooOften(): broken.Break {
  return saysText((text) => [text, text, text])
}

function answersTexts(): broken.Break {
  return broken.withSocket((socket) => {
    socket.on('message', (data: Buffer) => socket.send(`got ${data}`))
  })
}

/** Only every n-th ping goes out. */
function pingsEvery(n: number): broken.Break {
  return broken.withSocket((socket) => {
    const ping = socket.ping.bind(socket)
    let count = 0
    Object.assign(socket, { ping: () => (++count % n === 0 ? ping() : socket.emit('pong', Buffer.alloc(0))) })
  })
}

function pingsOften(): broken.Break {
  return broken.withSocket((socket) => {
    const timer = setInterval(() => socket.ping(), 50)
    socket.on('close', () => clearInterval(timer))
  })
}

function hearsNoPong(): broken.Break {
  return broken.withSocket((socket) => {
    const emit = socket.emit.bind(socket)
    Object.assign(socket, {
      emit: (event: string, ...rest: unknown[]) => (event === 'pong' ? true : emit(event, ...rest)),
    })
  })
}

function skipFirstChunk(chunk: string, index: number): string {
  return index === 0 ? '' : chunk
}
