import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMachineClock, parseUptimeMs, readUptimeMs } from '../../src/observe/machine-clock.ts'

const NOTHING = { steps: 0, greatestStepMs: 0, suspendedMs: 0 }

/** A machine whose clocks are set by hand. */
class Machine {
  wallMs = 1_800_000_000_000
  monotonicMs = 5000
  uptimeMs: number | null = 5000
  /** What passes between two readings of one check. */
  slowness = 0
  readonly readWallMs = () => this.wallMs
  readonly readUptimeMs = () => (this.uptimeMs === null ? null : Math.floor(this.uptimeMs / 10) * 10)
  readonly readMonotonicMs = () => {
    const read = this.monotonicMs
    this.run(this.slowness)
    return read
  }

  run(ms: number): void {
    this.monotonicMs += ms
    this.suspend(ms)
  }

  suspend(ms: number): void {
    this.wallMs += ms
    if (this.uptimeMs !== null) this.uptimeMs += ms
  }

  step(ms: number): void {
    this.wallMs += ms
  }
}

describe('the clocks of a machine', () => {
  it('that run together tell nothing, for 30 days at the fastest slewing', () => {
    const machine = new Machine()
    const clock = createMachineClock(machine)
    for (let second = 0; second < 30 * 86_400; second += 20) {
      machine.run(20_000)
      machine.step(20_000 * 0.0005)
      clock.check()
    }
    expect(clock.check()).toEqual(NOTHING)
  })

  it.each([3_600_000, 101, -101, -86_400_000])('a step of %d ms is one, and no suspension', (ms) => {
    const machine = new Machine()
    const clock = createMachineClock(machine)
    machine.run(1000)
    machine.step(ms)
    expect(clock.check()).toEqual({ steps: 1, greatestStepMs: ms, suspendedMs: 0 })
    machine.run(1000)
    expect(clock.check()).toEqual({ steps: 1, greatestStepMs: ms, suspendedMs: 0 })
  })

  it('a step back and forth is two', () => {
    const machine = new Machine()
    const clock = createMachineClock(machine)
    machine.step(500)
    clock.check()
    machine.step(-700)
    expect(clock.check()).toEqual({ steps: 2, greatestStepMs: -700, suspendedMs: 0 })
  })

  it('suspensions are added up, and are no steps', () => {
    const machine = new Machine()
    const clock = createMachineClock(machine)
    machine.run(1000)
    machine.suspend(60_000)
    clock.check()
    machine.run(1000)
    machine.suspend(2000)
    expect(clock.check()).toEqual({ steps: 0, greatestStepMs: 0, suspendedMs: 62_000 })
  })

  it('a suspension after which the clock is set is both', () => {
    const machine = new Machine()
    const clock = createMachineClock(machine)
    machine.suspend(60_000)
    machine.step(-250)
    expect(clock.check()).toEqual({ steps: 1, greatestStepMs: -250, suspendedMs: 60_000 })
  })

  it('a machine that does not tell its uptime: steps only', () => {
    const machine = new Machine()
    machine.uptimeMs = null
    const clock = createMachineClock(machine)
    machine.run(1000)
    expect(clock.check()).toEqual(NOTHING)
    machine.step(5000)
    expect(clock.check()).toMatchObject({ steps: 1, greatestStepMs: 5000 })
  })

  it('a check that takes long, or cannot read, finds nothing by that; the next one has all', () => {
    const machine = new Machine()
    const clock = createMachineClock(machine)
    machine.slowness = 300
    expect(clock.check()).toEqual(NOTHING)
    machine.slowness = 0
    const { uptimeMs } = machine
    machine.uptimeMs = null
    machine.step(400)
    expect(clock.check()).toEqual(NOTHING)
    machine.uptimeMs = uptimeMs
    expect(clock.check()).toEqual({ steps: 1, greatestStepMs: 400, suspendedMs: 0 })
  })

  it('whatever passes without a step or a suspension, nothing is found', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 50 }), (waits) => {
        const machine = new Machine()
        const clock = createMachineClock(machine)
        for (const ms of waits) {
          machine.run(ms)
          expect(clock.check()).toEqual(NOTHING)
        }
      }),
    )
  })
})

it('the clocks of this machine are read, and agree for a while', () => {
  const clock = createMachineClock({ readMonotonicMs: () => performance.now() })
  for (let n = 0; n < 1000; n++) expect(clock.check().suspendedMs).toBe(0)
})

describe('uptime', () => {
  it.each([
    ['350735.47 234388.90\n', 350_735_470],
    ['0.05 0.00\n', 50],
    ['', null],
    ['soon', null],
  ])('%j', (text, ms) => {
    const parsed = parseUptimeMs(text)
    if (ms === null) expect(parsed).toBeNull()
    else expect(parsed).toBeCloseTo(ms, 3)
  })

  it.runIf(process.platform === 'linux')('of this machine goes on', () => {
    expect(readUptimeMs()).toBeGreaterThan(0)
  })
})
