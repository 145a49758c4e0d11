/** What a plan takes of this machine, and the machine's limits with that in view. */
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isObjectDialect } from '../dialects/registry.ts'
import { type Mistake, UsageError } from '../errors.ts'
import { type Floor, readFloor } from '../observe/floor-cache.ts'
import { type MachineLimits, readMachineLimits } from '../observe/machine-limits.ts'
import { type Finding, formatFinding } from '../observe/preflight/finding.ts'
import type { CapacityNeeds } from '../observe/preflight/needs.ts'
import { preflight } from '../observe/preflight.ts'
import type { Destination } from '../observe/socket-table.ts'
import { addressOf } from '../observe/wait-for-port.ts'
import { planCost } from '../plan/cost.ts'
import { countConnections, type Plan, type RunPlan, type Target } from '../plan/plan.ts'
import { DIVISIBLE } from '../servers/names.ts'

export interface Preflight {
  readonly limits: MachineLimits
  readonly findings: readonly Finding[]
}

/** Holds every test of the plan against this machine, as one that needs the most of each. Reads /proc, the kept floor and nothing else. */
export function preflightPlan({ tests }: RunPlan, floor: Floor | null = readFloor()): Preflight {
  const limits = readMachineLimits(listDestinations(tests[0]!.target))
  return { limits, findings: preflight(describeNeeds(tests, listOwnAddresses()), limits, floor) }
}

/**
 * What may fail or be slow on this machine, one line each; to be called before a run.
 * @throws UsageError with all that cannot work
 */
export function checkMachine(plan: RunPlan): string[] {
  const { findings } = preflightPlan(plan)
  const { target } = plan.tests[0]!
  const mistakes = [
    ...checkServerPid(target),
    ...checkSourceIps(target),
    ...findings.flatMap(({ mistake }) => mistake ?? []),
  ]
  if (mistakes.length > 0) throw new UsageError(mistakes)
  return findings.filter(({ severity }) => severity === 'warning').map(formatFinding)
}

/** A run that cannot see its server is judged otherwise. */
function checkServerPid({ serverPid }: Target): Mistake[] {
  if (serverPid === null) return []
  try {
    process.kill(serverPid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH')
      return [
        {
          where: '--server-pid',
          value: String(serverPid),
          problem: 'is no process on this machine',
          accepted: 'the id of the server process',
          example: '--server-pid 1234',
        },
      ]
  }
  return []
}

/** Addresses that connections cannot come from: each of them would fail as if ports had run out. */
export function checkSourceIps({ sourceIps }: Target, own = listOwnAddresses()): Mistake[] {
  // All of 127.0.0.0/8 is this machine's on Linux.
  const foreign = sourceIps.filter((address) => !own.has(address) && !address.startsWith('127.'))
  if (foreign.length === 0) return []
  return [
    {
      where: '--source-ip',
      value: foreign.join(','),
      problem: 'is no address of this machine',
      accepted: [...own].join(', '),
      example: `--source-ip ${[...own].find((address) => address !== '127.0.0.1') ?? '127.0.0.2'}`,
    },
  ]
}

/** The most that any of the tests, which run one after the other, takes. */
export function describeNeeds(tests: readonly Plan[], ownAddresses: ReadonlySet<string>): CapacityNeeds {
  const { target } = tests[0]!
  const most = (of: (test: Plan) => number): number => Math.max(...tests.map(of))
  return {
    connections: most(countConnections),
    workers: most(({ workers }) => workers),
    oneProcess: tests.some(needsOneProcess),
    concurrency: most(({ connect }) => connect.concurrency),
    connectRatePerSec: noneAsNull(most(({ connect }) => connect.ratePerSec ?? 0)),
    messagesPerSec: noneAsNull(most(peakRate)),
    memoryBytes: most((test) => planCost(test).memoryBytes),
    sourceIps: target.sourceIps.length,
    destinations: Math.max(1, listDestinations(target).length),
    target: placeTarget(target, ownAddresses),
    demoDivides: (DIVISIBLE as readonly string[]).includes(target.serve?.[0] ?? 'echo'),
  }
}

/** An audience is counted in memory that only threads share, and a dialect that is an object has a thread of its own. */
function needsOneProcess({ fanOut, groups }: Plan): boolean {
  return fanOut !== null || groups.some(({ dialect }) => isObjectDialect(dialect))
}

/** Different host:port pairs of the URLs; none for the demo server, whose port is not chosen yet. */
export function listDestinations({ urls }: Pick<Target, 'urls'>): Destination[] {
  const found = new Map<string, Destination>()
  for (const { host, port } of urls.map(addressOfUrl)) {
    const address = isLocalhost(host) ? '127.0.0.1' : isAddress(host) ? host : null
    found.set(`${host} ${port}`, { address, port })
  }
  return [...found.values()]
}

/** Addresses of this machine's own interfaces. */
function listOwnAddresses(): Set<string> {
  return new Set(
    Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address)),
  )
}

function placeTarget({ urls }: Target, own: ReadonlySet<string>): CapacityNeeds['target'] {
  if (urls.length === 0) return 'demo'
  const hosts = urls.map((url) => addressOfUrl(url).host)
  if (hosts.every((host) => isLocalhost(host) || (isIPv4(host) && host.startsWith('127.')))) return 'loopback'
  const isHere = (host: string): boolean =>
    isLocalhost(host) || host === '::1' || host.startsWith('127.') || own.has(host)
  return hosts.every(isHere) ? 'here' : 'elsewhere'
}

function addressOfUrl(url: string): { host: string; port: number } {
  const { host, port } = addressOf(url.replace(/\{\w+\}/g, '0').replace(/^http/i, 'ws'))
  return { host, port }
}

function isAddress(host: string): boolean {
  return isIPv4(host) || host.includes(':')
}

/** Most names of it are 127.0.0.1; the run looks it up. */
function isLocalhost(host: string): boolean {
  return host === 'localhost'
}

/** Messages a second of all groups together where their schedules are highest. */
function peakRate({ groups }: Plan): number {
  return groups.reduce((sum, { pacing }) => {
    if (pacing.kind !== 'open') return sum
    return sum + Math.max(0, ...pacing.stages.flatMap(({ fromPerSec, toPerSec }) => [fromPerSec, toPerSec]))
  }, 0)
}

function noneAsNull(rate: number): number | null {
  return rate === 0 ? null : rate
}
