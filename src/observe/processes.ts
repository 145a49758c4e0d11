/** How many processes and source addresses a number of connections takes: pure, for the run and for what is said before it. */

/** A process beside its connections: files, pipes and the event loop's own; measured on Node 20: 27 and 4 a thread, so with room. */
export const BASE_DESCRIPTORS = 64
export const WORKER_DESCRIPTORS = 16

/** Beyond this, processes cost more than the connections they carry. */
export const MAX_PROCESSES = 64

/** Of the ports, what is left to others: sockets in use or in TIME_WAIT. */
const PORT_MARGIN = 0.05

/** Most connections that `processes` processes can open together; `workers` is over all of them, each has at least one. */
export function countFittingConnections(options: {
  readonly processes: number
  readonly workers: number
  /** Open files a process may have; null: unlimited or unknown. */
  readonly fdLimit: number | null
}): number {
  const { processes, workers, fdLimit } = options
  if (fdLimit === null) return Number.POSITIVE_INFINITY
  const workersEach = Math.max(1, Math.ceil(workers / processes))
  return processes * Math.max(0, fdLimit - BASE_DESCRIPTORS - WORKER_DESCRIPTORS * workersEach)
}

/**
 * Fewest processes whose descriptors hold the connections, split evenly; 1 to MAX_PROCESSES, which is also what comes
 * back when not even those are enough (the preflight refuses such a plan).
 */
export function countProcesses(options: {
  readonly connections: number
  /** Over all processes. */
  readonly workers: number
  readonly fdLimit: number | null
}): number {
  const { connections, workers, fdLimit } = options
  let processes = 1
  while (
    processes < MAX_PROCESSES &&
    countFittingConnections({ processes, workers, fdLimit }) < connections
  ) {
    processes++
  }
  return processes
}

/** Connections from one source address to one destination that `ports` local ports hold, less a margin for those in use. */
export function countUsablePorts(ports: number): number {
  return Math.floor(ports * (1 - PORT_MARGIN))
}

/**
 * Fewest source addresses for the connections; 1: none has to be bound. Unbound, the kernel shares a port between
 * destinations; bound to an address it does not (measured on Linux 6.18), so destinations count only without binding.
 * Infinity when there are no ports.
 */
export function countSourceAddresses(options: {
  readonly connections: number
  /** Different host:port pairs connected to. */
  readonly destinations: number
  /** Local ports of outgoing connections. */
  readonly ports: number
}): number {
  const { connections, destinations, ports } = options
  const usable = countUsablePorts(ports)
  if (connections <= usable * Math.max(1, destinations)) return 1
  return Math.ceil(connections / usable)
}
