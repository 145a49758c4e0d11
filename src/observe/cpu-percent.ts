import type { ProcessSample } from './process-sampler.ts'

/** /proc counts in ticks of 10 ms: under a second, one thread's share is a coarse guess. */
const BUSIEST_WINDOW_US = 1_000_000

type Times = Pick<ProcessSample, 'atUs' | 'cpuUs'>

/** CPU between two samples in per cent of one core (two busy threads: 200); null when no time lies between them. */
export function cpuPercent(before: Times, after: Times): number | null {
  const elapsedUs = after.atUs - before.atUs
  if (elapsedUs <= 0) return null
  return (Math.max(0, after.cpuUs - before.cpuUs) / elapsedUs) * 100
}

/** The busiest single thread in per cent of one core; null under a second between the samples, or without threads. */
export function busiestThreadPercent(before: ProcessSample, after: ProcessSample): number | null {
  const elapsedUs = after.atUs - before.atUs
  if (elapsedUs < BUSIEST_WINDOW_US || after.threads.length === 0) return null
  const earlier = new Map(before.threads.map(({ tid, cpuUs }) => [tid, cpuUs]))
  // A thread that was not there before began in between: all its time belongs to the window.
  const usedUs = after.threads.map(({ tid, cpuUs }) => cpuUs - (earlier.get(tid) ?? 0))
  return (Math.max(0, ...usedUs) / elapsedUs) * 100
}
