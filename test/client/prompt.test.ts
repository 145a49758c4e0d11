import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { Prompt } from '../../src/client/prompt.ts'
import { Screen } from './screen.ts'

const LEFT = '\x1b[D'
const UP = '\x1b[A'
const DOWN = '\x1b[B'
const COLUMNS = 40

function open() {
  const screen = new Screen(COLUMNS)
  const input = new PassThrough()
  const told: string[] = []
  const prompt = new Prompt(input, screen, {
    onLine(line) {
      told.push(line)
      prompt.show()
    },
    onInterrupt: () => told.push('interrupt'),
    onEnd: () => told.push('end'),
  })
  prompt.show()
  /** In one piece, as pasted; resolves when it has been read. */
  const type = async (text: string) => {
    input.write(text)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { screen, prompt, told, input, type }
}

/** How a terminal shows a text without blanks at its ends. */
function breakLines(text: string): string[] {
  return text.match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? []
}

it('shows the prompt byte for byte', () => {
  const { screen } = open()
  expect(screen.lines()).toEqual(['websocket>'])
  expect(screen.cursor()).toEqual([0, 11])
})

describe('a message that comes while something is typed', () => {
  const long = 'a_line_that_is_longer_than_the_terminal_is_wide_and_goes_on_over_three_rows'

  test.each([
    ['nothing', '', ''],
    ['a word', 'hello', 'hello'],
    ['a row and a half, pasted', long.slice(0, 50), long.slice(0, 50)],
    ['three rows', long, long],
    ['exactly one row', 'x'.repeat(29), 'x'.repeat(29)],
    ['one more than a row', 'x'.repeat(30), 'x'.repeat(30)],
    ['with the cursor moved to the left', `hello${LEFT.repeat(3)}`, 'hello'],
    ['with the cursor in another row', `${long}${LEFT.repeat(45)}`, long],
  ])('stands above it: %s', async (_name, keys, typed) => {
    const { screen, prompt, type } = open()
    await type(keys)
    const [row, column] = screen.cursor()
    prompt.print('first message')
    prompt.print('second message')
    expect(screen.lines()).toEqual([
      'first message',
      'second message',
      ...breakLines(`websocket> ${typed}`).map((line) => line.trimEnd()),
    ])
    expect(screen.cursor()).toEqual([row + 2, column])
  })

  it('leaves what is typed as it is, in whatever order keys and messages come', async () => {
    const event = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '你', '好'), minLength: 1, maxLength: 30 }),
      fc.constantFrom(LEFT, LEFT.repeat(20), '\x1b[C', '\x01', '\x05', '\x7f'),
      fc.constant(null),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const quiet = open()
        const busy = open()
        let messages = 0
        for (const keys of events) {
          if (keys === null) {
            busy.prompt.print(`message ${++messages}`)
          } else {
            await quiet.type(keys)
            await busy.type(keys)
          }
        }
        const said = Array.from({ length: messages }, (_, index) => `message ${index + 1}`)
        expect(busy.screen.lines()).toEqual([...said, ...quiet.screen.lines()])
        await quiet.type('\r')
        await busy.type('\r')
        expect(busy.told).toEqual(quiet.told)
      }),
      { numRuns: 60 },
    )
  })
})

it('puts characters that come together where the cursor is', async () => {
  const { type, told } = open()
  await type('hello')
  await type(LEFT)
  await type('你好')
  await type('\r')
  expect(told).toEqual(['hell你好o'])
})

it('recalls earlier lines with the arrow keys', async () => {
  const { type, told } = open()
  for (const line of ['first\r', 'second\r', `${UP}${UP}\r`, `${UP}${UP}${DOWN}\r`]) await type(line)
  expect(told).toEqual(['first', 'second', 'first', 'first'])
})

it('tells of Ctrl-C and goes on', async () => {
  const { type, told, screen, prompt } = open()
  await type('abc\x03')
  prompt.print('after')
  expect(told).toEqual(['interrupt'])
  expect(screen.lines()).toEqual(['websocket> abc', 'after'])
})

test.each([
  ['Ctrl-D', (input: PassThrough) => input.write('\x04')],
  ['a terminal that is gone', (input: PassThrough) => input.end()],
])('ends with %s', async (_name, act) => {
  const { input, told, screen, prompt } = open()
  act(input)
  await new Promise((resolve) => setImmediate(resolve))
  prompt.print('after')
  expect(told).toEqual(['end'])
  expect(screen.lines()).toEqual(['websocket>', 'after'])
})

it('takes itself away at the end, with what was typed', async () => {
  const { screen, prompt, type, told } = open()
  prompt.print('before')
  await type('x'.repeat(60))
  prompt.end()
  prompt.print('after')
  expect(screen.lines()).toEqual(['before', 'after'])
  expect(told).toEqual([])
})
