import { arch, cpus, release, totalmem, type } from 'node:os'
import { parseAllowedCores, parseOpenFilesLimit, parsePortRange } from './proc-text.ts'
import { readProc } from './process-tree.ts'

/** The generator's machine, as RunResult shows it. */
export interface Environment {
  /** Version of Node, `v20.19.0`. */
  node: string
  os: string
  cpuModel: string
  cpus: number
  /** Cores this process may run on (taskset, cpuset); null elsewhere than on Linux. */
  cpusAllowed: number | null
  memoryBytes: number
  /** Open files at once (Node has raised the soft limit to the hard one); null: unlimited or unknown. */
  fdLimit: number | null
  /** First and last local port of outgoing connections; null: unknown. */
  portRange: [number, number] | null
  ci: boolean
}

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const cores = cpus()
  return {
    node: process.version,
    os: `${type()} ${release()} ${arch()}`,
    cpuModel: cores[0]?.model.trim() ?? 'unknown',
    cpus: cores.length,
    cpusAllowed: parseAllowedCores(readProc('self/status') ?? ''),
    memoryBytes: totalmem(),
    fdLimit: parseOpenFilesLimit(readProc('self/limits') ?? ''),
    portRange: parsePortRange(readProc('sys/net/ipv4/ip_local_port_range') ?? ''),
    ci: isSet(env.CI),
  }
}

/** Memory that can still be taken without swapping, within the container's limit when there is one. */
export function readFreeMemory(): number {
  return process.availableMemory()
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase())
}
