/** Group 6: text that is UTF-8, and text that is not. Both readers check a message at its end, which the suite calls non-strict. */
import { middle, more, type Row, rest, row, seen, text } from './row.ts'

const hex = (digits: string) => Buffer.from(digits, 'hex')
const greeting = 'Hello-µ@ßöäüàá-UTF-8!!'
const kosme = Buffer.from('\u03ba\u1f79\u03c3\u03bc\u03b5')
const edited = Buffer.from('edited')

/** A message whose every fragment is one byte. */
function byteFragments(payload: Buffer): Buffer[] {
  return [...payload].map((byte, index) => {
    const part = Buffer.of(byte)
    return index === payload.length - 1 ? rest(part) : index === 0 ? more(part) : middle(part)
  })
}

const surrogate = Buffer.concat([kosme, hex('eda080'), edited])
const tooLarge = Buffer.concat([kosme, hex('f4908080'), edited])
const late = { failsAt: 2 }

/** One frame, written in three pieces; the header goes with the first. */
function inPieces(id: string, words: string, cuts: readonly [number, number]): Row {
  const bytes = text(tooLarge)
  const [a, b] = [cuts[0] + 2, cuts[1] + 2]
  const pieces = [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)]
  return row(id, words, pieces, [], 1007, { chop: 'frame', ...late })
}

const handmade: readonly Row[] = [
  row('6.1.1', 'an empty text', [text('')], [seen.text('')]),
  row('6.1.2', 'three empty fragments', [more(''), middle(''), rest('')], [seen.text('')]),
  row(
    '6.1.3',
    'three fragments, only the middle one not empty',
    [more(''), middle('middle frame payload'), rest('')],
    [seen.text('middle frame payload')],
  ),
  row('6.2.1', 'valid, in one frame', [text(greeting)], [seen.text(greeting)]),
  row(
    '6.2.2',
    'valid, cut between code points',
    [more(greeting.slice(0, 11)), rest(greeting.slice(11))],
    [seen.text(greeting)],
  ),
  row('6.2.3', 'valid, a fragment a byte', byteFragments(Buffer.from(greeting)), [seen.text(greeting)]),
  row('6.2.4', 'valid Greek, a fragment a byte', byteFragments(kosme), [seen.text(kosme)]),
  row('6.3.1', 'a surrogate inside', [text(surrogate)], [], 1007),
  row('6.3.2', 'a surrogate inside, a fragment a byte', byteFragments(surrogate), [], 1007),
  row(
    '6.4.1',
    'a code point over U+10FFFF in the second of three fragments; failed at the end',
    [more(kosme), middle(hex('f4908080')), rest(edited)],
    [],
    1007,
    { chop: 'frame', ...late },
  ),
  row(
    '6.4.2',
    'the same, the second fragment ending at the byte that spoils it; failed at the end',
    [more(tooLarge.subarray(0, 12)), middle(tooLarge.subarray(12, 13)), rest(tooLarge.subarray(13))],
    [],
    1007,
    { chop: 'frame', ...late },
  ),
  inPieces('6.4.3', 'as 6.4.1, in three pieces of one frame; failed at the end', [11, 15]),
  inPieces('6.4.4', 'as 6.4.2, in three pieces of one frame; failed at the end', [12, 13]),
]

const range = (from: number, to: number, between = '') =>
  Array.from({ length: to - from }, (_, index) => (from + index).toString(16) + between).join('')

/** U+nFFFE and U+nFFFF of every plane: no characters, but valid (RFC 3629). */
const noncharacters = Array.from({ length: 17 }, (_, plane) =>
  [0xfffe, 0xffff].map((low) => plane * 0x10000 + low),
)
  .flat()
  .map((point) => Buffer.from(String.fromCodePoint(point)).toString('hex'))

const lastMissing = [
  ...['c0', 'e080', 'f08080', 'f8808080', 'fc80808080'],
  ...['df', 'efbf', 'f7bfbf', 'fbbfbfbf', 'fdbfbfbfbf'],
]

/** Sequences by group, in hex; `valid` ones are listed, all others are not UTF-8. After Markus Kuhn's decoder stress test, as the suite's are. */
const groups: readonly [
  number: number,
  words: string,
  sequences: readonly string[],
  valid: readonly number[] | 'all',
][] = [
  [
    5,
    'some valid text',
    ['hello$world', 'hello¢world', 'hello€world', 'hello\u{24b62}world', kosme].map((bytes) =>
      Buffer.from(bytes).toString('hex'),
    ),
    'all',
  ],
  [
    6,
    'a prefix of valid text',
    Array.from(kosme, (_, index) => kosme.toString('hex', 0, index + 1)),
    [2, 5, 7, 9, 11],
  ],
  [7, 'the first sequence of a length', ['00', 'c280', 'e0a080', 'f0908080'], 'all'],
  [8, 'the first sequence of five or six bytes', ['f888808080', 'fc8480808080'], []],
  [9, 'the last sequence of a length', ['7f', 'dfbf', 'efbfbf', 'f48fbfbf'], 'all'],
  [10, 'the last sequence of a length, over U+10FFFF', ['f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'], []],
  [11, 'a boundary', ['ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf', 'f4908080'], [1, 2, 3, 4]],
  [
    12,
    'continuation bytes without a start',
    ['80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf', range(0x80, 0xbf)],
    [],
  ],
  [
    13,
    'start bytes alone',
    [
      [0xc0, 0xdf],
      [0xe0, 0xef],
      [0xf0, 0xf7],
      [0xf8, 0xfb],
      [0xfc, 0xfd],
    ].map(([from, to]) => range(from!, to!, '20')),
    [],
  ],
  [14, 'the last continuation byte missing', lastMissing, []],
  [15, 'incomplete sequences, one after the other', [lastMissing.join('')], []],
  [16, 'impossible bytes', ['fe', 'ff', 'fefeffff'], []],
  [17, 'a slash written too long', ['c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'], []],
  [
    18,
    'the last code point written too long',
    ['c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'],
    [],
  ],
  [19, 'NUL written too long', ['c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'], []],
  [20, 'a lone surrogate', ['eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'], []],
  [
    21,
    'a pair of surrogates',
    ['eda080', 'edadbf', 'edae80', 'edafbf'].flatMap((high) => [`${high}edb080`, `${high}edbfbf`]),
    [],
  ],
  [22, 'a code point that is no character', noncharacters, 'all'],
  [23, 'a special code point', ['efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd', 'efbfbe', 'efbfbf'], 'all'],
]

const sequences = groups.flatMap(([number, words, list, valid]) =>
  list.map((digits, index) => {
    const payload = hex(digits)
    const isValid = valid === 'all' || valid.includes(index + 1)
    const what = `${words}: ${digits.slice(0, 40)}`
    return row(
      `6.${number}.${index + 1}`,
      what,
      [text(payload)],
      isValid ? [seen.text(payload)] : [],
      isValid ? 'open' : 1007,
    )
  }),
)

export const utf8: readonly Row[] = [...handmade, ...sequences]
