/** What a plan does not say because it depends on the machine: several processes, and further source addresses. */

import { isObjectDialect } from '../dialects/registry.ts'
import type { Endpoint } from '../engine/dialer.ts'
import { runForkShard } from '../engine/fork-shard.ts'
import { runThreadShard } from '../engine/thread-shard.ts'
import type { Environment } from '../observe/environment.ts'
import { countProcesses, countSourceAddresses } from '../observe/processes.ts'
import { countConnections, type Plan } from '../plan/plan.ts'
import type { ShardRunner } from './run-test.ts'

interface Fitted {
  readonly plan: Plan
  readonly runner: ShardRunner
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
}

/**
 * One process opens only so many files, and one address has only so many local ports: where the plan needs more, its
 * workers become processes, and a loopback target is connected to from 127.0.0.1, 127.0.0.2 and so on. Neither is done without
 * need: a process costs 60 MB, and a connection that is bound to an address takes several times as long to open.
 */
export function fitToMachine(plan: Plan, machine: Environment, endpoints: readonly Endpoint[]): Fitted {
  const connections = countConnections(plan)
  const warnings: { code: string; message: string }[] = []
  const sourceIps = chooseSourceIps(plan, connections, machine, endpoints)
  if (sourceIps !== plan.target.sourceIps)
    warnings.push({
      code: 'source-addresses',
      message: `local ports do not suffice, so connections were opened from ${sourceIps.length} addresses (${sourceIps[0]} to ${sourceIps.at(-1)})`,
    })
  const target = { ...plan.target, sourceIps }
  if (isOfThisThread(plan))
    return { plan: { ...plan, target, workers: 1 }, runner: runInThisThread, warnings }
  const { fdLimit } = machine
  const processes = countProcesses({ connections, workers: plan.workers, fdLimit })
  // An audience is counted in memory that only threads share.
  if (processes === 1 || plan.fanOut !== null)
    return { plan: { ...plan, target }, runner: runThreadShard, warnings }
  const workers = Math.max(plan.workers, processes)
  return { plan: { ...plan, target, workers, forked: true }, runner: runForkShard, warnings }
}

/** Loaded here: a run in threads has no use for it. */
const runInThisThread: ShardRunner = async (...shard) =>
  (await import('../engine/shard-run.ts')).runShard(...shard)

/** A dialect that is an object cannot go to another thread, so its load is made in this one. */
function isOfThisThread({ groups }: Plan): boolean {
  return groups.some(({ dialect }) => isObjectDialect(dialect))
}

function chooseSourceIps(
  { target }: Plan,
  connections: number,
  { portRange }: Environment,
  endpoints: readonly Endpoint[],
): readonly string[] {
  const addresses = endpoints.flatMap((endpoint) => endpoint.addresses)
  const isLoopback = addresses.length > 0 && addresses.every((address) => address.startsWith('127.'))
  if (target.sourceIps.length > 0 || portRange === null || !isLoopback) return target.sourceIps
  const ports = portRange[1] - portRange[0] + 1
  const count = countSourceAddresses({ connections, destinations: addresses.length, ports })
  if (count === 1) return target.sourceIps
  // None is left unbound: the kernel keeps unbound connections away from every port that one was bound to.
  return Array.from({ length: count }, (_, n) => `127.0.${(n + 1) >> 8}.${(n + 1) & 255}`)
}
