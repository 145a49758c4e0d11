import { statSync } from 'node:fs'
import { type ProcStat, parseAllowedCores, parseStat, parseStatusBytes } from './proc-text.ts'
import { listProc, listTree, readProc } from './process-tree.ts'

export interface ThreadCpu {
  readonly tid: number
  /** User and system time since the thread began, µs. */
  readonly cpuUs: number
}

/** One look at a process, or at a process and all below it. */
export interface ProcessSample {
  readonly atUs: number
  /** Resident memory. Of a tree: the sum, in which a page shared by two processes counts twice. */
  readonly rssBytes: number
  /** User and system time, µs; ended threads, and in a tree ended processes, included. */
  readonly cpuUs: number
  readonly threads: readonly ThreadCpu[]
  /** Open file descriptors; null when they may not be counted. */
  readonly fds: number | null
  readonly processes: number
}

export interface ProcessSampler {
  /** Null once the process has ended, and always elsewhere than on Linux. */
  sample(): ProcessSample | null
}

export interface ProcessSamplerOptions {
  readonly nowUs: () => number
  /** Sum up the process and all below it (node:cluster, nginx). */
  readonly tree?: boolean
}

/** Watches process `pid` through /proc; a later process with the same id is not taken for it. */
export function createProcessSampler(
  pid: number,
  { nowUs, tree = false }: ProcessSamplerOptions,
): ProcessSampler {
  const startTicks = readStat(pid)?.startTicks
  return {
    sample() {
      const root = readStat(pid)
      if (root === null || root.startTicks !== startTicks) return null
      const atUs = nowUs()
      const rootReading = readProcess(pid, root)
      if (!rootReading.alive) return null
      const below = tree ? listTree(pid).slice(1) : []
      const readings = below.flatMap((child) => {
        const stat = readStat(child)
        return stat === null ? [] : [readProcess(child, stat)]
      })
      return sumUp(atUs, [rootReading, ...readings], tree)
    },
  }
}

interface Reading {
  readonly stat: ProcStat
  readonly alive: boolean
  readonly rssBytes: number
  readonly threads: ThreadCpu[]
  readonly fds: number | null
}

/** A process that has ended keeps its times, but no memory, until its parent has fetched its exit code. */
function readProcess(pid: number, stat: ProcStat): Reading {
  const rssBytes = parseStatusBytes(readProc(`${pid}/status`) ?? '', 'VmRSS')
  if (rssBytes === null) return { stat, alive: false, rssBytes: 0, threads: [], fds: 0 }
  return { stat, alive: true, rssBytes, threads: readThreads(pid), fds: countDescriptors(pid) }
}

function readThreads(pid: number): ThreadCpu[] {
  const threads: ThreadCpu[] = []
  for (const tid of listProc(`${pid}/task`)) {
    const stat = parseStat(readProc(`${pid}/task/${tid}/stat`) ?? '')
    if (stat !== null) threads.push({ tid: Number(tid), cpuUs: stat.cpuUs })
  }
  return threads
}

/** Linux 6.2 and later tell the count as the directory's size; listing 10,000 entries would take milliseconds. */
function countDescriptors(pid: number): number | null {
  try {
    const { size } = statSync(`/proc/${pid}/fd`)
    const count = size > 0 ? size : listProc(`${pid}/fd`).length
    return count > 0 ? count : null
  } catch {
    return null
  }
}

/**
 * A child that ended takes its own time with it, but it then stands in its parent's `endedChildren`:
 * with both summed, the time of a tree never falls.
 */
function sumUp(atUs: number, readings: readonly Reading[], tree: boolean): ProcessSample {
  return {
    atUs,
    rssBytes: sum(readings.map((reading) => reading.rssBytes)),
    cpuUs: sum(readings.map(({ stat }) => stat.cpuUs + (tree ? stat.endedChildrenCpuUs : 0))),
    threads: readings.flatMap((reading) => reading.threads),
    fds: readings.every(({ fds }) => fds !== null) ? sum(readings.map(({ fds }) => fds ?? 0)) : null,
    processes: readings.filter(({ alive }) => alive).length,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function readStat(pid: number): ProcStat | null {
  return parseStat(readProc(`${pid}/stat`) ?? '')
}

/** How many cores process `pid` may run on; null when that is not known (ended, not Linux). */
export function readAffinityCores(pid: number): number | null {
  return parseAllowedCores(readProc(`${pid}/status`) ?? '')
}
