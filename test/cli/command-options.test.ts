import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { CommandOptions, type CommandSpec, parseMs } from '../../src/cli/command-options.ts'
import { formatMistake, UsageError } from '../../src/errors.ts'
import { parseCountFrom } from '../../src/plan/option-parsers.ts'

const SPEC = {
  command: 'try',
  argument: { where: 'URL', variable: 'STRESS_URL', accepted: 'one URL', example: 'ws://h' },
  options: {
    count: { kind: 'value', alias: 'c', accepted: 'a whole number', example: '--count 1' },
    'two-words': { kind: 'value', accepted: 'a text', example: '--two-words x' },
    item: { kind: 'list', alias: 'I', accepted: 'an item', example: '--item x' },
    pin: { kind: 'value', accepted: 'the pin', example: '--pin 1', secret: true },
    yes: { kind: 'switch', alias: 'y' },
    'no-color': { kind: 'switch' },
  },
} as const satisfies CommandSpec

type Env = Readonly<Record<string, string>>

function read(argv: readonly string[], env: Env = {}) {
  const options = new CommandOptions(SPEC, argv, env)
  const found = {
    argument: options.argument,
    count: options.one('count', parseCountFrom(1)),
    words: options.text('two-words'),
    items: options.all('item', (value) => ({ ok: true, value })),
    pin: options.one('pin', (text) =>
      text === 'wrong' ? { ok: false, problem: 'is wrong' } : { ok: true, value: text },
    ),
    yes: options.has('yes'),
    plain: options.has('no-color'),
  }
  options.check()
  return found
}

