import { describe } from 'vitest'
import { type BreakRow, testBreaks } from './break-table.ts'
import * as broken from './breaking.ts'
import { hears, saysText } from './breaking.ts'

const PINGS: readonly BreakRow[] = [
  ['leaves pings unanswered', broken.neverPongs, ['a ping is answered with its own bytes']],
]
const CONNECTION: readonly BreakRow[] = [
  ['refuses a connection', broken.refusesFirst, ['a connection is accepted']],
  ...PINGS,
]
const CLOSE: BreakRow = ['cuts when it should answer a close', broken.cutsOnClose, ['a close is answered']]
const notToSender = saysText((text, { socket, from }) => (socket === from ? [] : [text]))
const toSenderAlone = saysText((text, { socket, from }) => (socket === from ? [text] : []))
const twice = saysText((text) => [text, text])
const latin1 = saysText((text) => [Buffer.from(text).toString('latin1')])

describe('the right line fails when one behaviour is broken', () => {
  testBreaks('broadcast', [
    ...CONNECTION,
    CLOSE,
    ['leaves out the sender', notToSender, ['text reaches its sender unchanged']],
    [
      'answers the sender alone',
      toSenderAlone,
      [
        'text reaches every other client unchanged',
        'text beyond ASCII is unchanged',
        'messages of one sender arrive once and in order',
        'binary is ignored, and the connection stays',
        'others go on when a client leaves',
      ],
    ],
    ['says everything twice', twice, ['messages of one sender arrive once and in order']],
    ['mixes up the order', broken.reversesTurns(), ['messages of one sender arrive once and in order']],
    ['reads UTF-8 as Latin-1', latin1, ['text beyond ASCII is unchanged']],
    [
      'passes binary on',
      hears(({ data }) => [data.toString()]),
      ['binary is ignored, and the connection stays'],
    ],
    [
      'ends a connection that sends binary',
      broken.withSocket((socket) => {
        socket.prependListener('message', (_: Buffer, isBinary: boolean) => isBinary && socket.terminate())
      }),
      ['binary is ignored, and the connection stays'],
    ],
    [
      'says nothing after somebody left',
      broken.fallsSilentAfterLeave(),
      ['others go on when a client leaves'],
    ],
  ])

  testBreaks('chat-numbered', [
    ...PINGS,
    CLOSE,
    ['begins at 2', renumber((number) => number + 1), ['the first user is number 1']],
    ['leaves numbers out', renumber((number) => 2 * number - 1), ['each user gets the next number']],
    ['gives everybody the same number', renumber(() => 1), ['each user gets the next number']],
    [
      'shows others another number',
      saysText((text, { socket, from }) => [socket === from ? text : raise(text, 1)]),
      [
        "text reaches the others under its sender's number",
        'a user keeps its number, and messages their order',
        'others go on when a user leaves',
      ],
    ],
    ['mixes up the order', broken.reversesTurns(), ['a user keeps its number, and messages their order']],
    ['says everything twice', twice, ['a user keeps its number, and messages their order']],
    [
      'writes "User N: "',
      saysText((text) => [text.replace('用户', 'User')]),
      [
        'the first user is number 1',
        'text comes back to its sender as "用户 N: T"',
        'each user gets the next number',
        "text reaches the others under its sender's number",
        'a user keeps its number, and messages their order',
        'others go on when a user leaves',
      ],
    ],
    [
      'answers the sender alone',
      toSenderAlone,
      [
        "text reaches the others under its sender's number",
        'a user keeps its number, and messages their order',
        'others go on when a user leaves',
      ],
    ],
    ['says nothing after somebody left', broken.fallsSilentAfterLeave(), ['others go on when a user leaves']],
  ])

  testBreaks('chat-named', [
    ...CONNECTION,
    [
      'tells who joins nothing',
      saysText((text, { socket, from }) =>
        socket === from && text.endsWith(' joined the chat') ? [] : [text],
      ),
      ['who joins is told "NAME joined the chat"', 'who has not given a name gets nothing'],
    ],
    [
      'tells the others nothing of who joins',
      saysText((text, { socket, from }) =>
        socket !== from && text.endsWith(' joined the chat') ? [] : [text],
      ),
      ['the others are told "NAME joined the chat"'],
    ],
    [
      'writes "has joined"',
      saysText((text) => [text.replace('joined', 'has joined')]),
      ['who joins is told "NAME joined the chat"', 'the others are told "NAME joined the chat"'],
    ],
    [
      'leaves out the sender',
      saysText((text, { socket, from }) => (socket === from && text.includes(': ') ? [] : [text])),
      ['text comes back to its sender as "NAME: T"', 'who has not given a name gets nothing'],
    ],
    [
      'has no blank after the colon',
      saysText((text) => [text.replace(': ', ':')]),
      [
        'text comes back to its sender as "NAME: T"',
        'text reaches the others as "NAME: T", in order',
        'who has not given a name gets nothing',
      ],
    ],
    [
      'sends texts to the sender alone',
      saysText((text, { socket, from }) => (socket !== from && text.includes(': ') ? [] : [text])),
      ['text reaches the others as "NAME: T", in order'],
    ],
    ['mixes up the order', broken.reversesTurns(), ['text reaches the others as "NAME: T", in order']],
    ['sends to who has no name yet, too', broken.overhears(), ['who has not given a name gets nothing']],
    [
      'keeps silent about who leaves',
      saysText((text) => (text.endsWith(' left the chat') ? [] : [text])),
      [
        'the others are told "NAME left the chat" after a close',
        'the others are told "NAME left the chat" after a cut',
      ],
    ],
    [
      'keeps silent about who is cut off',
      broken.withSocket((socket) => {
        const emit = socket.emit.bind(socket)
        Object.assign(socket, {
          emit: (event: string, ...rest: unknown[]) =>
            event === 'close' && rest[0] === 1006 ? true : emit(event, ...rest),
        })
      }),
      ['the others are told "NAME left the chat" after a cut'],
    ],
    [
      'writes "has left"',
      saysText((text) => [text.replace('left', 'has left')]),
      [
        'the others are told "NAME left the chat" after a close',
        'the others are told "NAME left the chat" after a cut',
      ],
    ],
    [
      'takes binary for a name',
      hears(({ text }) => [text]),
      ['a first frame that is not text ends the connection'],
    ],
  ])

  testBreaks('chat-json', [
    ...CONNECTION,
    CLOSE,
    [
      'leaves out the sender',
      notToSender,
      [
        'a message comes back to its sender',
        'its keys come as username, content, timestamp, without blanks',
        'quotes, line breaks and text beyond ASCII survive',
        ...droppedChecks(),
      ],
    ],
    ['answers the sender alone', toSenderAlone, ['a message reaches the others', ...droppedChecks()]],
    [
      'passes texts on as they came',
      broken.echoesTexts(),
      ['its keys come as username, content, timestamp, without blanks', ...droppedChecks()],
    ],
    ['reads UTF-8 as Latin-1', latin1, ['quotes, line breaks and text beyond ASCII survive']],
    [
      'complains about text that is not JSON',
      complainsAbout((text) => !isJson(text)),
      ['text that is not JSON is dropped silently'],
    ],
    ...(['username', 'content', 'timestamp'] as const).map(
      (key): BreakRow => [
        `passes messages on without ${key}`,
        complainsAbout((text) => isJson(text) && !text.includes(`"${key}"`)),
        [`a message without ${key === 'content' ? key : `a ${key}`} is dropped silently`],
      ],
    ),
    [
      'takes a timestamp in quotes',
      complainsAbout((text) => /"timestamp":"/.test(text)),
      ['a timestamp that is no integer is dropped silently'],
    ],
    [
      'ends a connection that sends no JSON',
      broken.withSocket((socket) => {
        socket.prependListener('message', (data: Buffer) => !isJson(data.toString()) && socket.terminate())
      }),
      ['text that is not JSON is dropped silently'],
    ],
  ])
})

function renumber(change: (number: number) => number): broken.Break {
  return saysText((text) => [text.replace(/\d+(?=: )/, (digits) => String(change(Number(digits))))])
}

function raise(text: string, by: number): string {
  return text.replace(/\d+(?=: )/, (digits) => String(Number(digits) + by))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Sends a frame back to its sender that should be dropped. */
function complainsAbout(isMeant: (text: string) => boolean): broken.Break {
  return broken.withSocket((socket) => {
    socket.prependListener('message', (data: Buffer) => {
      if (isMeant(data.toString())) socket.send(`cannot read ${data}`)
    })
  })
}

function droppedChecks(): string[] {
  return [
    'text that is not JSON is dropped silently',
    'a message without a username is dropped silently',
    'a message without content is dropped silently',
    'a message without a timestamp is dropped silently',
    'a timestamp that is no integer is dropped silently',
  ]
}
