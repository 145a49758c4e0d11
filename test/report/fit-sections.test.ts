import { describe, expect, it } from 'vitest'
import { fitSections } from '../../src/report/fit-sections.ts'

const BODY = [
  { rank: 0, apart: false, lines: ['title'] },
  { rank: 2, apart: true, lines: ['memory –'] },
  { rank: 3, apart: true, lines: ['published'] },
  { rank: 1, apart: true, lines: [] },
]
const TAIL = [{ rank: 4, apart: false, lines: ['next'] }]
const explain = (lines: readonly string[]) =>
  lines.some((line) => line.includes('–')) ? ['– is nothing'] : []

describe('fitSections', () => {
  it.each([
    [7, ['title', '', 'memory –', '', 'published', '– is nothing', 'next']],
    [6, ['title', '', 'memory –', '', 'published', '– is nothing']],
    [5, ['title', '', 'memory –', '– is nothing']],
    // A sign that gave way is not explained.
    [3, ['title']],
    [0, ['title']],
  ])('in %d lines keeps what matters most', (limit, expected) => {
    expect(fitSections(BODY, explain, TAIL, limit)).toEqual(expected)
  })

  it('puts what may not be missing in place of what gives way', () => {
    const errors = { rank: 1, apart: true, lines: ['a', 'b', 'c'], instead: ['a, b, c'] }
    const body = [...BODY.slice(0, 3), errors]
    expect(fitSections(body, explain, TAIL, 7)).toEqual(['title', '', 'a', 'b', 'c'])
    expect(fitSections(body, explain, TAIL, 4)).toEqual(['title', 'a, b, c'])
  })
})
