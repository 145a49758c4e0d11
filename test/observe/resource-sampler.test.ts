import { afterEach, describe, expect, test } from 'vitest'
import { createResourceSampler } from '../../src/observe/resource-sampler.ts'
import { end, endAll, startNode } from './child.ts'

afterEach(endAll)

const IDLE = "console.log('up'); setInterval(() => {}, 1e6)"

/** A clock that the test moves on. */
function manualClock() {
  let us = 0
  return {
    nowUs: () => us,
    advance: (byUs: number) => {
      us += byUs
    },
  }
}

describe('createResourceSampler', () => {
  test('without a server it samples this process alone', () => {
    const clock = manualClock()
    const sampler = createResourceSampler({ serverPid: null, tree: false, nowUs: clock.nowUs })
    clock.advance(1_000_000)
    const sample = sampler.sample()
    expect(sampler.serverVisible).toBe(false)
    expect(sampler.serverCores).toBeNull()
    expect(sample.atUs).toBe(1_000_000)
    expect(sample.generatorRssBytes).toBeGreaterThan(10_000_000)
    expect(sample.generatorRssPeakBytes).toBeGreaterThanOrEqual(sample.generatorRssBytes)
    expect(sample.generatorCpuPercent).not.toBeNull()
    expect(sample.serverRssBytes).toBeNull()
    expect(sample.serverCpuPercent).toBeNull()
    expect(sample.serverBusiestThreadPercent).toBeNull()
  })

  test('without time passed there is no share of time', () => {
    const sampler = createResourceSampler({ serverPid: null, tree: false, nowUs: () => 0 })
    expect(sampler.sample().generatorCpuPercent).toBeNull()
  })

  test('a pid that does not exist is a server that is not visible', () => {
    const sampler = createResourceSampler({ serverPid: 2 ** 30, tree: false, nowUs: () => 0 })
    expect(sampler.serverVisible).toBe(false)
    expect(sampler.sample().serverRssBytes).toBeNull()
  })

  test.runIf(process.platform === 'linux')(
    'sees the memory, the time and the cores of a server',
    async () => {
      const { pid } = await startNode(IDLE)
      const clock = manualClock()
      const sampler = createResourceSampler({ serverPid: pid, tree: true, nowUs: clock.nowUs })
      clock.advance(1_000_000)
      const sample = sampler.sample()
      expect(sampler.serverVisible).toBe(true)
      expect(sampler.serverCores).toBeGreaterThan(0)
      expect(sample.serverRssBytes).toBeGreaterThan(10_000_000)
      expect(sample.serverCpuPercent).toBeGreaterThanOrEqual(0)
      expect(sample.serverBusiestThreadPercent).toBeGreaterThanOrEqual(0)
    },
  )

  test.runIf(process.platform === 'linux')(
    'ticks a little under a second apart still tell the busiest thread, from one sample further back',
    async () => {
      const { pid } = await startNode(IDLE)
      const clock = manualClock()
      const sampler = createResourceSampler({ serverPid: pid, tree: false, nowUs: clock.nowUs })
      const busiest = Array.from({ length: 5 }, () => {
        clock.advance(999_000)
        return sampler.sample().serverBusiestThreadPercent
      })
      expect(busiest.map((percent) => percent === null)).toEqual([true, false, false, false, false])
    },
  )

  test.runIf(process.platform === 'linux')('a server that has ended gives nulls, not zeros', async () => {
    const { pid, child } = await startNode(IDLE)
    const clock = manualClock()
    const sampler = createResourceSampler({ serverPid: pid, tree: false, nowUs: clock.nowUs })
    await end(child)
    clock.advance(1_000_000)
    expect(sampler.sample()).toMatchObject({
      serverRssBytes: null,
      serverCpuPercent: null,
      serverBusiestThreadPercent: null,
    })
  })
})