function mistakesOf(argv: readonly string[], env: Env = {}): string[] {
  try {
    read(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.mistakes.map(formatMistake)
    throw error
  }
  return []
}

const NOTHING = { argument: null, count: null, words: null, items: [], pin: null, yes: false, plain: false }

describe('takes from the command line', () => {
  test.each<[string[], Partial<ReturnType<typeof read>>]>([
    [[], {}],
    [['ws://h'], { argument: 'ws://h' }],
    [['--count', '10k'], { count: 10_000 }],
    [['--count=3'], { count: 3 }],
    [['-c', '3'], { count: 3 }],
    [['-c3'], { count: 3 }],
    [['-c=3'], { count: 3 }],
    [['--two-words', '007'], { words: '007' }],
    [['--two-words', '-dash'], { words: '-dash' }],
    [['--two-words', '-z'], { words: '-z' }],
    [['--two-words=--count'], { words: '--count' }],
    [['--two-words', 'a=b\nc'], { words: 'a=b\nc' }],
    [['--two-words', '"a"'], { words: '"a"' }],
    [["--two-words='a'"], { words: "'a'" }],
    [['--two-words', 'c'], { words: 'c' }],
    [['-I', 'a', '-Ib', '--item', 'c'], { items: ['a', 'b', 'c'] }],
    [['--item', 'a', 'ws://h'], { items: ['a'], argument: 'ws://h' }],
    [['--yes', 'ws://h', '--no-color'], { yes: true, argument: 'ws://h', plain: true }],
    [['--yes', '--yes'], { yes: true }],
    [['-yI', 'a'], { yes: true, items: ['a'] }],
  ])('%j', (argv, found) => {
    expect(read(argv)).toEqual({ ...NOTHING, ...found })
  })

  it('any text as it stands', () => {
    const text = fc.string({ minLength: 1, unit: 'binary' })
    fc.assert(
      fc.property(text, (words) => {
        expect(read([`--two-words=${words}`]).words).toBe(words)
        fc.pre(!/^(?:--[a-z]|-[cIy]$)/i.test(words))
        expect(read(['--two-words', words])).toEqual({ ...NOTHING, words })
      }),
    )
  })
})

describe('takes from variables', () => {
  test.each<[string[], Env, Partial<ReturnType<typeof read>>]>([
    [[], { STRESS_COUNT: '2', STRESS_TWO_WORDS: 'w' }, { count: 2, words: 'w' }],
    [[], { STRESS_COUNT: '', STRESS_YES: '', STRESS_URL: '', STRESS_OTHER: 'x', COUNT: '1' }, {}],
    [['-c', '1'], { STRESS_COUNT: 'x' }, { count: 1 }],
    [['-I', 'a'], { STRESS_ITEM: 'b' }, { items: ['a'] }],
    [[], { STRESS_ITEM: 'a, b\n\nc\n' }, { items: ['a, b', 'c'] }],
    [[], { STRESS_YES: 'on', STRESS_NO_COLOR: '1' }, { yes: true, plain: true }],
    [['--yes'], { STRESS_YES: 'false' }, { yes: true }],
    [[], { STRESS_YES: 'no' }, {}],
    [[], { STRESS_URL: 'ws://h' }, { argument: 'ws://h' }],
    [['ws://g'], { STRESS_URL: 'ws://h' }, { argument: 'ws://g' }],
  ])('%j %j', (argv, env, found) => {
    expect(read(argv, env)).toEqual({ ...NOTHING, ...found })
  })
})

describe('refuses', () => {
  test.each<[string[], Env, string]>([
    [
      ['--count', 'x'],
      {},
      "--count 'x': is not a whole number; accepted: a whole number; for example: --count 1",
    ],
    [['-c', '-5'], {}, "--count '-5': is negative"],
    [['-c', '1', '--count', '1'], {}, '--count: is given twice'],
    [['--count'], {}, '--count: has no value'],
    [['--count='], {}, '--count: has no value'],
    [['-c'], {}, '--count: has no value'],
    [['--count', '--yes'], {}, '--count: has no value'],
    [['--count', '-y'], {}, '--count: has no value'],
    [['-I', 'a', '-I', ''], {}, '--item: has no value'],
    [['--yes=1'], {}, '--yes: takes no value; accepted: the option alone; for example: --yes'],
    [
      ['--cuont', '1'],
      {},
      '--cuont: is not an option of try; did you mean --count; accepted: --count, --two-words, ',
    ],
    [['--twoWords', 'x'], {}, '--twoWords: is not an option of try; did you mean --two-words'],
    [['--yess'], {}, '--yess: is not an option of try; did you mean --yes; '],
    [['--no-yes'], {}, '--no-yes: is not an option of try'],
    [['--item.x', 'a'], {}, '--item.x: is not an option of try'],
    [['--constructor', 'a'], {}, '--constructor: is not an option of try; accepted'],
    [['-z'], {}, '-z: is not an option of try; accepted'],
    [['-z30s'], {}, '-z: is not an option of try; accepted'],
    [['ws://a', 'ws://b'], {}, "URL 'ws://b': is one too many; accepted: one URL; for example: ws://h"],
    [[], { STRESS_COUNT: '0' }, "STRESS_COUNT '0': is zero; accepted: a whole number"],
    [[], { STRESS_YES: 'maybe' }, "STRESS_YES 'maybe': is neither true nor false"],
  ])('%j %j', (argv, env, text) => {
    expect(mistakesOf(argv, env)).toEqual([expect.stringContaining(text)])
  })

  it('all mistakes at once, also those that the command finds itself', () => {
    const options = new CommandOptions(SPEC, ['--odd', '--yes=1', '-c', '5', 'a', 'b'], { STRESS_PIN: '1' })
    options.refuse('count', 'is odd')
    options.refuse('pin', 'is not needed')
    options.refuse('two-words', 'is missing')
    options.refuseArgument('is short')
    options.add({ where: 'moon', value: '', problem: 'is full', accepted: 'a new one', example: 'wait' })
    expect(() => options.check()).toThrow(
      /^--odd: .*\n--yes: .*\nURL 'b': is one too many.*\n--count '5': is odd.*\nSTRESS_PIN: is not needed.*\n--two-words: is missing.*\nURL 'a': is short.*\nmoon: is full.*$/,
    )
  })

  it('without showing a secret', () => {
    const url = 'ws://u:hush@h/?token=hush'
    const lines: [string[], Env][] = [
      [['--pin', 'wrong', '--pni', 'hush', '--auth=hush', '--odd', '-hush', '-xhush', '-x', 'hush'], {}],
      [['--pin', 'hush', '--pin', 'hush'], {}],
      [['--count', url, url, url], {}],
      [['--count', 'u:hush@h'], { STRESS_PIN: 'wrong' }],
    ]
    for (const [argv, env] of lines) {
      const texts = mistakesOf(argv, env)
      expect(texts).not.toEqual([])
      expect(texts.join()).not.toMatch(/hush|wrong'/)
    }
  })
})

it('knows where a value was given', () => {
  const options = new CommandOptions(SPEC, ['-c', '1', '--pin', ''], {
    STRESS_TWO_WORDS: 'x',
    STRESS_URL: 'u',
  })
  expect([...options.argumentNames]).toEqual(['count', 'pin'])
  expect([options.whereOf('count'), options.whereOf('two-words'), options.whereOf('item')]).toEqual([
    '--count',
    'STRESS_TWO_WORDS',
    '--item',
  ])
  options.refuseArgument('is bad')
  expect(() => options.check()).toThrow("STRESS_URL 'u': is bad")
})

test.each([
  ['1ms', 1],
  ['1500us', 1.5],
  ['2', 2000],
  ['1m', 60_000],
  ['999us', 'is shorter than a millisecond'],
  ['0', 'is shorter than a millisecond'],
  ['61s', 'is over a minute'],
  ['-1s', 'is negative'],
  ['soon', 'is not a length of time'],
])('a time up to a minute of %s is %s', (text, expected) => {
  const parsed = parseMs(60_000, 'a minute')(text)
  expect(parsed.ok ? parsed.value : parsed.problem).toBe(expected)
})
