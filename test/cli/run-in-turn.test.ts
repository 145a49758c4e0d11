import { expect, it } from 'vitest'
import { listTurns, runInTurn, type Turn } from '../../src/cli/run-in-turn.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { makeRun } from '../compare/sets.ts'

const { result: good } = makeRun('good', 0)
const [test] = good.tests
const limited: RunResult = {
  ...good,
  tests: [{ ...test!, validity: { ...test!.validity, state: 'generator-limited' } }],
}

async function runWith(answer: (turn: Turn, abort: () => void) => RunResult, runs = 3) {
  const turns: string[] = []
  const saved: string[] = []
  const stop = new AbortController()
  const kept = await runInTurn({
    runs,
    runOnce: async (turn) => {
      turns.push(`${turn.side} ${turn.number}.${turn.attempt}`)
      return answer(turn, () => stop.abort())
    },
    onKept: ({ side, number }) => saved.push(`${side} ${number}`),
    signal: stop.signal,
  })
  return { turns, saved, base: kept.base.map(({ name }) => name), head: kept.head.map(({ name }) => name) }
}

it('changes which side comes first', () => {
  expect(
    listTurns(4)
      .map((side) => (side === 'base' ? 'A' : 'B'))
      .join(''),
  ).toBe('ABBAABBA')
})

it('makes so many runs of each side', async () => {
  const { turns, saved, base, head } = await runWith(() => good)
  expect(turns).toEqual(['base 1.1', 'head 1.1', 'head 2.1', 'base 2.1', 'base 3.1', 'head 3.1'])
  expect(saved).toEqual(['base 1', 'head 1', 'head 2', 'base 2', 'base 3', 'head 3'])
  expect([base, head]).toEqual([
    ['base 1', 'base 2', 'base 3'],
    ['head 1', 'head 2', 'head 3'],
  ])
})

it('takes a run that is not valid again, and keeps the third', async () => {
  const once = await runWith(({ side, attempt }) => (side === 'head' && attempt === 1 ? limited : good), 2)
  expect(once.turns).toEqual(['base 1.1', 'head 1.1', 'head 1.2', 'head 2.1', 'head 2.2', 'base 2.1'])
  const always = await runWith(() => limited, 1 + 1)
  expect(always.turns.length).toBe(12)
  expect(always.saved).toEqual(['base 1', 'head 1', 'head 2', 'base 2'])
})

it('keeps what was complete when it is interrupted', async () => {
  const { base, head, turns } = await runWith(({ side, number }, abort) => {
    if (side !== 'head' || number !== 2) return good
    abort()
    return { ...good, status: 'aborted' }
  })
  expect(turns.at(-1)).toBe('head 2.1')
  expect([base, head]).toEqual([['base 1'], ['head 1']])
})
