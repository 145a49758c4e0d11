/** Queues of the kernel that a burst of connections passes through. */
import type { MachineLimits } from '../machine-limits.ts'
import { type Finding, writeCount } from './finding.ts'
import { type CapacityNeeds, isServerHere } from './needs.ts'
import { raiseParameters } from './raise-limit.ts'

/** Of a server on this machine: a handshake that finds the queue full is tried again a second later, by the kernel. */
export function checkAcceptQueue(needs: CapacityNeeds, limits: MachineLimits): Finding | null {
  const { acceptQueue, synQueue } = limits
  if (!isServerHere(needs) || acceptQueue === null) return null
  const value = Math.min(needs.concurrency, needs.connections)
  const limit = Math.min(acceptQueue, synQueue ?? acceptQueue)
  const plain = { code: 'accept-queue', value, limit, unit: 'count' } as const
  const message = `${writeCount(value)} handshakes at once`
  if (value <= limit) return { ...plain, severity: 'ok', message, fix: null, mistake: null }
  const parameters = {
    ...(acceptQueue < value ? { 'net.core.somaxconn': value } : {}),
    ...((synQueue ?? value) < value ? { 'net.ipv4.tcp_max_syn_backlog': value } : {}),
  }
  return {
    ...plain,
    severity: 'warning',
    message: `${message} may wait a second or more: the server's queue holds ${writeCount(limit)}`,
    fix: `raise it: ${raiseParameters(parameters, limits, 'own')}, or --connect-concurrency ${limit}`,
    mistake: null,
  }
}

/** A firewall that follows connections drops the packets of those it has no room for. Null: there is none. */
export function checkTracking({ connections }: CapacityNeeds, limits: MachineLimits): Finding | null {
  const { trackedNow, trackedMax } = limits
  if (trackedNow === null || trackedMax === null) return null
  const value = connections + trackedNow
  const plain = { code: 'conntrack', value, limit: trackedMax, unit: 'count' } as const
  const message = `${writeCount(connections)} connections beside ${writeCount(trackedNow)} that the firewall follows now`
  if (value <= trackedMax) return { ...plain, severity: 'ok', message, fix: null, mistake: null }
  return {
    ...plain,
    severity: 'warning',
    message: `${message}: it has room for ${writeCount(trackedMax)}, and drops others`,
    fix: `raise it: ${raiseParameters({ 'net.netfilter.nf_conntrack_max': value }, limits, 'machine')}`,
    mistake: null,
  }
}
