/** A machine for tests of what is said about one: large enough for anything but what a test takes away. */
import type { MachineLimits } from '../../src/observe/machine-limits.ts'
import type { CapacityNeeds } from '../../src/observe/preflight/needs.ts'

export const LIMITS: MachineLimits = {
  system: 'linux',
  isRoot: false,
  isContainer: false,
  fdLimit: 20_000,
  fdHardLimit: 20_000,
  fdCeiling: 1_048_576,
  filesOpen: 1000,
  filesMax: 1_000_000,
  portRange: [32_768, 60_999],
  portsReserved: 0,
  portsInUse: 0,
  portsInTimeWait: 0,
  timeWaitReuse: 2,
  acceptQueue: 4096,
  synQueue: 2048,
  trackedNow: 10,
  trackedMax: 262_144,
  freeMemoryBytes: 8_000_000_000,
  cpus: 8,
  cpusAllowed: 8,
  cpuQuota: null,
}

/** Where nothing can be read, as elsewhere than on Linux. */
export const UNKNOWN_LIMITS: MachineLimits = {
  ...LIMITS,
  system: 'darwin',
  fdLimit: null,
  fdHardLimit: null,
  fdCeiling: null,
  filesOpen: null,
  filesMax: null,
  portRange: null,
  timeWaitReuse: null,
  acceptQueue: null,
  synQueue: null,
  trackedNow: null,
  trackedMax: null,
  cpusAllowed: null,
}

/** 100 connections to a server elsewhere. */
export const NEEDS: CapacityNeeds = {
  connections: 100,
  workers: 1,
  oneProcess: false,
  concurrency: 250,
  connectRatePerSec: null,
  messagesPerSec: null,
  memoryBytes: 60_800_000,
  sourceIps: 0,
  destinations: 1,
  target: 'elsewhere',
  demoDivides: true,
}
