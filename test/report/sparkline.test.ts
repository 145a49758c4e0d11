import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawBar, sparkline } from '../../src/report/sparkline.ts'

describe('sparkline', () => {
  it.each<[string, readonly (number | null)[], string]>([
    ['nothing', [], ''],
    ['zeros', [0, 0], '▁▁'],
    ['a steady value', [5, 5, 5], '███'],
    ['a rise from zero', [0, 1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇██'],
    ['one half', [4, 8], '▅█'],
    ['what is not known', [1, null, 1], '█ █'],
    ['a small change, that stays small', [85, 100], '▇█'],
    ['nothing known', [null, null], '  '],
  ])('%s', (_, values, expected) => {
    expect(sparkline(values)).toBe(expected)
  })

  it('has one character a value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }))),
        (values) => {
          expect(sparkline(values)).toHaveLength(values.length)
          expect(sparkline(values)).toMatch(/^[ ▁▂▃▄▅▆▇█]*$/)
        },
      ),
    )
  })
})

describe('drawBar', () => {
  it.each([
    [0, 4, '', '░░░░'],
    [0.5, 4, '██', '░░'],
    [0.99, 4, '███', '░'],
    [1, 4, '████', ''],
    [2, 4, '████', ''],
    [-1, 2, '', '░░'],
    [0.3, 0, '', ''],
  ])('%s of %s', (share, width, done, rest) => {
    expect(drawBar(share, width)).toEqual({ done, rest })
  })
})
