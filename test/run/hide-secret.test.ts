import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { createHideSecret, encodeHidden } from '../../src/run/hide-secret.ts'

function hideText(secret: string, text: string): string {
  return encodeHidden(createHideSecret(secret)(Buffer.from(text)), 'utf8')
}

describe('a secret', () => {
  test.each([
    ['as it is', 'S3CR3T', 'a S3CR3T b S3CR3T', 'a … b …'],
    ['in an address', 'a+/b', '?t=a%2B%2Fb', '?t=…'],
    ['in an address, in small letters', 'a+/b', '?t=a%2b%2fb', '?t=…'],
    ['with a quote and a backslash', 'S"T\\U', 'x S"T\\U', 'x …'],
    ['the same in JSON', 'S"T\\U', JSON.stringify({ t: 'S"T\\U' }), '{"t":"…"}'],
    ['the same in JSON in JSON', 'S"T\\U', JSON.stringify(JSON.stringify('S"T\\U')), '"\\"…\\""'],
    ['in JSON that escapes slashes', 'a/b', '"a\\/b"', '"…"'],
    ['in JSON that escapes all but ASCII', 'é"', '"\\u00e9\\""', '"…"'],
    ['beside Chinese', '用户', '用户 1: 好', '… 1: 好'],
    ['that is part of its own form', 'a', 'ab', '…b'],
    ['that is empty is nowhere', '', 'abc', 'abc'],
  ])('%s is not shown', (_name, secret, text, shown) => {
    expect(hideText(secret, text)).toBe(shown)
  })

  it('is hidden in bytes before they are written in hex', () => {
    const hide = createHideSecret('S3CR3T')
    expect(encodeHidden(hide(Buffer.from('auth S3CR3T\xff', 'latin1')), 'hex')).toBe('6175746820…ff')
  })

  it('is hidden in the latin1 of a binary template', () => {
    expect(encodeHidden(createHideSecret('é')(Buffer.of(1, 0xe9, 2)), 'hex')).toBe('01…02')
  })

  it('of any characters is not in what is left', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        const shown = hideText(secret, before + secret + after)
        expect(shown).toContain('…')
        expect(shown).not.toContain(secret)
      }),
    )
  })
})

test('without the secret, text and bytes come through unchanged', () => {
  const hide = createHideSecret('S3CR3T')
  expect(encodeHidden(hide(Buffer.from('用户… 1: é')), 'utf8')).toBe('用户… 1: é')
  expect(encodeHidden(hide(Buffer.of(0, 255, 16)), 'hex')).toBe('00ff10')
})
