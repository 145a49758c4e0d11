import { closeSync, openSync, readSync } from 'node:fs'

/** Of this thread since it began, µs. */
export interface CoreTimes {
  /** It ran. */
  readonly ranUs: number
  /** It could have run, but had no core: something else ran there, or the container's share was used up. */
  readonly waitedUs: number
}

const LONGEST_LINE = 128

/**
 * What Linux's scheduler says of the thread that made this (nanoseconds run, nanoseconds waited, slices). The file stays
 * open, so that it can still be read when connections have taken every descriptor. A few µs: not for the hot path.
 */
export class CoreTimer {
  readonly #file: number | null
  readonly #line = Buffer.alloc(LONGEST_LINE)

  constructor(path = '/proc/thread-self/schedstat') {
    this.#file = openIfThere(path)
  }

  /** Null elsewhere than on Linux, and where the kernel keeps no such times. */
  read(): CoreTimes | null {
    if (this.#file === null) return null
    try {
      const length = readSync(this.#file, this.#line, 0, LONGEST_LINE, 0)
      return parseSchedstat(this.#line.toString('latin1', 0, length))
    } catch {
      return null
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
  }
}

/** Null when the text is not as expected. */
export function parseSchedstat(text: string): CoreTimes | null {
  const match = /^(\d+) (\d+) \d+\s*$/.exec(text)
  return match === null ? null : { ranUs: Number(match[1]) / 1000, waitedUs: Number(match[2]) / 1000 }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}
