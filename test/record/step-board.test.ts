import { expect, it } from 'vitest'
import { isStepName, mergeSteps, STEP_BOARD_BYTES, StepBoard } from '../../src/record/step-board.ts'

it('is read by another that maps the same memory, steps in the order in which they came up', () => {
  const memory = new SharedArrayBuffer(STEP_BOARD_BYTES + 8)
  const [writer, reader] = [new StepBoard(memory, 8), new StepBoard(memory, 8)]
  expect([reader.snapshot(), reader.lastEntered()]).toEqual([[], null])
  writer.record('login', 1500)
  writer.enter(7, 'chat')
  writer.fail('chat')
  const steps = reader.snapshot().map(({ name, trend, failed }) => [name, trend?.max ?? null, failed])
  expect(steps).toEqual([
    ['login', 1500, 0],
    ['chat', null, 1],
  ])
  expect(reader.lastEntered()).toEqual({ client: 7, step: 'chat' })
})

it('keeps 31 names apart, and counts the rest as other', () => {
  const board = new StepBoard(new ArrayBuffer(STEP_BOARD_BYTES))
  for (let n = 0; n < 40; n++) board.fail(`step-${n}`)
  const steps = board.snapshot()
  expect(steps).toHaveLength(32)
  expect(steps.at(-1)).toMatchObject({ name: 'other', failed: 9 })
})

it('merges shards by name', () => {
  const [one, two] = [
    new StepBoard(new ArrayBuffer(STEP_BOARD_BYTES)),
    new StepBoard(new ArrayBuffer(STEP_BOARD_BYTES)),
  ]
  one.record('a', 10)
  two.record('b', 20)
  two.record('a', 30)
  two.fail('a')
  const sums = mergeSteps([one.snapshot(), two.snapshot()])
  expect(sums.map(({ name, trend, failed }) => [name, trend?.sum, failed])).toEqual([
    ['a', 40, 1],
    ['b', 20, 0],
  ])
})

it.each([
  ['login', true],
  ['a.b-c_9', true],
  ['x'.repeat(40), true],
  ['x'.repeat(41), false],
  ['', false],
  ['a b', false],
  ['a}', false],
  ['ä', false],
  [7, false],
])('%j is a name: %s', (name, wanted) => expect(isStepName(name)).toBe(wanted))
