import { statSync } from 'node:fs'
import { type ProcStat, parseAllowedCores, parseCoreList, parseStat, parseStatusBytes } from './proc-text.ts'
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
      const atUs = nowUs()
      const stats = readConsistently(() => (tree ? listTree(pid) : [pid]), readStat)
      if (stats.get(pid)?.startTicks !== startTicks || startTicks === undefined) return null
      const readings = [...stats].map(([member, stat]) => readProcess(member, stat))
      // The root comes first.
      return readings[0]?.alive ? sumUp(atUs, readings, tree) : null
    },
  }
}

const CONSISTENT_ATTEMPTS = 10

/**
 * Reads every process of `list`, root first. A child that ends moves its time to its parent: were it fetched between the
 * two reads, it would be in neither. So when one of the listed has gone meanwhile, all are listed and read again.
 */
export function readConsistently(
  list: () => number[],
  read: (pid: number) => ProcStat | null,
): Map<number, ProcStat> {
  for (let attempt = 1; ; attempt++) {
    const members = list()
    const stats = new Map<number, ProcStat>()
    for (const member of members) {
      const stat = read(member)
      if (stat !== null) stats.set(member, stat)
    }
    const complete = stats.size === members.length
    if (complete || stats.size === 0 || attempt === CONSISTENT_ATTEMPTS) return stats
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
 * with both summed, the time of a tree does not fall (unless a process leaves it by losing its parent).
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

/** Both processes may only run on one and the same core. False also when that is not known. */
export function shareOneCore(pid: number, other: number): boolean {
  const lists = [pid, other].map((one) => parseCoreList(readProc(`${one}/status`) ?? ''))
  return lists.every((list) => list !== null) && new Set(lists.flat()).size === 1
}
