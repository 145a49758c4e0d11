/** Group 7: the closing handshake, close codes and reasons. Each row brings its own Close frame. */
import { encodeClose } from '../../support/bad-server/wire.ts'
import { close, frame, more, ping, type Row, rest, row, seen, text } from './row.ts'

const HELLO = 'Hello World!'
const closed = [seen.close(1000)]
const big = Buffer.alloc(256 * 1024, 'BAsd7&jh23')

const order: readonly Row[] = [
  row('7.1.1', 'a message, then a Close', [text(HELLO)], [seen.text(HELLO)]),
  row('7.1.2', 'two Closes: the second is not answered', [close(1000), close(null)], closed, 'closed'),
  row('7.1.3', 'a ping behind a Close: no pong', [close(1000), ping('')], closed, 'closed'),
  row('7.1.4', 'a text behind a Close: not read', [close(1000), text(HELLO)], closed, 'closed'),
  row(
    '7.1.5',
    'a Close between two fragments',
    [more('fragment1'), close(1000), rest('fragment2')],
    closed,
    'closed',
  ),
  row(
    '7.1.6',
    'a message of 256 KiB, a small one, a Close, a ping: both are read and echoed first',
    [text(big), text(HELLO), close(1000), ping('')],
    [seen.text(big), seen.text(HELLO), seen.close(1000)],
    'closed',
  ),
]

/** ws sends the reason back; RFC 6455 §5.5.1 asks for the code only, and a load tool has no use for words that cost bytes. */
function withReason(id: string, words: string, reason: string): Row {
  const why = 'ours answers a Close with the code alone, ws with code and reason'
  return row(id, words, [close(1000, reason)], [seen.close(1000, reason)], 'closed', {
    ws: { why, answers: [seen.close(1000, reason)] },
  })
}

const notUtf8 = Buffer.concat([
  encodeClose(1000, '\u03ba\u1f79\u03c3\u03bc\u03b5'),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.from('edited'),
])

const forms: readonly Row[] = [
  row('7.3.1', 'an empty Close', [close(null)], [seen.close(1005)], 'closed'),
  row('7.3.2', 'a Close of one byte', [frame({ opcode: 8, payload: 'a' })], [], 1002),
  row('7.3.3', 'a Close with a code', [close(1000)], closed, 'closed'),
  withReason('7.3.4', 'a Close with a reason', HELLO),
  withReason('7.3.5', 'a Close with the longest reason, 123 bytes', '*'.repeat(123)),
  row('7.3.6', 'a Close with a reason of 124 bytes', [close(1000, '*'.repeat(124))], [], 1002),
  row('7.5.1', 'a reason that is not UTF-8', [frame({ opcode: 8, payload: notUtf8 })], [], 1007),
]

const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
const INVALID = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]

const codes: readonly Row[] = [
  ...VALID.map((code, index) =>
    row(
      `7.7.${index + 1}`,
      `close code ${code} is answered with itself`,
      [close(code)],
      [seen.close(code)],
      'closed',
    ),
  ),
  ...INVALID.map((code, index) =>
    row(`7.9.${index + 1}`, `close code ${code} may not be sent`, [close(code)], [], 1002),
  ),
  row('7.13.1', 'close code 5000: undefined by the RFC, taken as invalid', [close(5000)], [], 1002),
  row('7.13.2', 'close code 65535: undefined by the RFC, taken as invalid', [close(65_535)], [], 1002),
]

export const closing: readonly Row[] = [...order, ...forms, ...codes]
