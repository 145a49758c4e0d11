import type { Environment } from './environment.ts'

/** What a plan takes of this machine. */
export interface CapacityNeeds {
  readonly connections: number
  /** Local addresses to bind to; 0: the kernel chooses. */
  readonly sourceIps: number
  /** Different host:port pairs connected to. */
  readonly addresses: number
  readonly workers: number
  /** The demo server runs here too. */
  readonly demo: boolean
}

export type CapacityLimits = Pick<Environment, 'fdLimit' | 'portRange'> & {
  readonly freeMemoryBytes: number
}

/** `error`: the plan cannot be carried out on this machine. `warning`: it may fail. */
export interface CapacityFinding {
  readonly severity: 'error' | 'warning'
  readonly code: 'descriptors' | 'ports' | 'memory'
  /** What is needed, what there is, and the command that raises it. */
  readonly message: string
  /** What the plan needs: descriptors, ports or bytes. */
  readonly value: number
  /** What there is, in the same unit. */
  readonly limit: number
}

/** Files, pipes and the event loops' own descriptors beside the connections; measured on Node 20: 27 and 4, so with room. */
const BASE_DESCRIPTORS = 64
const WORKER_DESCRIPTORS = 16

/** Measured on Node 20 (design, "Performance"): a process, a worker thread with its buffers, one connection. */
const BASE_BYTES = 60_000_000
const WORKER_BYTES = 30_000_000
const CONNECTION_BYTES = 8_000
/** A connection of the demo server, on `ws`; measured: 14 to 31 KB. */
const DEMO_CONNECTION_BYTES = 30_000

const FIRST_FREE_PORT = 1024
const LAST_PORT = 65_535

/** Holds the plan against this machine's limits, before anything is started. Empty: nothing stands in its way. */
export function checkCapacity(needs: CapacityNeeds, limits: CapacityLimits): CapacityFinding[] {
  return [checkDescriptors(needs, limits), checkPorts(needs, limits), checkMemory(needs, limits)].filter(
    (finding) => finding !== null,
  )
}

function checkDescriptors(
  { connections, workers }: CapacityNeeds,
  { fdLimit }: CapacityLimits,
): CapacityFinding | null {
  const value = connections + BASE_DESCRIPTORS + workers * WORKER_DESCRIPTORS
  if (fdLimit === null || value <= fdLimit) return null
  return {
    severity: 'error',
    code: 'descriptors',
    message:
      `${count(connections)} connections need ${count(value)} open files, this process may have ${count(fdLimit)}; ` +
      `raise it in this shell: ulimit -n ${value} (as root), or sudo prlimit --pid $$ --nofile=${value}:${value}`,
    value,
    limit: fdLimit,
  }
}

/**
 * A connection is told from others by its two ends. Unbound, the kernel shares a local port between destinations;
 * bound to an address it does not (measured on Linux 6.18 with a range of 50 ports).
 */
function checkPorts(
  { connections, sourceIps, addresses }: CapacityNeeds,
  { portRange }: CapacityLimits,
): CapacityFinding | null {
  if (portRange === null) return null
  const ends = sourceIps > 0 ? sourceIps : addresses
  const ports = portRange[1] - portRange[0] + 1
  const limit = ports * ends
  if (connections <= limit) return null

  const widened = (LAST_PORT - FIRST_FREE_PORT + 1) * ends
  const more =
    sourceIps > 0
      ? `give --source-ip ${Math.ceil(connections / ports)} addresses`
      : `give --source-ip ${Math.ceil(connections / ports)} addresses of this machine (of 127.0.0.0/8 for a local server)`
  const sysctl = `sudo sysctl -w net.ipv4.ip_local_port_range="${FIRST_FREE_PORT} ${LAST_PORT}"`
  return {
    severity: 'error',
    code: 'ports',
    message:
      `${count(connections)} connections need as many local ports, there are ${count(limit)} ` +
      `(${portRange[0]}-${portRange[1]}${ends > 1 ? `, for each of ${ends} addresses` : ''}); ` +
      (connections <= widened ? `widen the range: ${sysctl}, or ${more}` : more),
    value: connections,
    limit,
  }
}

function checkMemory(
  { connections, workers, demo }: CapacityNeeds,
  { freeMemoryBytes }: CapacityLimits,
): CapacityFinding | null {
  const perConnection = CONNECTION_BYTES + (demo ? DEMO_CONNECTION_BYTES : 0)
  const base = BASE_BYTES * (demo ? 2 : 1) + WORKER_BYTES * workers
  const value = base + connections * perConnection
  if (value <= freeMemoryBytes) return null
  const fitting = Math.max(0, Math.floor((freeMemoryBytes - base) / perConnection))
  return {
    severity: 'warning',
    code: 'memory',
    message:
      `${count(connections)} connections take about ${megabytes(value)}${demo ? ', the demo server included' : ''}, ` +
      `${megabytes(freeMemoryBytes)} are free; ${count(fitting)} fit: --connections ${fitting}`,
    value,
    limit: freeMemoryBytes,
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function megabytes(bytes: number): string {
  return `${count(Math.ceil(bytes / 1e6))} MB`
}
