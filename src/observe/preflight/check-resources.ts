/** Memory and cores, and what a core was measured to do. */
import type { Floor } from '../floor-cache.ts'
import { countUsableCores, type MachineLimits } from '../machine-limits.ts'
import { BASE_DESCRIPTORS, countProcesses, WORKER_DESCRIPTORS } from '../processes.ts'
import { type Finding, writeCount, writeMegabytes } from './finding.ts'
import { type CapacityNeeds, isServerHere } from './needs.ts'
import { raiseFiles } from './raise-limit.ts'

/** Measured on Node 20 (design, "Performance"): a process, a worker thread with its buffers, one connection. */
export const BASE_BYTES = 60_000_000
export const WORKER_BYTES = 30_000_000
export const CONNECTION_BYTES = 8000
/** A connection of the demo server, on `ws`; measured: 14 to 31 KB. */
export const DEMO_CONNECTION_BYTES = 30_000

export function checkMemory(needs: CapacityNeeds, { fdLimit, freeMemoryBytes }: MachineLimits): Finding {
  const { connections, workers, memoryBytes, target } = needs
  const isDemo = target === 'demo'
  const processes = countOwnProcesses(needs, fdLimit)
  const base =
    BASE_BYTES * (processes + (isDemo ? processes : 0)) + WORKER_BYTES * Math.max(workers, processes)
  const perConnection =
    Math.max(0, memoryBytes - BASE_BYTES) / connections + (isDemo ? DEMO_CONNECTION_BYTES : 0)
  const value = Math.ceil(base + connections * perConnection)
  const plain = { code: 'memory', value, limit: freeMemoryBytes, unit: 'bytes' } as const
  const message = `${writeCount(connections)} connections take about ${writeMegabytes(value)}${isDemo ? ', the demo server included' : ''}`
  if (value <= freeMemoryBytes) return { ...plain, severity: 'ok', message, fix: null, mistake: null }
  const fitting = Math.max(0, Math.floor((freeMemoryBytes - base) / perConnection))
  return {
    ...plain,
    severity: 'warning',
    message: `${message}, ${writeMegabytes(freeMemoryBytes)} are free`,
    fix: `${writeCount(fitting)} fit: --connections ${Math.max(1, fitting)}`,
    mistake: null,
  }
}

export function checkCores(needs: CapacityNeeds, limits: MachineLimits): Finding {
  const processes = countOwnProcesses(needs, limits.fdLimit)
  const own = Math.max(needs.workers, processes)
  // A server here needs one as well; that of several processes at least.
  const value = own + (isServerHere(needs) ? 1 : 0)
  const limit = countUsableCores(limits)
  const what = processes > needs.workers ? 'processes' : 'workers'
  const server = value > own ? ' and the server' : ''
  const message = `${own} ${own === 1 ? what.replace(/e?s$/, '') : what}${server} on ${limit} ${limit === 1 ? 'core' : 'cores'}`
  const plain = { code: 'cores', value, limit, unit: 'count' } as const
  if (value <= limit) return { ...plain, severity: 'ok', message, fix: null, mistake: null }
  const byQuota = limits.cpuQuota === limit
  const fewer = Math.max(1, Math.floor(limit))
  const more = byQuota ? `docker run --cpus ${value}` : 'start it on more cores (taskset, or another machine)'
  const files = needs.connections + BASE_DESCRIPTORS + needs.workers * WORKER_DESCRIPTORS
  const less =
    processes > Math.max(1, limit)
      ? `one process is enough with: ${raiseFiles(files, limits)}; or `
      : fewer < own
        ? `--workers ${fewer}, or `
        : ''
  return {
    ...plain,
    severity: 'warning',
    message: `${message}${byQuota ? ' by its quota' : ''}: ${value === 1 ? 'it is stopped again and again, and is' : 'they take turns, and are'} late by that`,
    fix: `${less}${more}`,
    mistake: null,
  }
}

/** Of what a core was measured to do, as in the verdict (result/floor-note.ts): the measuring had an idle machine. */
const SHARE_OF_CAPACITY = 0.8

/** Rates near or beyond what a core of this machine was measured to reach, by the floor; nothing without one. */
export function checkRates(needs: CapacityNeeds, limits: MachineLimits, floor: Floor | null): Finding[] {
  if (floor === null) return []
  const { workers, messagesPerSec, connectRatePerSec } = needs
  const threads = Math.max(workers, countOwnProcesses(needs, limits.fdLimit))
  const cores = Math.min(threads, countUsableCores(limits))
  const { messagesPerSecondPerCore, connectionsPerSecond } = floor
  return [
    holdRate('rate', 'messages', messagesPerSec, messagesPerSecondPerCore, cores, limits),
    holdRate('connect-rate', 'connections', connectRatePerSec, connectionsPerSecond, cores, limits),
  ].filter((finding) => finding !== null)
}

function holdRate(
  code: 'rate' | 'connect-rate',
  noun: string,
  asked: number | null,
  perCore: number | null,
  cores: number,
  limits: MachineLimits,
): Finding | null {
  if (asked === null || perCore === null) return null
  const usable = perCore * SHARE_OF_CAPACITY
  const limit = Math.floor(usable * cores)
  const plain = { code, value: asked, limit, unit: 'count' } as const
  const message = `${writeCount(asked)} ${noun}/s are asked for; this machine's generator tops at about ${writeRough(perCore)}/s a core`
  if (asked <= limit) return { ...plain, severity: 'ok', message, fix: null, mistake: null }
  const workers = Math.ceil(asked / usable)
  const lower = `--${code} ${limit}`
  return {
    ...plain,
    severity: 'warning',
    message: cores === 1 ? message : `${message}, ${writeRough(perCore * cores)} on ${cores}`,
    fix:
      workers <= countUsableCores(limits)
        ? `--workers ${workers}, or ${lower}`
        : `${lower}, or a second machine`,
    mistake: null,
  }
}

/** A measured figure is not known to more digits. */
function writeRough(value: number): string {
  return writeCount(Number(value.toPrecision(3)))
}

function countOwnProcesses(
  { connections, workers, oneProcess }: CapacityNeeds,
  fdLimit: number | null,
): number {
  return oneProcess ? 1 : countProcesses({ connections, workers, fdLimit })
}
