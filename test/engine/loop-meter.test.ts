import { performance } from 'node:perf_hooks'
import { afterEach, expect, it, vi } from 'vitest'
import { LoopMeter } from '../../src/engine/loop-meter.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A meter whose loop has waited in the kernel for so many ms at each reading. */
function meterWithIdle(...idleMs: number[]): LoopMeter {
  const reading = vi.spyOn(performance, 'eventLoopUtilization')
  for (const idle of idleMs) reading.mockReturnValueOnce({ idle, active: 0, utilization: 0 })
  return new LoopMeter(1_000_000)
}

it('what was not waited in the kernel was busy', () => {
  const meter = meterWithIdle(5, 305, 1205)
  expect(meter.read(2_000_000)).toEqual({ busyUs: 700_000, totalUs: 1_000_000 })
  expect(meter.read(3_000_000)).toEqual({ busyUs: 800_000, totalUs: 2_000_000 })
})

it('turns of a spinning loop without work are idle, with work busy, and so is a gap', () => {
  const meter = meterWithIdle(0, 0)
  for (let turn = 0; turn < 1000; turn++) meter.turn(100, false)
  for (let turn = 0; turn < 1000; turn++) meter.turn(100, true)
  meter.turn(50_000, false)
  meter.turn(200, false)
  meter.turn(199, false)
  expect(meter.read(2_000_000)).toEqual({ busyUs: 1_000_000 - 100_000 - 199, totalUs: 1_000_000 })
})

it('is never less than nothing', () => {
  const meter = meterWithIdle(0, 5000)
  expect(meter.read(2_000_000).busyUs).toBe(0)
})
