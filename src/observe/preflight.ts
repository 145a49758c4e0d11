/** Holds a plan against this machine before anything is started. Pure: what it needs and what there is are given. */
import type { Floor } from './floor-cache.ts'
import type { MachineLimits } from './machine-limits.ts'
import { checkDemoServer, checkDescriptors, checkSystemFiles } from './preflight/check-files.ts'
import { checkPorts } from './preflight/check-ports.ts'
import { checkAcceptQueue, checkTracking } from './preflight/check-queues.ts'
import { checkCores, checkMemory, checkRates } from './preflight/check-resources.ts'
import type { Finding } from './preflight/finding.ts'
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
