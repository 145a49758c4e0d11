import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { escapeControls } from '../../src/plan/escape-controls.ts'

test.each([
  ['plain text stays', 'hello, 用户 N: 你好 é', 'hello, 用户 N: 你好 é'],
  ['an emoji made of several keeps its joiner', '👩‍💻', '👩‍💻'],
  ['a sequence that clears the screen', '\x1b[2J', '\\x1b[2J'],
  ['the same by its one-byte form', '\x9b2J', '\\x9b2J'],
  ['a window title', '\x1b]0;evil\x07', '\\x1b]0;evil\\x07'],
  ['line breaks and tabs', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['a backspace that would hide a letter', 'ab\bc', 'ab\\x08c'],
  ['a reversal of direction', 'user\u202etxt.exe', 'user\\u202etxt.exe'],
  ['line and paragraph separators', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['a letter of the tag block', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ['half a character', 'a\ud800b', 'a\\ud800b'],
])('%s', (_name, text, shown) => {
  expect(escapeControls(text)).toBe(shown)
})

it('lets no control character through, whatever comes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeControls(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
    }),
  )
})
