import { performance } from 'node:perf_hooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CoreTimes } from '../../src/engine/core-wait.ts'
import { LoopMeter } from '../../src/engine/loop-meter.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('where the scheduler tells', () => {
  /** A thread that has run and waited so long, in ms, at each reading; null: no reading. */
  function meterWithCore(...readings: readonly ([ranMs: number, waitedMs: number] | null)[]): LoopMeter {
    const left = readings.map((one): CoreTimes | null =>
      one === null ? null : { ranUs: one[0] * 1000, waitedUs: one[1] * 1000 },
    )
    return new LoopMeter(1_000_000, { read: () => left.shift() ?? null, close: () => {} })
  }

  it('the time in which it ran or would have run was busy', () => {
    const meter = meterWithCore([5, 2], [505, 102], [605, 1002])
    expect(meter.read(2_000_000)).toEqual({ busyUs: 600_000, coreWaitUs: 100_000, totalUs: 1_000_000 })
    expect(meter.read(3_000_000)).toEqual({ busyUs: 1_600_000, coreWaitUs: 1_000_000, totalUs: 2_000_000 })
  })

  it('turns of a spinning loop without work are not', () => {
    const meter = meterWithCore([0, 0], [900, 100])
    for (let turn = 0; turn < 1000; turn++) meter.turn(100, false)
    for (let turn = 0; turn < 1000; turn++) meter.turn(100, true)
    meter.turn(50_000, false)
    expect(meter.read(2_000_000).busyUs).toBe(900_000)
  })

  it('is never less than nothing and never more than all', () => {
    const meter = meterWithCore([0, 0], [1, 0], [3000, 0])
    for (let turn = 0; turn < 100; turn++) meter.turn(100, false)
    expect(meter.read(1_100_000).busyUs).toBe(0)
    expect(meter.read(2_000_000).busyUs).toBe(1_000_000)
  })
})

describe('elsewhere', () => {
  /** A meter whose loop has waited in the kernel for so many ms at each reading. */
  function meterWithIdle(...idleMs: number[]): LoopMeter {
    const reading = vi.spyOn(performance, 'eventLoopUtilization')
    for (const idle of idleMs) reading.mockReturnValueOnce({ idle, active: 0, utilization: 0 })
    return new LoopMeter(1_000_000, { read: () => null, close: () => {} })
  }

  it('what was not waited in the kernel was busy', () => {
    const meter = meterWithIdle(5, 305, 1205)
    expect(meter.read(2_000_000)).toEqual({ busyUs: 700_000, coreWaitUs: null, totalUs: 1_000_000 })
    expect(meter.read(3_000_000)).toEqual({ busyUs: 800_000, coreWaitUs: null, totalUs: 2_000_000 })
  })

  it('turns of a spinning loop without work are idle, with work busy, and so is a gap', () => {
    const meter = meterWithIdle(0, 0)
    for (let turn = 0; turn < 1000; turn++) meter.turn(100, false)
    for (let turn = 0; turn < 1000; turn++) meter.turn(100, true)
    meter.turn(50_000, false)
    meter.turn(200, false)
    meter.turn(199, false)
    expect(meter.read(2_000_000).busyUs).toBe(1_000_000 - 100_000 - 199)
  })

  it('is never less than nothing', () => {
    const meter = meterWithIdle(0, 5000)
    expect(meter.read(2_000_000).busyUs).toBe(0)
  })
})
