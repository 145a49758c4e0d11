/** What the Autobahn client suite does not ask, and this client must answer all the same. */
import { binary, close, frame, middle, more, ping, type Row, rest, row, seen, text } from './row.ts'

const LIMIT = 300
const limited = { maxMessageBytes: LIMIT }
const bytes = (length: number) => Buffer.alloc(length, 'x')
/** Header of a frame whose payload never comes. */
const announced = (length: bigint, opcode = 2) => frame({ opcode, announce: length })

const masks: readonly Row[] = [
  row('X.mask.1', 'a masked text (§5.1)', [frame({ payload: 'masked', masked: true })], [], 1002),
  row('X.mask.2', 'a masked empty text', [frame({ masked: true })], [], 1002),
  row('X.mask.3', 'a masked ping', [frame({ opcode: 9, payload: 'masked', masked: true })], [], 1002),
  row('X.mask.4', 'a masked Close', [frame({ opcode: 8, masked: true })], [], 1002),
  row('X.mask.5', 'a masked last fragment', [more('a'), frame({ opcode: 0, masked: true })], [], 1002),
]

const sizes: readonly Row[] = [
  row(
    'X.size.1',
    'a message at the limit',
    [binary(bytes(LIMIT))],
    [seen.binary(bytes(LIMIT))],
    'open',
    limited,
  ),
  row('X.size.2', 'a message one byte over', [binary(bytes(LIMIT + 1))], [], 1009, limited),
  row('X.size.3', 'over the limit by its header alone', [announced(301n)], [], 1009, limited),
  row(
    'X.size.4',
    'fragments that reach the limit',
    [more(bytes(200), 2), middle(bytes(99)), rest(bytes(1))],
    [seen.binary(bytes(LIMIT))],
    'open',
    limited,
  ),
  row('X.size.5', 'fragments one byte over', [more(bytes(200), 2), rest(bytes(101))], [], 1009, limited),
  row(
    'X.size.6',
    'over the limit by a middle fragment, with pings between',
    [more(bytes(200), 2), ping('1'), middle(bytes(101)), ping('2')],
    [seen.ping('1')],
    1009,
    limited,
  ),
  row(
    'X.size.7',
    'the limit is of a message, not of all of them',
    [binary(bytes(LIMIT)), more(bytes(LIMIT), 2), rest(''), binary(bytes(LIMIT))],
    [seen.binary(bytes(LIMIT)), seen.binary(bytes(LIMIT)), seen.binary(bytes(LIMIT))],
    'open',
    limited,
  ),
  row('X.size.8', 'a length of 2^32', [announced(2n ** 32n)], [], 1009),
  row('X.size.9', 'a length of 2^53', [announced(2n ** 53n)], [], 1009),
  row('X.size.10', 'a length of 2^63: its first bit must be 0 (§5.2)', [announced(2n ** 63n)], [], 1009),
  row('X.size.11', 'a length of 2^64 - 1', [announced(2n ** 64n - 1n)], [], 1009),
  row('X.size.12', 'a control frame of 2^63', [announced(2n ** 63n, 9)], [], 1002),
  row(
    'X.size.13',
    'a header for 126 bytes of ping, and no more',
    [frame({ opcode: 9, announce: 126n })],
    [],
    1002,
  ),
  row('X.size.14', 'a message over the limit, header byte by byte', [announced(70_000n)], [], 1009, {
    chop: 1,
    failsAt: 9,
    ...limited,
  }),
]

