import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countRemembered, GivenUp, type LossSide } from '../../src/engine/given-up.ts'

it('knows the late reply to a message that was given up, where its loss counted, and that a second one is none', () => {
  const givenUp = new GivenUp()
  givenUp.add(3, 'warmup')
  givenUp.add(7, 'hold')
  expect([7, 3, 3, 7, 5].map((seq) => givenUp.take(seq))).toEqual(['hold', 'warmup', null, null, null])
})

it('is as good as a list of all numbers, while there are not very many', () => {
  const losses = fc.array(
    fc.tuple(fc.nat(5000), fc.constantFrom<LossSide>('hold', 'warmup'), fc.array(fc.nat(5000))),
    { maxLength: 100 },
  )
  fc.assert(
    fc.property(losses, (steps) => {
      const givenUp = new GivenUp()
      const all = new Map<number, LossSide>()
      const seen = new Set<number>()
      for (const [seq, side, strays] of steps) {
        if (!seen.has(seq)) {
          seen.add(seq)
          givenUp.add(seq, side)
          all.set(seq, side)
        }
        for (const stray of [...strays, seq]) {
          expect(givenUp.take(stray)).toBe(all.get(stray) ?? null)
          all.delete(stray)
        }
      }
    }),
  )
})

it('numbers beyond 32 bits are kept apart', () => {
  const givenUp = new GivenUp()
  givenUp.add(2 ** 32 + 5, 'hold')
  expect(givenUp.take(5)).toBeNull()
  expect(givenUp.take(2 ** 32 + 5)).toBe('hold')
})

it('of what is forgotten no more is late than was lost, first of the hold', () => {
  const givenUp = new GivenUp(2)
  for (let seq = 0; seq < 3; seq++) givenUp.add(seq, seq === 0 ? 'warmup' : 'hold')
  for (const seq of [300, 600, 601]) givenUp.add(seq, 'hold')
  expect([0, 1, 2, 0, 1].map((seq) => givenUp.take(seq))).toEqual(['hold', 'hold', 'warmup', null, null])
  expect([600, 600, 900].map((seq) => givenUp.take(seq))).toEqual(['hold', null, null])
})

it.each([
  [1, 1000],
  [30, 1000],
  [300, 100],
  [25_000, 2],
])(
  'of %d clients each remembers %d blocks, so that all of them stay within some megabytes',
  (clients, each) => {
    expect(countRemembered(clients)).toBe(each)
  },
)
