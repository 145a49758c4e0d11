/** Parsers of Linux's /proc texts (proc(5)): text in, plain numbers out, null when the text is not as expected. */

/** Ticks a second in every /proc time. Part of the kernel's ABI (USER_HZ): 100 on each platform that Node runs on. */
const TICKS_PER_SECOND = 100
const US_PER_TICK = 1_000_000 / TICKS_PER_SECOND

/** /proc/PID/stat, or a thread's /proc/PID/task/TID/stat. */
export interface ProcStat {
  readonly parentPid: number
  /** User and system time, µs; of a process: over all its threads, ended ones too. */
  readonly cpuUs: number
  /** The same of its children that ended and were waited for, and theirs, µs. */
  readonly endedChildrenCpuUs: number
  /** Ticks after boot; with the pid, it names a process for good. */
  readonly startTicks: number
}

/**
 * The command's name stands in parentheses and may itself hold spaces and parentheses: fields count from the last one.
 * Null also for a process just being removed (state X, or no process group), whose times the kernel no longer tells.
 */
export function parseStat(text: string): ProcStat | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  // fields[0] is field 3 (state) of proc(5).
  const at = (number: number) => Number(fields[number - 3])
  if (fields[0] === 'X' || at(5) === -1) return null
  const stat = {
    parentPid: at(4),
    cpuUs: (at(14) + at(15)) * US_PER_TICK,
    endedChildrenCpuUs: (at(16) + at(17)) * US_PER_TICK,
    startTicks: at(22),
  }
  return Object.values(stat).every(Number.isFinite) ? stat : null
}

/** A size line of /proc/PID/status (`VmRSS:  1720 kB`), in bytes. Kernel threads and zombies have none. */
export function parseStatusBytes(text: string, name: 'VmRSS' | 'VmHWM'): number | null {
  const match = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)
  return match === null ? null : Number(match[1]) * 1024
}

/** How many cores `Cpus_allowed_list:  0-3,8` in /proc/PID/status names. */
export function parseAllowedCores(text: string): number | null {
  return parseCoreList(text)?.length ?? null
}

/** The cores themselves. */
export function parseCoreList(text: string): number[] | null {
  const list = /^Cpus_allowed_list:\s*(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)$/m.exec(text)?.[1]
  if (list === undefined) return null
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last! - first! + 1 }, (_, n) => first! + n)
  })
}

/** The soft limit of open files in /proc/PID/limits; null also when it is unlimited. */
export function parseOpenFilesLimit(text: string): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1]
  return soft === undefined ? null : Number(soft)
}

/** /proc/sys/net/ipv4/ip_local_port_range: first and last port. */
export function parsePortRange(text: string): [first: number, last: number] | null {
  const match = /^(\d+)\s+(\d+)\s*$/.exec(text)
  return match === null ? null : [Number(match[1]), Number(match[2])]
}

/** Process ids separated by blanks, as in /proc/PID/task/TID/children. */
export function parseIds(text: string): number[] {
  return text.split(/\s+/).filter(Boolean).map(Number)
}

const LISTEN = '0A'

/** Socket inodes that listen on `port`, from /proc/net/tcp or tcp6. */
export function parseListeningInodes(text: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && local?.endsWith(suffix))
    .map((fields) => fields[9] ?? '')
}

/** The hard limit of open files in /proc/PID/limits; null also when it is unlimited. */
export function parseOpenFilesHardLimit(text: string): number | null {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(text)?.[1]
  return hard === undefined ? null : Number(hard)
}

/** A /proc/sys file of one whole number, or the first of several, as in fs/file-nr. */
export function parseCount(text: string): number | null {
  const match = /^(\d+)\b/.exec(text.trim())
  return match === null ? null : Number(match[1])
}

/** How many ports of `range` are in a list such as `8080,9148-9150` (net/ipv4/ip_local_reserved_ports). */
export function countListedPorts(text: string, [low, high]: readonly [number, number]): number {
  let count = 0
  for (const part of text.trim().split(',').filter(Boolean)) {
    const [first = Number.NaN, last = first] = part.split('-').map(Number)
    count += Math.max(0, Math.min(last, high) - Math.max(first, low) + 1) || 0
  }
  return count
}
