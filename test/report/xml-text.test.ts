import { describe, expect, it } from 'vitest'
import { toXmlLine, toXmlText } from '../../src/report/xml-text.ts'

describe('text for XML', () => {
  it.each([
    ['a\nb\tc', 'a\\nb\\tc'],
    ['\u0000\u001b[31m', '\\x00\\x1b[31m'],
    ['\ud800 \ufffe', '\\ud800 \\ufffe'],
    ['\u202eabc', '\\u202eabc'],
    ['<&>"\' 漢字 🙂', '<&>"\' 漢字 🙂'],
  ])('in one line, %j is %j', (text, expected) => {
    expect(toXmlLine(text)).toBe(expected)
  })

  it('keeps its lines inside an element', () => {
    expect(toXmlText('a\r\nb\u0000\n')).toBe('a\\r\nb\\x00\n')
  })
})
