import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDataRows } from '../../src/plan/data-rows.ts'
import { mistakesWith, resolveWith } from './resolve.ts'

const csv = (text: string) => readDataRows('users.csv', Buffer.from(text))

describe('CSV', () => {
  it.each([
    ['a,b\n1,2\n', [{ a: '1', b: '2' }]],
    [
      'a,b\r\n1,2\r\n3,4',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['a\n"x, ""y""\nz"\n', [{ a: 'x, "y"\nz' }]],
    ['a,b\n,\n', [{ a: '', b: '' }]],
    ['a,b\n1,\n', [{ a: '1', b: '' }]],
    ['\ufeffa\n\n1\n\n', [{ a: '1' }]],
    ['a\n""\n', [{ a: '' }]],
    [' a , b \n 1 ,2', [{ a: ' 1 ', b: '2' }]],
  ])('%j', (text, rows) => expect(csv(text)).toEqual({ ok: true, value: rows }))

  it.each([
    ['', 'is empty'],
    ['a,b\n', 'has no rows'],
    ['a,a\n1,2', 'empty or there twice'],
    ['a,\n1,2', 'empty or there twice'],
    ['a,b\n1,2\n3\n', 'has 1 fields in line 3, and 2 names'],
    ['a\n"x\n', 'in line 2'],
    ['a\nx"y\n', 'in line 2'],
    ['a\n"x"y\n', 'in line 2'],
  ])('not %j', (text, problem) => {
    expect(csv(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) })
  })

  it('what was written is read again', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', 'é') })
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field), { minLength: 1 }), (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
        const text = ['x,y', ...rows.map((row) => row.map(quote).join(','))].join('\n')
        expect(csv(text)).toEqual({ ok: true, value: rows.map(([x, y]) => ({ x, y })) })
      }),
    )
  })
})

it.each([
  ['{"a":1}\n\n{"b":[2]}\n', [{ a: 1 }, { b: [2] }]],
  ['{"a":1}\n[]', 'has no JSON object in line 2'],
  ['nope', 'has no JSON object in line 1'],
])('JSON lines: %j', (text, wanted) => {
  const rows = readDataRows('x.jsonl', Buffer.from(text))
  expect(rows).toEqual(
    typeof wanted === 'string' ? { ok: false, problem: wanted } : { ok: true, value: wanted },
  )
})

describe('a run of a flow', () => {
  const files = { 'users.csv': 'user,password\nann,one\nbob,two\n' }
  const flowOf = (...argv: string[]) =>
    resolveWith({ files, env: { KEY: 'from outside', STRESS_X: 'x' } }, 'flow.mjs', ...argv).plan.tests[0]!
      .groups[0]!

  it('is once for each client, counted, timed, or by the clock', () => {
    expect(flowOf().stop).toEqual({ messages: 1, durationUs: null })
    expect(flowOf('-m', '5').stop).toEqual({ messages: 5, durationUs: null })
    expect(flowOf('-d', '3s').stop).toEqual({ messages: null, durationUs: 3_000_000 })
    expect(flowOf('-R', '5').stop).toEqual({ messages: 1, durationUs: null })
    expect(flowOf('-R', '0..5/s over 2s').stop).toEqual({ messages: null, durationUs: 2_000_000 })
    expect(flowOf('-R', '5', '-d', '2s').pacing.kind).toBe('open')
  })

  it('has its rows and variables', () => {
    const { flow } = flowOf('--data', 'users.csv', '--var', 'KEY', '--var', 'A=b=c', '--flow-timeout', '5s')
    expect(flow).toMatchObject({
      path: expect.stringMatching(/\/flow\.mjs$/),
      rows: [
        { user: 'ann', password: 'one' },
        { user: 'bob', password: 'two' },
      ],
      env: { KEY: 'from outside', A: 'b=c', STRESS_X: 'x' },
      idleUs: 5_000_000,
    })
  })

  it.each([
    [
      'too few rows',
      ['--data', 'users.csv', '--data-mode', 'unique', '-c', '3'],
      'has 2, and there are 3 clients',
    ],
    ['no such file', ['--data', 'none.csv'], 'names a file that does not exist'],
    ['a mode without rows', ['--data-mode', 'cycle'], 'and there are none'],
    ['a variable that is not set', ['--var', 'NOWHERE'], 'names the variable NOWHERE, which is not set'],
    ['a payload', ['--payload', 'x'], 'means nothing to a flow test'],
    ['all', ['--test-type', 'all'], 'cannot go with --test-type all'],
    ['another test', ['--test-type', 'storm'], 'means nothing to a storm test'],
    ['an event stream', ['--dialect', 'sse'], 'sse is an event stream'],
    ['a metric of replies', ['--threshold', 'messages_lost==0'], 'messages_lost is not known of a flow'],
  ])('refuses %s', (_, argv, problem) => {
    expect(mistakesWith({ files }, 'flow.mjs', ...argv).join()).toContain(problem)
  })

  it('shows no value of a row or a variable', () => {
    const text = mistakesWith(
      { files: { 'u.csv': 'password\nhunter2,x\n' } },
      'f.mjs',
      '--data',
      'u.csv',
      '--var',
      '=hunter3',
    )
    expect(text.join()).not.toMatch(/hunter/)
  })
})
