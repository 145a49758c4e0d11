/** What the limits of this machine allow when nothing is asked of it yet: connections, by each limit alone. */
import { countLocalPorts, countUsableCores, type MachineLimits } from './machine-limits.ts'
import {
  BASE_BYTES,
  CONNECTION_BYTES,
  DEMO_CONNECTION_BYTES,
  WORKER_BYTES,
} from './preflight/check-resources.ts'
import { countFittingConnections, MAX_PROCESSES } from './processes.ts'

/** Connections, where nothing else is said; null: not known here. */
export interface MachineCapacity {
  readonly oneProcess: number | null
  readonly allProcesses: number | null
  readonly processes: number
  /** Files that the machine has left for all programs. */
  readonly systemFiles: number | null
  /** To one address elsewhere, from one address. */
  readonly oneDestination: number | null
  /** Handshakes at once to a server on this machine. */
  readonly handshakes: number | null
  readonly tracked: number | null
  readonly memory: number
  /** The demo server takes from the same memory. */
  readonly memoryWithDemo: number
  readonly cores: number
  /** Workers of a run that does not say how many: one core is left to the server. */
  readonly workers: number
}

export function measureCapacity(limits: MachineLimits): MachineCapacity {
  const { fdLimit, acceptQueue, synQueue, freeMemoryBytes } = limits
  const countIn = (processes: number): number | null =>
    fdLimit === null ? null : countFittingConnections({ processes, workers: processes, fdLimit })
  const share = (base: number, perConnection: number): number =>
    Math.max(0, Math.floor((freeMemoryBytes - base) / perConnection))
  const base = BASE_BYTES + WORKER_BYTES
  return {
    oneProcess: countIn(1),
    allProcesses: countIn(MAX_PROCESSES),
    processes: MAX_PROCESSES,
    systemFiles: subtract(limits.filesMax, limits.filesOpen),
    oneDestination: countLocalPorts(limits),
    handshakes: acceptQueue === null ? null : Math.min(acceptQueue, synQueue ?? acceptQueue),
    tracked: subtract(limits.trackedMax, limits.trackedNow),
    memory: share(base, CONNECTION_BYTES),
    memoryWithDemo: share(base + BASE_BYTES, CONNECTION_BYTES + DEMO_CONNECTION_BYTES),
    cores: countUsableCores(limits),
    workers: Math.max(1, (limits.cpusAllowed ?? limits.cpus) - 1),
  }
}

function subtract(most: number | null, now: number | null): number | null {
  return most === null || now === null ? null : Math.max(0, most - now)
}
