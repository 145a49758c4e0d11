import { expect, it } from 'vitest'
import { countRemembered, GivenUp } from '../../src/engine/given-up.ts'

it('knows the late reply to a message that was given up, where its loss counted, and that a second one is none', () => {
  const givenUp = new GivenUp()
  givenUp.add(3, 'warmup')
  givenUp.add(7, 'hold')
  expect([7, 3, 3, 7, 5].map((seq) => givenUp.take(seq))).toEqual(['hold', 'warmup', null, null, null])
})

it('forgets the oldest of very many, and takes what comes of them as late', () => {
  const givenUp = new GivenUp()
  for (let seq = 0; seq < 1500; seq++) givenUp.add(seq, seq < 100 ? 'warmup' : 'hold')
  expect([1499, 1499, 20, 1501].map((seq) => givenUp.take(seq))).toEqual(['hold', null, 'hold', null])
})

it.each([
  [1, 1000],
  [100, 1000],
  [1000, 100],
  [25_000, 16],
])('of %d clients each remembers %d, so that all of them stay within some megabytes', (clients, each) => {
  expect(countRemembered(clients)).toBe(each)
  const givenUp = new GivenUp(each)
  for (let seq = 0; seq <= each; seq++) givenUp.add(seq, seq === 0 ? 'warmup' : 'hold')
  // The first is forgotten, and with it that its reply came twice.
  expect([0, 0, 1, 1].map((seq) => givenUp.take(seq))).toEqual(['warmup', 'warmup', 'hold', null])
})
