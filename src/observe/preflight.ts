/** Holds a plan against this machine before anything is started. Pure: what it needs and what there is are given. */
import type { Floor } from './floor-cache.ts'
import type { MachineLimits } from './machine-limits.ts'
import { checkDemoServer, checkDescriptors, checkSystemFiles } from './preflight/check-files.ts'
import { checkPorts } from './preflight/check-ports.ts'
import { checkAcceptQueue, checkTracking } from './preflight/check-queues.ts'
import {
  BASE_BYTES,
  CONNECTION_BYTES,
  checkCores,
  checkMemory,
  checkRates,
} from './preflight/check-resources.ts'
import { type Finding, formatFinding } from './preflight/finding.ts'
import type { CapacityNeeds } from './preflight/needs.ts'

/** Every limit that concerns the plan, `ok` ones included; without those that are not known to exist here. */
export function preflight(
  needs: CapacityNeeds,
  limits: MachineLimits,
  floor: Floor | null = null,
): Finding[] {
  return [
    checkDescriptors(needs, limits),
    checkDemoServer(needs, limits),
    checkSystemFiles(needs, limits),
    checkPorts(needs, limits),
    checkAcceptQueue(needs, limits),
    checkTracking(needs, limits),
    checkMemory(needs, limits),
    checkCores(needs, limits),
    ...checkRates(needs, limits, floor),
  ].filter((finding) => finding !== null)
}

/** Of the fields that a caller does not know, what stands in nobody's way. */
const UNKNOWN: Omit<MachineLimits, 'fdLimit' | 'portRange' | 'freeMemoryBytes'> = {
  system: process.platform,
  isRoot: false,
  isContainer: false,
  fdHardLimit: null,
  fdCeiling: null,
  filesOpen: null,
  filesMax: null,
  portsReserved: 0,
  portsInUse: 0,
  portsInTimeWait: 0,
  timeWaitReuse: null,
  acceptQueue: null,
  synQueue: null,
  trackedNow: null,
  trackedMax: null,
  cpus: Number.POSITIVE_INFINITY,
  cpusAllowed: null,
  cpuQuota: null,
}

/** The same with the few figures that every caller has; only what stands in the way, each message in one line. */
export function checkCapacity(
  needs: Pick<CapacityNeeds, 'connections' | 'sourceIps' | 'workers'> & {
    readonly addresses: number
    readonly demo: boolean
  },
  limits: Pick<MachineLimits, 'fdLimit' | 'portRange' | 'freeMemoryBytes'>,
): Finding[] {
  const { connections, demo, addresses } = needs
  const findings = preflight(
    {
      ...needs,
      oneProcess: false,
      concurrency: 1,
      connectRatePerSec: null,
      messagesPerSec: null,
      memoryBytes: BASE_BYTES + connections * CONNECTION_BYTES,
      destinations: addresses,
      target: demo ? 'demo' : 'elsewhere',
      demoDivides: true,
    },
    { ...UNKNOWN, ...limits },
  )
  return findings
    .filter(({ severity }) => severity !== 'ok')
    .map((finding) => ({ ...finding, message: formatFinding(finding) }))
}
