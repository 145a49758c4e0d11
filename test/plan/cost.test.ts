import { expect, it, test } from 'vitest'
import { planCost } from '../../src/plan/cost.ts'
import { resolve } from './resolve.ts'

const SECOND = 1_000_000

test.each([
  ['closed for a time', '-d 5', null, 6 * SECOND],
  ['closed by count', '-c 50 -m 10', 500, null],
  ['a storm', '--test-type storm', 100, null],
  ['a rate for a time', '-R 100 -d 5', 500, 6 * SECOND],
  ['a rate by count', '-R 100 -m 10', 1000, 10 * SECOND],
  ['a rate by time and count, the time first', '-R 100 -m 10 -d 5', 500, 5 * SECOND],
  ['a rate by time and count, the count first', '-R 100 -m 1 -d 5', 100, SECOND],
  ['a ramp', '-R 0..1000 -d 10 -W 0', 5000, 10 * SECOND],
  ['a sustained test', '--test-type sustained -c 30 -d 60', 1800, 60 * SECOND],
  ['a connect ramp', '--test-type sustained -c 100 --connect-rate 50 -d 10', 1000, 12 * SECOND],
  ['cycles', '--test-type sustained -c 10 -d 10 --cycles 3', 300, 30 * SECOND],
])('%s', (_, line, messagesDue, durationUs) => {
  expect(planCost(resolve(...line.split(' ')).plan.tests[0]!)).toMatchObject({ messagesDue, durationUs })
})

it('takes files and memory for each connection', () => {
  const cost = planCost(resolve('-c', '10k', '--payload', 'x'.repeat(100)).plan.tests[0]!)
  expect(cost).toMatchObject({
    connections: 10_000,
    descriptors: 10_064,
    memoryBytes: 60e6 + 10_000 * (8192 + 100),
    workers: 3,
  })
})
