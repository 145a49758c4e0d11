import { existsSync } from 'node:fs'
import { expect, it, test } from 'vitest'
import { CoreTimer, parseSchedstat } from '../../src/engine/core-wait.ts'

test.each([
  ['999931827 1001089611 270\n', { ranUs: 999_931.827, waitedUs: 1_001_089.611 }],
  ['0 0 0\n', { ranUs: 0, waitedUs: 0 }],
  ['', null],
  ['12 34\n', null],
  ['12 -34 5\n', null],
  ['12 34 5 6\n', null],
])('reads %j', (text, times) => {
  expect(parseSchedstat(text)).toEqual(times)
})

it.skipIf(!existsSync('/proc/thread-self/schedstat'))('this thread has run, and runs on', () => {
  const timer = new CoreTimer()
  const first = timer.read()!
  expect(first.ranUs).toBeGreaterThan(0)
  let later = first
  while (later.ranUs === first.ranUs) later = timer.read()!
  expect(later.ranUs).toBeGreaterThan(first.ranUs)
  expect(later.waitedUs).toBeGreaterThanOrEqual(first.waitedUs)
  timer.close()
})

it('knows nothing where there is no such file, or one that says something else', () => {
  for (const path of ['/no/such/file', import.meta.filename]) {
    const timer = new CoreTimer(path)
    expect(timer.read()).toBeNull()
    timer.close()
  }
})
