import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { busiestThreadPercent, cpuPercent } from '../../src/observe/cpu-percent.ts'
import type { ProcessSample, ThreadCpu } from '../../src/observe/process-sampler.ts'

function sampleAt(atUs: number, threads: ThreadCpu[]): ProcessSample {
  const cpuUs = threads.reduce((sum, thread) => sum + thread.cpuUs, 0)
  return { atUs, rssBytes: 1, cpuUs, threads, fds: null, processes: 1 }
}

describe('cpuPercent', () => {
  test.each([
    [1_000_000, 0, 0],
    [1_000_000, 500_000, 50],
    [2_000_000, 2_000_000, 100],
    [1_000_000, 3_500_000, 350],
  ])('over %i µs, %i µs of CPU are %i %% of one core', (elapsedUs, usedUs, percent) => {
    const before = { atUs: 7, cpuUs: 40_000 }
    expect(cpuPercent(before, { atUs: 7 + elapsedUs, cpuUs: 40_000 + usedUs })).toBe(percent)
  })

  test('is null when no time lies between the samples', () => {
    expect(cpuPercent({ atUs: 5, cpuUs: 0 }, { atUs: 5, cpuUs: 10 })).toBeNull()
  })

  test('is never negative', () => {
    expect(cpuPercent({ atUs: 0, cpuUs: 90 }, { atUs: 1000, cpuUs: 50 })).toBe(0)
  })
})

describe('busiestThreadPercent', () => {
  test('is the share of the thread that used most in between, not of the one that used most ever', () => {
    const before = sampleAt(0, [
      { tid: 1, cpuUs: 9_000_000 },
      { tid: 2, cpuUs: 100_000 },
    ])
    const after = sampleAt(2_000_000, [
      { tid: 1, cpuUs: 9_200_000 },
      { tid: 2, cpuUs: 1_900_000 },
    ])
    expect(busiestThreadPercent(before, after)).toBe(90)
  })

  test('counts all the time of a thread that began in between, and forgets one that ended', () => {
    const before = sampleAt(0, [{ tid: 1, cpuUs: 5_000_000 }])
    const after = sampleAt(1_000_000, [{ tid: 2, cpuUs: 300_000 }])
    expect(busiestThreadPercent(before, after)).toBe(30)
  })

  test('is null under a second, because ticks of 10 ms are too coarse', () => {
    const thread = { tid: 1, cpuUs: 0 }
    expect(busiestThreadPercent(sampleAt(0, [thread]), sampleAt(999_999, [thread]))).toBeNull()
    expect(busiestThreadPercent(sampleAt(0, [thread]), sampleAt(1_000_000, [thread]))).toBe(0)
  })

  test('is null without threads', () => {
    expect(busiestThreadPercent(sampleAt(0, []), sampleAt(2_000_000, []))).toBeNull()
  })

  test('is never more than the whole process', () => {
    const used = fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(used, fc.integer({ min: 1_000_000, max: 5_000_000 }), (times, elapsedUs) => {
        const before = sampleAt(
          0,
          times.map((_, tid) => ({ tid, cpuUs: 1000 * tid })),
        )
        const after = sampleAt(
          elapsedUs,
          times.map((cpuUs, tid) => ({ tid, cpuUs: 1000 * tid + cpuUs })),
        )
        expect(busiestThreadPercent(before, after)!).toBeLessThanOrEqual(cpuPercent(before, after)! + 1e-6)
      }),
    )
  })
})
