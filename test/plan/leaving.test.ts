import { describe, expect, it } from 'vitest'
import type { Leaving } from '../../src/plan/plan.ts'
import { leaveOf } from '../../src/plan/resolve-leaving.ts'
import { mistakesWith, resolve } from './resolve.ts'

const testOf = (...options: string[]) => resolve('--test-type', 'leak', ...options).plan.tests[0]!

describe('a leak test', () => {
  it.each<[string[], string[], number]>([
    [[], ['clean', 'reset'], 40],
    [['--leave', 'silent'], ['silent'], 20],
    [['--leave', 'reset', '--leave', 'clean', '--leave', 'reset', '--cycles', '7'], ['reset', 'clean'], 14],
  ])('%j', (options, kinds, cycles) => {
    const { leaving, cycles: found, groups } = testOf(...options)
    expect([leaving!.kinds, found]).toEqual([kinds, cycles])
    expect(groups[0]).toMatchObject({ count: 100, stop: { messages: 1, durationUs: null } })
  })

  it('has as many cycles of each kind, one after the other', () => {
    const leaving: Leaving = { kinds: ['clean', 'reset', 'silent'], countUrl: null, countPath: '' }
    const leaves = Array.from({ length: 6 }, (_, cycle) => leaveOf(leaving, cycle, 6))
    expect(leaves).toEqual(['clean', 'clean', 'reset', 'reset', 'silent', 'silent'])
  })
})

describe('what does not go together', () => {
  it.each<[string[], RegExp]>([
    [['--leave', 'angrily'], /--leave.*is not known/],
    [['--count-url', 'http://h/stats'], /--count-url.*needs --count-path/],
    [['--count-path', '/a'], /--count-path.*needs --count-url/],
    [['--count-url', 'http://h/stats', '--count-path', 'a.b'], /--count-path.*is no JSON pointer/],
    [['--count-url', 'ftp://h/stats', '--count-path', '/a'], /--count-url.*has the scheme ftp/],
    [['--duration', '5s'], /--duration.*means nothing to a leak test/],
    [['--rate', '5'], /--rate.*means nothing to a leak test/],
    [['--silent-share', '5%'], /--silent-share.*means nothing to a leak test/],
    [['--threshold', 'connections_miscounted==0'], /is not asked for its own count/],
  ])('%j', (options, problem) => {
    expect(mistakesWith({}, '--test-type', 'leak', ...options).join('\n')).toMatch(problem)
  })

  it('in another test', () => {
    expect(mistakesWith({}, '--leave', 'clean')[0]).toMatch(/--leave.*means nothing to a throughput test/)
    expect(mistakesWith({}, '--threshold', 'leak_per_connection<1kB')[0]).toMatch(/--test-type leak/)
  })

  it('a password in the address of the count stays out of what is shown', () => {
    const options = ['--count-url', 'http://me:hidden@h/stats']
    expect(mistakesWith({}, '--test-type', 'leak', ...options).join()).not.toContain('hidden')
  })
})
