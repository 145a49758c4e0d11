/** Notices what happens to the machine's clocks during a run: a step of the wall clock (NTP, a person), and a suspension. */
import { readFileSync } from 'node:fs'

export interface ClockReaders {
  /** Stands still while the machine is suspended. */
  readonly readMonotonicMs: () => number
  /** Absent: this machine's. */
  readonly readWallMs?: () => number
  /** Time since boot, suspensions included; null where that is not told. Absent: this machine's. */
  readonly readUptimeMs?: () => number | null
}

/** Since the clock was made. */
export interface ClockFindings {
  /** How often the wall clock was stepped. */
  readonly steps: number
  /** The greatest of these by size, ms; negative: back. */
  readonly greatestStepMs: number
  /** How long the machine was suspended in all, ms. */
  readonly suspendedMs: number
}

export interface MachineClock {
  /** To be called about once a second: slewing (500 ppm at most) is then far below what counts as a step. */
  check(): ClockFindings
}

/** What two clocks may differ from one check to the next. */
const LIMIT_MS = 100
/** Readings that were further apart say nothing about each other: this thread was not running in between. */
const CLOSE_MS = 20
const ATTEMPTS = 3

interface Reading {
  readonly wallMs: number
  readonly monotonicMs: number
  /** Null: not told on this machine. */
  readonly uptimeMs: number | null
}

export function createMachineClock(given: ClockReaders): MachineClock {
  const readers = { readWallMs: () => Date.now(), readUptimeMs, ...given }
  const tellsUptime = readers.readUptimeMs() !== null
  let steps = 0
  let greatestStepMs = 0
  let suspendedMs = 0
  let before = readTogether(readers, tellsUptime)
  return {
    check() {
      const now = readTogether(readers, tellsUptime)
      if (before !== null && now !== null) {
        const elapsedMs = now.monotonicMs - before.monotonicMs
        const sinceBootMs =
          now.uptimeMs === null || before.uptimeMs === null ? elapsedMs : now.uptimeMs - before.uptimeMs
        if (sinceBootMs - elapsedMs > LIMIT_MS) suspendedMs += sinceBootMs - elapsedMs
        // The wall clock goes on while the machine is suspended; that is no step.
        const stepMs = now.wallMs - before.wallMs - sinceBootMs
        if (Math.abs(stepMs) > LIMIT_MS) {
          steps++
          if (Math.abs(stepMs) > Math.abs(greatestStepMs)) greatestStepMs = stepMs
        }
      }
      before = now ?? before
      return { steps, greatestStepMs: Math.round(greatestStepMs), suspendedMs: Math.round(suspendedMs) }
    },
  }
}

/** All clocks of one moment; null when there was none, or one could not be read: the next check spans what is left out. */
function readTogether(readers: Required<ClockReaders>, tellsUptime: boolean): Reading | null {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const monotonicMs = readers.readMonotonicMs()
    const wallMs = readers.readWallMs()
    const uptimeMs = tellsUptime ? readers.readUptimeMs() : null
    if (tellsUptime && uptimeMs === null) return null
    if (readers.readMonotonicMs() - monotonicMs <= CLOSE_MS) return { wallMs, monotonicMs, uptimeMs }
  }
  return null
}

/** The boot-time clock from /proc/uptime, in steps of 10 ms; null elsewhere than on Linux. */
export function readUptimeMs(): number | null {
  try {
    return parseUptimeMs(readFileSync('/proc/uptime', 'utf8'))
  } catch {
    return null
  }
}

/** `350735.47 234388.90`: seconds since boot, and seconds that the cores were idle. */
export function parseUptimeMs(text: string): number | null {
  const seconds = /^(\d+\.\d+)\s/.exec(text)?.[1]
  return seconds === undefined ? null : Number(seconds) * 1000
}
