import { expect, it } from 'vitest'
import { SlowReading } from '../../src/engine/slow-reading.ts'

function start(bytesPerSec: number) {
  let isReading = true
  const link = {
    pauseReading() {
      isReading = false
    },
    resumeReading() {
      isReading = true
    },
  }
  return { slow: new SlowReading(link, bytesPerSec, 40), isReading: () => isReading }
}

it('reads nothing until it is over', () => {
  const { slow, isReading } = start(0)
  for (let us = 1; us < 5e6; us += 1e5) slow.sweep(us)
  expect(isReading()).toBe(false)
  slow.end()
  slow.sweep(6e6)
  expect(isReading()).toBe(true)
})

it('reads so many bytes a second, whatever comes in one read', () => {
  const { slow, isReading } = start(1000)
  let read = 0
  for (let us = 1; us <= 60e6; us += 1e5) {
    slow.sweep(us)
    if (!isReading()) continue
    slow.read(4096)
    read += 4096
  }
  expect(read).toBeGreaterThan(60_000 - 4096)
  expect(read).toBeLessThan(60_000 + 4096)
})

it('was owed what was published since, once', () => {
  const { slow } = start(0)
  expect([slow.takeOwed(100), slow.takeOwed(120)]).toEqual([60, 0])
})
