/** Group 5: fragments, and control frames between them. */
import { frame, middle, more, ping, type Row, rest, row, seen, text } from './row.ts'

const CHOPS = [
  ['', {}],
  [', frame by frame', { chop: 'frame' }],
  [', byte by byte', { chop: 1 }],
] as const satisfies readonly (readonly [string, Partial<Row>])[]

/** The same frames in one piece, frame by frame and byte by byte. */
function threeWays(
  first: number,
  words: string,
  frames: readonly Buffer[],
  read: readonly string[],
  end: Row['end'],
): Row[] {
  return CHOPS.map(([how, chop], index) => row(`5.${first + index}`, words + how, frames, read, end, chop))
}

const half = 'fragment1'
const other = 'fragment2'
const whole = seen.text(half + other)

/** Five fragments, a ping after the second and after the fourth. */
const pinged = [
  more('fragment1'),
  middle('fragment2'),
  ping('pongme 1!'),
  middle('fragment3'),
  middle('fragment4'),
  ping('pongme 2!'),
  rest('fragment5'),
]
const pingedRead = [
  seen.ping('pongme 1!'),
  seen.ping('pongme 2!'),
  seen.text('fragment1fragment2fragment3fragment4fragment5'),
]

function twice(final: boolean): Buffer[] {
  const once = [frame({ opcode: 0, fin: final, payload: half }), more(other), rest('fragment3')]
  return [...once, ...once]
}

export const fragments: readonly Row[] = [
  row('5.1', 'a ping in two fragments', [more(half, 9), rest(other)], [], 1002),
  row('5.2', 'a pong in two fragments', [more(half, 10), rest(other)], [], 1002),
  ...threeWays(3, 'a text in two fragments', [more(half), rest(other)], [whole], 'open'),
  ...threeWays(
    6,
    'a text in two fragments with a ping between',
    [more(half), ping('ping payload'), rest(other)],
    [seen.ping('ping payload'), whole],
    'open',
  ),
  ...threeWays(9, 'a last fragment of nothing, then a text', [rest('of nothing'), text('Hi')], [], 1002),
  ...threeWays(12, 'a fragment of nothing, then a text', [middle('of nothing'), text('Hi')], [], 1002),
  row(
    '5.15',
    'a text in two fragments, a fragment of nothing, a text',
    [more(half), rest(other), middle('fragment3'), text('fragment4')],
    [whole],
    1002,
  ),
  row('5.16', 'twice: a fragment of nothing, then a text in two', twice(false), [], 1002),
  row('5.17', 'twice: a last fragment of nothing, then a text in two', twice(true), [], 1002),
  row('5.18', 'a second fragment that says text', [more(half), text(other)], [], 1002),
  row('5.19', 'five fragments, pings after the second and the fourth', pinged, pingedRead),
  row('5.20', 'the same, frame by frame', pinged, pingedRead, 'open', { chop: 'frame' }),
]
