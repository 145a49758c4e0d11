/** `stress doctor`: this machine's limits and what each allows, without a plan. Pure. */
import type { MachineCapacity } from '../observe/machine-capacity.ts'
import type { MachineLimits } from '../observe/machine-limits.ts'
import { alignTable, words } from './align-table.ts'
import { formatBytes, formatCount, formatPlural, NONE } from './format.ts'
import type { Paint } from './paint.ts'

/** A row a limit; what cannot be known is `–` and says why. */
export function machineTable(limits: MachineLimits, capacity: MachineCapacity, paint: Paint): string[] {
  const rows = listRows(limits, capacity).map(([name, here, allows]) => [
    name,
    here ?? NONE,
    here === null ? whyUnknown(limits) : allows,
  ])
  return alignTable([words('limit'), words('here'), words('allows (connections)')], rows, paint.dim)
}

type Row = readonly [name: string, here: string | null, allows: string]

function listRows(limits: MachineLimits, capacity: MachineCapacity): Row[] {
  const { fdLimit, fdHardLimit, filesOpen, filesMax, portRange, acceptQueue, synQueue } = limits
  return [
    [
      'files a process',
      fdLimit === null ? null : `${formatCount(fdLimit)} (hard ${formatCount(fdHardLimit)})`,
      `${formatCount(capacity.oneProcess)} a process, ${capacity.processes} processes`,
    ],
    [
      'files in all',
      filesMax === null ? null : `${formatCount(filesOpen)} of ${writeLarge(filesMax)} open`,
      capacity.systemFiles === null ? '' : `${writeLarge(capacity.systemFiles)} more files`,
    ],
    [
      'local ports',
      portRange === null ? null : `${portRange[0]}-${portRange[1]}`,
      `${formatCount(capacity.oneDestination)} to each address elsewhere`,
    ],
    [
      'server queue',
      acceptQueue === null ? null : `${formatCount(acceptQueue)} (SYN ${formatCount(synQueue)})`,
      `${formatCount(capacity.handshakes)} handshakes at once, server here`,
    ],
    ...(limits.trackedMax === null
      ? []
      : ([
          [
            'firewall',
            `${formatCount(limits.trackedNow)} of ${formatCount(limits.trackedMax)} followed`,
            formatCount(capacity.tracked),
          ],
        ] as const)),
    [
      'memory',
      `${formatBytes(limits.freeMemoryBytes)} free`,
      `${roughly(capacity.memory)}, or ${roughly(capacity.memoryWithDemo)} with the demo`,
    ],
    ['cores', describeCores(limits), `${formatPlural(capacity.workers, 'worker')} beside a server`],
  ]
}

function describeCores({ cpus, cpusAllowed, cpuQuota }: MachineLimits): string {
  const allowed = cpusAllowed === null || cpusAllowed === cpus ? `${cpus}` : `${cpusAllowed} of ${cpus}`
  return cpuQuota === null ? allowed : `${allowed}, quota ${Number(cpuQuota.toFixed(2))}`
}

/** Free memory comes and goes: two digits say enough. */
function roughly(count: number): string {
  return formatCount(Number(count.toPrecision(2)))
}

/** The kernel's own `no limit` is 2^63. */
function writeLarge(count: number): string {
  return count >= 1e15 ? 'any number' : formatCount(count)
}

function whyUnknown({ system }: MachineLimits): string {
  return system === 'linux' ? 'not readable, or no limit' : `not known on ${system}`
}
