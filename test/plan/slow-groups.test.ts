import { describe, expect, it } from 'vitest'
import { mistakesWith, resolve } from './resolve.ts'

const groupsOf = (...options: string[]) =>
  resolve('--test-type', 'slow-consumer', ...options).plan.tests[0]!.groups.map(
    ({ name, role, count, behaviour: { read, slowAfterUs } }) => [name, role, count, read, slowAfterUs],
  )

describe('the groups', () => {
  it.each<[string[], number, number | 'none', number]>([
    [[], 10, 'none', 10e6],
    [['--slow-share', '25%', '--slow-read', '1kB/s', '--duration', '6s'], 25, 1000, 3e6],
    [['--slow-read', '0'], 10, 'none', 10e6],
    [['--slow-share', '100%'], 99, 'none', 10e6],
    [['--slow-share', '0'], 1, 'none', 10e6],
  ])('%j', (options, slow, read, slowAfterUs) => {
    expect(groupsOf(...options)).toEqual([
      ['publishers', 'publisher', 1, 'all', null],
      ['healthy', 'subscriber', 100 - slow, 'all', null],
      ['slow', 'subscriber', slow, read, slowAfterUs],
    ])
  })
})

describe('what does not go together', () => {
  it.each<[string[], RegExp]>([
    [['--dialect', 'echo'], /brings a message to no audience/],
    [['--dialect', 'feed'], /brings a message to no audience/],
    [['--slow-share', '120%'], /--slow-share.*is over 100%/],
    [['--slow-read', 'slowly'], /--slow-read/],
    [['--warmup', '1s'], /--warmup.*means nothing to a slow-consumer test/],
    [['--leave', 'clean'], /--leave.*means nothing to a slow-consumer test/],
  ])('%j', (options, problem) => {
    expect(mistakesWith({}, '--test-type', 'slow-consumer', ...options).join('\n')).toMatch(problem)
  })

  it('in another test', () => {
    expect(mistakesWith({}, '--slow-share', '5%')[0]).toMatch(/means nothing to a throughput test/)
    expect(mistakesWith({}, '--threshold', 'slow_p99_after<1s')[0]).toMatch(/--test-type slow-consumer/)
  })
})