/** RFC 6455 §5.2 asks senders for the shortest form; neither reader holds a longer one against them. */
const longForms: readonly Row[] = [
  row(
    'X.form.1',
    '5 bytes with a 16-bit length',
    [frame({ payload: 'short', lengthBits: 16 })],
    [seen.text('short')],
  ),
  row(
    'X.form.2',
    '5 bytes with a 64-bit length',
    [frame({ payload: 'short', lengthBits: 64 })],
    [seen.text('short')],
  ),
  row('X.form.3', 'nothing with a 64-bit length', [frame({ lengthBits: 64 })], [seen.text('')]),
  row(
    'X.form.4',
    'fragments of nothing with 16-bit and 64-bit lengths, byte by byte',
    [frame({ fin: false, lengthBits: 16 }), frame({ opcode: 0, lengthBits: 64 })],
    [seen.text('')],
    'open',
    { chop: 1 },
  ),
  row(
    'X.form.5',
    'a ping with a 16-bit length',
    [frame({ opcode: 9, payload: 'p', lengthBits: 16 })],
    [],
    1002,
  ),
]

const orders: readonly Row[] = [
  row('X.order.1', 'a binary message inside a text', [more('a'), binary('b')], [], 1002),
  row('X.order.2', 'a text begun inside a binary message', [more('a', 2), more('b')], [], 1002),
  row('X.order.3', 'a second first fragment, empty', [more(''), more('')], [], 1002),
  row(
    'X.order.4',
    'a continuation after a whole message',
    [text('whole'), rest('of what')],
    [seen.text('whole')],
    1002,
  ),
  row('X.order.5', 'a Close in two fragments', [frame({ opcode: 8, fin: false })], [], 1002),
  row(
    'X.order.6',
    'a reserved opcode inside a fragmented message',
    [more('a'), frame({ opcode: 3 })],
    [],
    1002,
  ),
  row(
    'X.order.7',
    'text fragments that are each no UTF-8, but whole are',
    [more(Buffer.of(0xe2, 0x82)), rest(Buffer.of(0xac))],
    [seen.text('€')],
  ),
  row(
    'X.order.8',
    'bytes that are no UTF-8 in a binary message, whole and in fragments',
    [binary(Buffer.of(0xff)), more(Buffer.of(0xfe), 2), rest(Buffer.of(0xff))],
    [seen.binary(Buffer.of(0xff)), seen.binary(Buffer.of(0xfe, 0xff))],
  ),
  row(
    'X.order.9',
    'a text after a fragmented binary message is checked again',
    [more('a', 2), rest('b'), text(Buffer.of(0xff))],
    [seen.binary('ab')],
    1007,
  ),
  row('X.order.10', 'a fault before a Close counts', [frame({ opcode: 5 }), close(1000)], [], 1002),
  row(
    'X.order.11',
    'nothing that follows a Close counts',
    [close(1001), frame({ opcode: 5 })],
    [seen.close(1001)],
    'closed',
  ),
  row(
    'X.order.12',
    'a text that is no UTF-8, ended by an empty fragment',
    [more(Buffer.of(0xff)), rest('')],
    [],
    1007,
  ),
]

const codes: readonly Row[] = [
  ...[1012, 1013, 1014].map((code) =>
    row(
      `X.code.${code}`,
      `close code ${code}, registered after the RFC`,
      [close(code)],
      [seen.close(code)],
      'closed',
    ),
  ),
  row('X.code.1015', 'close code 1015 never stands in a frame (§7.4.1)', [close(1015)], [], 1002),
  row(
    'X.code.2',
    'an empty Close is answered with an empty one',
    [close(null)],
    [seen.close(1005)],
    'closed',
  ),
]

const unchecked = { checkUtf8: false }
const texts: readonly Row[] = [
  row(
    'X.text.1',
    'a text that is no UTF-8, not checked',
    [text(Buffer.of(0xff))],
    [seen.text(Buffer.of(0xff))],
    'open',
    unchecked,
  ),
  row(
    'X.text.2',
    'the same in fragments',
    [more(Buffer.of(0xff)), rest(Buffer.of(0xfe))],
    [seen.text(Buffer.of(0xff, 0xfe))],
    'open',
    unchecked,
  ),
]

export const own: readonly Row[] = [...masks, ...sizes, ...longForms, ...orders, ...texts, ...codes]
