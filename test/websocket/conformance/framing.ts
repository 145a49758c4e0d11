/** Groups 1 to 4: frame lengths, pings and pongs, reserved bits, reserved opcodes. */
import { binary, frame, ping, pong, type Row, row, seen, text } from './row.ts'

const LENGTHS: readonly [length: number, chop?: number][] = [
  [0],
  [125],
  [126],
  [127],
  [128],
  [65_535],
  [65_536],
  [65_536, 997],
]

function makeLengthRow(index: number, length: number, chop: number | undefined, asText: boolean): Row {
  const payload = Buffer.alloc(length, asText ? '*' : 0xfe)
  const how = chop === undefined ? '' : `, in pieces of ${chop} bytes`
  return row(
    `1.${asText ? 1 : 2}.${index + 1}`,
    `a ${asText ? 'text' : 'binary'} message of ${length} bytes${how}`,
    [asText ? text(payload) : binary(payload)],
    [asText ? seen.text(payload) : seen.binary(payload)],
    'open',
    chop === undefined ? {} : { chop },
  )
}

const lengths = [true, false].flatMap((asText) =>
  LENGTHS.map(([length, chop], index) => makeLengthRow(index, length, chop, asText)),
)

const raw = Buffer.of(0, 255, 254, 253, 252, 251, 0, 255)
const full = Buffer.alloc(125, 0xfe)
const tenPings = Array.from({ length: 10 }, (_, index) => `payload-${index}`)

const pings: readonly Row[] = [
  row('2.1', 'an empty ping', [ping('')], [seen.ping('')]),
  row('2.2', 'a ping with text', [ping('Hello, world!')], [seen.ping('Hello, world!')]),
  row('2.3', 'a ping with bytes that are not UTF-8', [ping(raw)], [seen.ping(raw)]),
  row('2.4', 'a ping of 125 bytes', [ping(full)], [seen.ping(full)]),
  row('2.5', 'a ping of 126 bytes', [ping(Buffer.alloc(126, 0xfe))], [], 1002),
  row('2.6', 'a ping of 125 bytes, byte by byte', [ping(full)], [seen.ping(full)], 'open', { chop: 1 }),
  row('2.7', 'an empty pong that nobody asked for', [pong('')], [seen.pong('')]),
  row('2.8', 'a pong that nobody asked for', [pong('not asked')], [seen.pong('not asked')]),
  row(
    '2.9',
    'a pong that nobody asked for, then a ping',
    [pong('not asked'), ping('asked')],
    [seen.pong('not asked'), seen.ping('asked')],
  ),
  row('2.10', 'ten pings', tenPings.map(ping), tenPings.map(seen.ping)),
  row('2.11', 'ten pings, byte by byte', tenPings.map(ping), tenPings.map(seen.ping), 'open', { chop: 1 }),
]

const HELLO = 'Hello, world!'
const greeted = [seen.text(HELLO)]

const reserved: readonly Row[] = [
  row('3.1', 'RSV3 set', [frame({ payload: HELLO, reserved: 1 })], [], 1002),
  row(
    '3.2',
    'a message, then one with RSV2, then a ping',
    [text(HELLO), frame({ payload: HELLO, reserved: 2 }), ping('')],
    greeted,
    1002,
  ),
  row(
    '3.3',
    'a message, then one with RSV2 and RSV3, then a ping, frame by frame',
    [text(HELLO), frame({ payload: HELLO, reserved: 3 }), ping('')],
    greeted,
    1002,
    { chop: 'frame', failsAt: 1 },
  ),
  row(
    '3.4',
    'a message, then one with RSV1, then a ping, byte by byte',
    [text(HELLO), frame({ payload: HELLO, reserved: 4 }), ping('')],
    greeted,
    1002,
    { chop: 1 },
  ),
  row(
    '3.5',
    'a binary message with RSV1 and RSV3',
    [frame({ opcode: 2, payload: raw, reserved: 5 })],
    [],
    1002,
  ),
  row('3.6', 'a ping with RSV1 and RSV2', [frame({ opcode: 9, payload: HELLO, reserved: 6 })], [], 1002),
  row('3.7', 'a Close with all three', [frame({ opcode: 8, reserved: 7 })], [], 1002),
]

/** The five rows of each kind of reserved opcode. */
function makeOpcodeRows(group: string, first: number): Row[] {
  const strange = (offset: number, payload = '') => frame({ opcode: first + offset, payload })
  return [
    row(`${group}.1`, `opcode ${first}, empty`, [strange(0)], [], 1002),
    row(`${group}.2`, `opcode ${first + 1} with a payload`, [strange(1, 'reserved')], [], 1002),
    row(
      `${group}.3`,
      `a message, opcode ${first + 2}, a ping`,
      [text(HELLO), strange(2), ping('')],
      greeted,
      1002,
    ),
    row(
      `${group}.4`,
      `a message, opcode ${first + 3} with a payload, a ping`,
      [text(HELLO), strange(3, HELLO), ping('')],
      greeted,
      1002,
    ),
    row(
      `${group}.5`,
      `a message, opcode ${first + 4} with a payload, a ping, byte by byte`,
      [text(HELLO), strange(4, HELLO), ping('')],
      greeted,
      1002,
      { chop: 1 },
    ),
  ]
}

export const framing: readonly Row[] = [
  ...lengths,
  ...pings,
  ...reserved,
  ...makeOpcodeRows('4.1', 3),
  ...makeOpcodeRows('4.2', 11),
]
