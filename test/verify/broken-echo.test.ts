import { describe } from 'vitest'
import { type BreakRow, testBreaks } from './break-table.ts'
import * as broken from './breaking.ts'
import { says, saysText } from './breaking.ts'

const EVERY_TEXT = [
  'text beyond ASCII comes back',
  'a text in three fragments comes back whole',
  'a message of 64 KiB comes back',
  'messages come back in the order sent',
]
const CONNECTION: readonly BreakRow[] = [
  ['refuses a connection', broken.refusesFirst, ['a connection is accepted']],
  ['leaves pings unanswered', broken.neverPongs, ['a ping is answered with its own bytes']],
  ['answers pings with other bytes', broken.pongsOtherBytes, ['a ping is answered with its own bytes']],
]

describe('the right line fails when one behaviour is broken', () => {
  testBreaks('echo', [
    ...CONNECTION,
    ['cuts when it should answer a close', broken.cutsOnClose, ['a close is answered']],
    ['never answers a close', broken.ignoresClose, ['a close is answered']],
    [
      'adds to texts',
      saysText((text) => [`${text}!`]),
      ['text comes back unchanged', 'an empty text comes back', ...EVERY_TEXT],
    ],
    [
      'says nothing',
      says(() => []),
      [
        'text comes back unchanged',
        'an empty text comes back',
        EVERY_TEXT[0]!,
        'binary comes back unchanged',
        ...EVERY_TEXT.slice(1),
      ],
    ],
    [
      'passes over empty texts',
      saysText((text) => (text === '' ? [] : [text])),
      ['an empty text comes back'],
    ],
    [
      'reads UTF-8 as Latin-1',
      saysText((text) => [Buffer.from(text).toString('latin1')]),
      ['text beyond ASCII comes back'],
    ],
    [
      'answers binary with text',
      says(({ data, text, isBinary }) => [isBinary ? data.toString('hex') : text]),
      ['binary comes back unchanged'],
    ],
    [
      'loses the last byte of binary',
      says(({ data, text, isBinary }) => [isBinary ? data.subarray(0, -1) : text]),
      ['binary comes back unchanged'],
    ],
    [
      'changes the last byte of binary',
      says(({ data, text, isBinary }) => [
        isBinary ? Buffer.concat([data.subarray(0, -1), Buffer.from([7])]) : text,
      ]),
      ['binary comes back unchanged'],
    ],
    [
      'knows only the first fragment',
      saysText((text) => [text.replace(/^(v\w+?x\d+)v\w+$/, '$1')]),
      ['a text in three fragments comes back whole'],
    ],
    [
      'cuts off long texts',
      saysText((text) => [text.slice(0, 32 * 1024)]),
      ['a message of 64 KiB comes back'],
    ],
    ['mixes up the order', broken.reversesTurns(), ['messages come back in the order sent']],
    ['says everything twice', saysText((text) => [text, text]), ['messages come back in the order sent']],
  ])

  for (const [dialect, prefix] of [
    ['echo-axum', '回显: '],
    ['echo-axum-en', 'Echo: '],
  ] as const) {
    const allTexts = [`text T comes back as "${prefix}T"`, 'an empty text comes back', ...EVERY_TEXT]
    testBreaks(dialect, [
      ...CONNECTION,
      ['never ends after a close', broken.ignoresClose, ['a close ends the connection']],
      ['has no prefix', saysText((text) => [text.slice(prefix.length)]), allTexts],
      ['has no blank in its prefix', saysText((text) => [text.replace(' ', '')]), allTexts],
      ['has another prefix', saysText((text) => [text.replace(prefix, 'echo: ')]), allTexts],
      [
        'has a prefix before binary, too',
        says(({ data, text, isBinary }) => [isBinary ? Buffer.concat([Buffer.from(prefix), data]) : text]),
        ['binary comes back unchanged'],
      ],
    ])
  }

  testBreaks('binary', [
    ...CONNECTION,
    [
      'never answers a close',
      broken.ignoresClose,
      ['an empty frame is closed with 1007', 'a text frame is closed with 1003', 'a close is answered'],
    ],
    [
      'drops the type',
      says(({ data }) => [data.subarray(1)]),
      [
        'type and data come back unchanged',
        'a type without data comes back',
        'the types 0 and 255 come back',
        'a message of 64 KiB comes back',
      ],
    ],
    [
      'drops the data',
      says(({ data }) => [data.subarray(0, 1)]),
      [
        'type and data come back unchanged',
        'the types 0 and 255 come back',
        'a message of 64 KiB comes back',
      ],
    ],
    [
      'passes over a type without data',
      says(({ data }) => (data.length < 2 ? [] : [data])),
      ['a type without data comes back'],
    ],
    [
      'knows no type 255',
      says(({ data }) => (data[0] === 255 ? [] : [data])),
      ['the types 0 and 255 come back'],
    ],
    [
      'cuts off long frames',
      says(({ data }) => [data.subarray(0, 4096)]),
      ['a message of 64 KiB comes back'],
    ],
    [
      'answers an empty frame',
      broken.withSocket((socket) => {
        socket.prependListener('message', (data: Buffer) => data.length === 0 && socket.send(data))
      }),
      ['an empty frame is closed with 1007'],
    ],
    [
      'closes empty frames with another code',
      broken.closesWith(1007, 1002),
      ['an empty frame is closed with 1007'],
    ],
    ['closes texts with another code', broken.closesWith(1003, 1008), ['a text frame is closed with 1003']],
    [
      'answers texts',
      broken.withSocket((socket) => {
        socket.prependListener(
          'message',
          (data: Buffer, isBinary: boolean) => !isBinary && socket.send(data.toString()),
        )
      }),
      ['a text frame is closed with 1003'],
    ],
  ])
})
