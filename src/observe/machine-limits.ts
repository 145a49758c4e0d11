/** What of this machine bounds a run, read once before it. Null stands for what cannot be known here. */
import { existsSync } from 'node:fs'
import { readCpuQuota } from './cgroup-cpu.ts'
import { readEnvironment, readFreeMemory } from './environment.ts'
import {
  countListedPorts,
  parseCount,
  parseOpenFilesHardLimit,
  parseOpenFilesLimit,
  parsePortRange,
} from './proc-text.ts'
import { readProc } from './process-tree.ts'
import { countSockets, type Destination } from './socket-table.ts'

export interface MachineLimits {
  readonly system: NodeJS.Platform
  readonly isRoot: boolean
  readonly isContainer: boolean
  /** Files this process may have open: Node has raised the soft limit to the hard one. */
  readonly fdLimit: number | null
  readonly fdHardLimit: number | null
  /** The most that the hard limit can be raised to (fs.nr_open). */
  readonly fdCeiling: number | null
  /** Open files of the whole machine: now, and at most (fs.file-max). */
  readonly filesOpen: number | null
  readonly filesMax: number | null
  readonly portRange: readonly [first: number, last: number] | null
  /** Ports within the range that the kernel never gives out. */
  readonly portsReserved: number
  /** Local ports of sockets that lead to the target already. */
  readonly portsInUse: number
  readonly portsInTimeWait: number
  /** net.ipv4.tcp_tw_reuse: 0 never, 1 always, 2 on loopback. */
  readonly timeWaitReuse: number | null
  /** Connections that wait for a server's accept() (net.core.somaxconn). */
  readonly acceptQueue: number | null
  /** Handshakes under way at one port (net.ipv4.tcp_max_syn_backlog). */
  readonly synQueue: number | null
  /** Connections that a firewall follows: now, and at most; null: none does. */
  readonly trackedNow: number | null
  readonly trackedMax: number | null
  readonly freeMemoryBytes: number
  readonly cpus: number
  /** By affinity. */
  readonly cpusAllowed: number | null
  /** By a container's quota, in cores; null: none. */
  readonly cpuQuota: number | null
}

/** Reads /proc, /sys and Node's own figures; sockets are counted that lead to `destinations`. */
export function readMachineLimits(destinations: readonly Destination[] = []): MachineLimits {
  const { cpus, cpusAllowed } = readEnvironment()
  const limits = readProc('self/limits') ?? ''
  const portRange = parsePortRange(readProc('sys/net/ipv4/ip_local_port_range') ?? '')
  const reserved = readProc('sys/net/ipv4/ip_local_reserved_ports') ?? ''
  const sockets = countSockets(destinations)
  return {
    system: process.platform,
    isRoot: process.getuid?.() === 0,
    isContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    fdLimit: parseOpenFilesLimit(limits),
    fdHardLimit: parseOpenFilesHardLimit(limits),
    fdCeiling: readCount('fs/nr_open'),
    filesOpen: readCount('fs/file-nr'),
    filesMax: readCount('fs/file-max'),
    portRange,
    portsReserved: portRange === null ? 0 : countListedPorts(reserved, portRange),
    portsInUse: sockets.inUse,
    portsInTimeWait: sockets.timeWait,
    timeWaitReuse: readCount('net/ipv4/tcp_tw_reuse'),
    acceptQueue: readCount('net/core/somaxconn'),
    synQueue: readCount('net/ipv4/tcp_max_syn_backlog'),
    trackedNow: readCount('net/netfilter/nf_conntrack_count'),
    trackedMax: readCount('net/netfilter/nf_conntrack_max'),
    freeMemoryBytes: readFreeMemory(),
    cpus,
    cpusAllowed,
    cpuQuota: readCpuQuota(),
  }
}

/** Local ports that outgoing connections of one address can have; null: not known. */
export function countLocalPorts({
  portRange,
  portsReserved,
}: Pick<MachineLimits, 'portRange' | 'portsReserved'>): number | null {
  return portRange === null ? null : portRange[1] - portRange[0] + 1 - portsReserved
}

/** Cores that this process may use: those of its affinity, or what its quota leaves of them. */
export function countUsableCores({
  cpus,
  cpusAllowed,
  cpuQuota,
}: Pick<MachineLimits, 'cpus' | 'cpusAllowed' | 'cpuQuota'>): number {
  return Math.min(cpusAllowed ?? cpus, cpuQuota ?? Number.POSITIVE_INFINITY)
}

function readCount(path: string): number | null {
  return parseCount(readProc(`sys/${path}`) ?? '')
}
