import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOISE } from '../../src/dialects/dialect.ts'
import { describeDanger } from '../../src/dialects/regex-danger.ts'
import { createPatternMatcher, parseReplyPattern } from '../../src/dialects/reply-pattern.ts'

function matcherOf(text: string) {
  const pattern = parseReplyPattern(text)
  if (!pattern.ok) throw new Error(pattern.problem)
  return createPatternMatcher(pattern.value)
}

/** As in a socket's read buffer. */
function find(pattern: string, reply: string): number {
  const bytes = Buffer.from(reply)
  const data = Buffer.concat([Buffer.from('{"id":1'), bytes, Buffer.from('9"seq":99')])
  return matcherOf(pattern).classify(data, 7, 7 + bytes.length, 5)
}

describe('a reply', () => {
  const cases: [pattern: string, reply: string, found: number][] = [
    ['json:/id', '{"id":12}', 12],
    ['json:/id', '{"id":0,"ok":true}', 0],
    ['json:/id', ' { "ok" : true, "id" : "12" } ', 12],
    ['json:/id', '{"id":"req-3-0012"}', 12],
    ['json:/id', '{"id":"12 of 99 "}', 99],
    ['json:/id', '{"id":"none"}', NOISE],
    ['json:/id', '{"id":""}', NOISE],
    ['json:/id', '{"id":-1}', NOISE],
    ['json:/id', '{"id":1.5}', NOISE],
    ['json:/id', '{"id":1e300}', NOISE],
    ['json:/id', '{"id":"12345678901234567890"}', NOISE],
    ['json:/id', '{"id":null}', NOISE],
    ['json:/id', '{"id":true}', NOISE],
    ['json:/id', '{"id":[1]}', NOISE],
    ['json:/id', '{"ok":true}', NOISE],
    ['json:/id', 'not JSON 12', NOISE],
    ['json:/id', '', NOISE],
    ['json:/id', 'null', NOISE],
    ['json:/id', '"id"', NOISE],
    ['json:/length', '[1,2]', 2],
    ['json:/constructor/length', '{}', NOISE],
    ['json:', '12', 12],
    ['json:', '"n12"', 12],
    ['json:/', '{"":4}', 4],
    ['json:/data/1/n', '{"data":[{"n":1},{"n":2}]}', 2],
    ['json:/data/2', '{"data":[1,2]}', NOISE],
    ['json:/a~1b/c~0d', '{"a/b":{"c~d":5}}', 5],
    ['json:/~01', '{"~1":6}', 6],
    ['json:/用户', '{"用户":7}', 7],
    ['/"seq":(\\d+)/', '{"seq":12,"x":1}', 12],
    ['/"seq":(\\d+)/', '{"seq":"12"}', NOISE],
    ['/seq=(\\d+)/i', 'SEQ=0012;', 12],
    ['/#(\\d+) (\\w+)/', 'ok #12 34', 12],
    ['/(?<n>\\d+)$/', '回显: 12', 12],
    ['/a(\\d+)?b/', 'ab', NOISE],
    ['/id=(\\w+)/', 'id=c7s12', 12],
    ['/a/(\\d+)/', 'a/12', 12],
    ['regex:a/(\\d+)', 'a/12', 12],
    ['regex:^(\\d+)', '12 13', 12],
    ['regex:^(\\d+)', ' 12', NOISE],
  ]
  it.each(cases)('%s in %s', (pattern, reply, found) => {
    expect(find(pattern, reply)).toBe(found)
  })

  it('does not say whose it is', () => {
    expect(matcherOf('json:/id')).toMatchObject({ sender: -1, seq: -1 })
  })

  it('is looked at again from its beginning each time', () => {
    const matcher = matcherOf('/(\\d+)/')
    const data = Buffer.from('a 12')
    expect([1, 2, 3].map(() => matcher.classify(data, 0, 4, 0))).toEqual([12, 12, 12])
  })

  it('has its first 4096 bytes looked at by a regular expression', () => {
    expect(find('/(\\d+)$/m', `${'x'.repeat(4092)}1234`)).toBe(1234)
    expect(find('/n(\\d+)/', `${'x'.repeat(4096)}n1`)).toBe(NOISE)
  })

  it('is noise, whatever it is, unless a number is found', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('json:/id', '/id(\\d+)/'),
        fc.oneof(fc.json(), fc.string()),
        (pattern, text) => {
          fc.pre(!/id/.test(text))
          expect(find(pattern, text)).toBe(NOISE)
        },
      ),
    )
  })
})

describe('a pattern', () => {
  const cases: [text: string, problem: string][] = [
    ['', 'is neither a JSON pointer nor a regular expression'],
    ['id', 'is neither a JSON pointer nor a regular expression'],
    ['//', 'is neither a JSON pointer nor a regular expression'],
    ['json:id', 'has no JSON pointer (RFC 6901) after json:'],
    ['json:/a~2', 'has no JSON pointer (RFC 6901) after json:'],
    ['json:/a~', 'has no JSON pointer (RFC 6901) after json:'],
    ['/(\\d+)/g', 'has a flag other than i, m, s and u'],
    ['/(\\d+)/ii', 'is no regular expression'],
    ['/(\\d+/', 'is no regular expression'],
    ['/\\d+/', 'has no group (in round brackets) for the number'],
    ['/(?:\\d+)/', 'has no group (in round brackets) for the number'],
    ['regex:', 'has no group (in round brackets) for the number'],
    ['/((a+)+)b/', 'repeats a group that itself varies, which a reply could make slow'],
  ]
  it.each(cases)('%s %s', (text, problem) => {
    const pattern = parseReplyPattern(text)
    expect(pattern.ok ? '' : pattern.problem).toContain(problem)
  })

  it('never makes the parser throw', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'(a|b)*+?{2,}[^]\\1d/:=<!'), maxLength: 20 })
    fc.assert(
      fc.property(fc.constantFrom('/', 'regex:', 'json:'), signs, (before, text) => {
        expect(parseReplyPattern(before + text)).toHaveProperty('ok')
      }),
    )
  })
})

describe('describeDanger', () => {
  it.each([
    '"seq":(\\d+)',
    '^\\w+-\\w+: (\\d+)$',
    '"id":\\s*"[a-z(+)*]+-(\\d+)"',
    '(?:abc)+(\\d+)',
    '(?:a|b)(\\d+)?',
    '(?<n>\\d{1,10})',
    '(a+)?b',
    '(a+){1}b',
    '(?:ab{2})*(\\d)',
    '\\((a+)\\)+',
    '[(a+)]+(\\d)',
    '.*?(\\d+)',
    '\\u{61}(\\d+)',
  ])('lets %s pass', (source) => {
    expect(describeDanger(source)).toBeNull()
  })

  it.each([
    '(a+)+',
    '(a*)*b',
    '(?:a|ab)*',
    '((a|b))+',
    '(?:x(?:a+)y)*',
    '(a?b?)+',
    '(a{1,5})*',
    '(?<n>a+){2,}',
    '(a+){2}',
    '(?:[ab]+c?)+?',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    '(?=a)(b)',
    '(?<!a)(b)',
  ])('refuses %s', (source) => {
    expect(describeDanger(source)).not.toBeNull()
  })
})
