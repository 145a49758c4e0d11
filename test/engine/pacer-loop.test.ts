/** The loop that sends what is due, with clock and timers in our hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LoopMeter } from '../../src/engine/loop-meter.ts'
import { createPacer } from '../../src/engine/pacer.ts'
import { runPacerLoop, waitUntil } from '../../src/engine/pacer-loop.ts'
import { createSchedule } from '../../src/engine/schedule.ts'

const clock = vi.hoisted(() => ({ us: 0 }))
vi.mock('../../src/engine/clock.ts', () => ({ nowUs: () => clock.us }))

const START = 3_000_000_000

beforeEach(() => {
  clock.us = START
  vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function start(perSec: number, durationUs: number | null, messagesEach: number | null = null) {
  const seen: { dueUs: number; atUs: number; client: number; sent: boolean }[] = []
  const note = (sent: boolean) => (client: number, dueUs: number) => {
    seen.push({ client, dueUs: dueUs - START, atUs: clock.us - START, sent })
  }
  const abort = new AbortController()
  const stages = [{ fromPerSec: perSec, toPerSec: perSec, durationUs: 0 }]
  const share = { groupSize: 2, places: [0, 1], messagesEach, durationUs }
  let over = false
  runPacerLoop({
    pacer: createPacer(createSchedule(stages), share, 'constant', 1),
    startUs: START,
    endUs: durationUs === null ? Number.POSITIVE_INFINITY : START + durationUs,
    send: note(true),
    skip: note(false),
    reads: () => 0,
    meter: new LoopMeter(START),
    signal: abort.signal,
  }).then(() => {
    over = true
  })
  return { seen, abort, isOver: () => over }
}

/** Lets that much time pass in steps, with one turn of the loop in each. */
async function pass(us: number, stepUs = 500): Promise<void> {
  for (let gone = 0; gone < us; gone += stepUs) {
    clock.us += stepUs
    await vi.advanceTimersByTimeAsync(gone % 1000 === 0 ? 1 : 0)
  }
}

describe('runPacerLoop', () => {
  it('sends each message once, never early, in turn over the clients', async () => {
    const { seen, isOver } = start(100, 200_000)
    await pass(400_000)
    expect(isOver()).toBe(true)
    expect(seen.map(({ dueUs }) => dueUs)).toEqual(Array.from({ length: 20 }, (_, n) => n * 10_000))
    expect(seen.map(({ client }) => client)).toEqual(Array.from({ length: 20 }, (_, n) => n % 2))
    expect(seen.every(({ atUs, dueUs }) => atUs >= dueUs)).toBe(true)
  })

  it('after a pause of the generator all that was due is sent, each with its own due time', async () => {
    const { seen } = start(10_000, 1_000_000)
    await pass(100_000)
    const before = seen.length
    clock.us += 300_000
    await pass(60_000)
    const caught = seen.slice(before)
    expect(caught.length).toBeGreaterThanOrEqual(3000)
    expect(caught.map(({ dueUs }) => dueUs)).toEqual(
      Array.from(caught, (_, n) =>
        createSchedule([{ fromPerSec: 1e4, toPerSec: 1e4, durationUs: 0 }]).dueUs(before + n),
      ),
    )
    expect(caught[0]!.atUs - caught[0]!.dueUs).toBeGreaterThanOrEqual(300_000)
    expect(caught.every(({ sent }) => sent)).toBe(true)
  })

  it('what is still due 100 ms after the end is skipped, and counted one by one', async () => {
    const { seen, isOver } = start(1000, 500_000)
    await pass(100_000)
    clock.us += 2_000_000
    await pass(100_000)
    expect(isOver()).toBe(true)
    expect(seen).toHaveLength(500)
    expect(seen.findIndex(({ sent }) => !sent)).toBeLessThanOrEqual(102)
    expect(seen.at(-1)).toMatchObject({ dueUs: 499_000, sent: false })
  })

  it('a count of messages ends it, without a time', async () => {
    const { seen, isOver } = start(1000, null, 7)
    await pass(50_000)
    expect(seen).toHaveLength(14)
    expect(isOver()).toBe(true)
  })

  it('an abort ends it at once', async () => {
    const { seen, abort, isOver } = start(1000, 500_000)
    await pass(20_000)
    const before = seen.length
    abort.abort()
    await pass(110_000)
    expect(isOver()).toBe(true)
    expect(seen).toHaveLength(before)
  })

  it('sends 64 in a row, so that reads get their turn', () => {
    const { seen } = start(100_000, 1_000_000)
    expect(seen).toHaveLength(1)
    clock.us += 100_000
    vi.advanceTimersToNextTimer()
    expect(seen).toHaveLength(65)
    vi.advanceTimersToNextTimer()
    expect(seen).toHaveLength(129)
  })
})

it('waitUntil waits for the clock, and an abort ends the wait', async () => {
  let done = 0
  const abort = new AbortController()
  waitUntil(START + 250_000, abort.signal).then(() => done++)
  waitUntil(START + 60_000_000, abort.signal).then(() => done++)
  await pass(240_000)
  expect(done).toBe(0)
  await pass(12_000)
  expect(done).toBe(1)
  abort.abort()
  await pass(110_000)
  expect(done).toBe(2)
})
