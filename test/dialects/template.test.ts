import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOISE } from '../../src/dialects/dialect.ts'
import { fillTemplate, layTemplate, parseTemplate } from '../../src/dialects/template.ts'
import { createTemplateMatcher } from '../../src/dialects/template-matcher.ts'

describe('parseTemplate', () => {
  it.each([
    ['', []],
    ['plain', [{ text: 'plain' }]],
    ['{seq}', [{ placeholder: 'seq' }]],
    ['a{client}b{seq}', [{ text: 'a' }, { placeholder: 'client' }, { text: 'b' }, { placeholder: 'seq' }]],
    ['{token}{token}', [{ placeholder: 'token' }, { placeholder: 'token' }]],
    ['{"a":{seq}}', [{ text: '{"a":' }, { placeholder: 'seq' }, { text: '}' }]],
    ['{Seq} { seq } {sequence} {', [{ text: '{Seq} { seq } {sequence} {' }]],
  ])('%s', (text, parts) => {
    expect(parseTemplate(text)).toEqual(parts)
  })
})

describe('fillTemplate', () => {
  it('fills every place, and values that look like places stay', () => {
    const values = { client: 3, token: '{seq}$&', seq: 9 }
    expect(fillTemplate('{client}-{token}-{seq}-{client}', values)).toBe('3-{seq}$&-9-3')
  })
})

describe('layTemplate', () => {
  it('says where each number stands, in bytes', () => {
    const parts = parseTemplate('é{seq},{token},{seq}')
    const laid = layTemplate(parts, { client: 1, token: '回' }, 3, 'utf8')
    expect(laid.bytes.toString()).toBe('é000,回,000')
    expect(laid.seqAt).toEqual([2, 10])
    expect(layTemplate(parseTemplate('é{seq}'), { client: 1, token: '' }, 2, 'latin1').seqAt).toEqual([1])
  })
})

describe('createTemplateMatcher', () => {
  it.each([
    ['no number', 'hello'],
    ['a digit before', 'id 1{seq}'],
    ['a digit behind', 'id {seq}0'],
    ['a placeholder directly before', '{client}{seq}x'],
    ['a placeholder directly behind', 'a{seq}{token}'],
  ])('%s: the number cannot be found again', (_, template) => {
    expect(createTemplateMatcher(parseTemplate(template), 'utf8')).toBeNull()
  })

  const found: [template: string, reply: string, seq: number][] = [
    ['{"n":{seq}}', '{"n":17}', 17],
    ['{"n":{seq}}', '{"type":"echo","data":{"n":17}}', 17],
    ['n={seq};', 'Echo: n=17;', 17],
    ['n={seq};', 'n=;n=17;', 17],
    ['n={seq}', 'Echo: n=7', 7],
    ['n={seq}', 'n=0017', 17],
    ['n={seq};', 'n=x', NOISE],
    ['n={seq};', 'n=', NOISE],
    ['n={seq};', '', NOISE],
    ['{seq}', '17', 17],
    ['{seq}', 'Echo: 17', 17],
    ['{seq} end', '99 17 end', 17],
    ['{seq} end', ' end', NOISE],
    ['{seq} end', 'e', NOISE],
    ['{token}: {seq}', 'abc: 17', 17],
    ['{token}: {seq}', ': 17', 17],
    [
      '{"id":"{client}-{seq}","text":"hi"}',
      '{"time":"2026-11-21T10:00:00","echo":"{\\"id\\":\\"0-17\\",\\"text\\":\\"hi\\"}"}',
      17,
    ],
    ['{"id":"{client}-{seq}"}', '{"id":"5f3a-77c1","echo":{"id": "0-17"}}', 17],
    ['{"id":"{client}-{seq}"}', '{"id":"10-17"}', NOISE],
    ['{"client":{client},"seq":{seq}}', '{"client": 0, "seq": 17}', 17],
    ['{"client":{client},"seq":{seq}}', '{"client":3,"seq":17}', NOISE],
    ['{"seq":{seq},"client":{client}}', '{"seq":17,"client":0}', 17],
    ['{"seq":{seq},"client":{client}}', '{"seq":17,"client":01}', NOISE],
    ['{"seq":{seq},"client":{client}}', '{"seq":17}', NOISE],
  ]
  it.each(found)('%s in %s', (template, reply, seq) => {
    const data = Buffer.from(`n=3;${reply}99`)
    const end = 4 + Buffer.byteLength(reply)
    expect(createTemplateMatcher(parseTemplate(template), 'utf8')!.classify(data, 4, end, 0)).toBe(seq)
  })

  it('finds the number of whatever was sent, in replies whose prefix changes', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((raw) => raw.replace(/[\d{}]/g, '_'))
    const reply = fc.record({ prefix: fc.stringMatching(/^[a-z ]{0,10}$/), seq: fc.nat(1e9) })
    fc.assert(
      fc.property(text, text, fc.array(reply, { minLength: 1, maxLength: 8 }), (before, after, replies) => {
        const template = `<${before}>{seq}<${after}`
        const matcher = createTemplateMatcher(parseTemplate(template), 'utf8')!
        for (const { prefix, seq } of replies) {
          const values = { client: 0, token: '', seq }
          const data = Buffer.from(prefix + fillTemplate(template, values))
          expect(matcher.classify(data, 0, data.length, 0)).toBe(seq)
        }
      }),
    )
  })
})
