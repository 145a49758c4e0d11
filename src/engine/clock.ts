/** The one clock: CLOCK_MONOTONIC in microseconds, the same in every thread and process of a machine. */

// performance.now() is the cheapest reading (44 ns, no BigInt), but its origin may differ by thread.
const originUs = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000

export function nowUs(): number {
  return performance.now() * 1000 + originUs
}

/** Seconds since 1970, for contents of messages; no duration is ever made of it. */
export function unixSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
