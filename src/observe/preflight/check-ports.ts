/**
 * Local ports. A connection is told from others by its two ends: unbound, the kernel shares a local port between
 * destinations; bound to an address it does not (measured on Linux 6.18 with a range of 50 ports).
 */
import { countLocalPorts, type MachineLimits } from '../machine-limits.ts'
import { countSourceAddresses } from '../processes.ts'
import { type Finding, refuseConnections, writeCount } from './finding.ts'
import { type CapacityNeeds, takesLoopbackAddresses } from './needs.ts'
import { raiseParameters } from './raise-limit.ts'

const FIRST_FREE_PORT = 1024
const LAST_PORT = 65_535

export function checkPorts(needs: CapacityNeeds, limits: MachineLimits): Finding {
  const { connections, sourceIps, destinations } = needs
  const ports = countLocalPorts(limits)
  const plain = { code: 'ports', value: connections, unit: 'count' } as const
  const ask = `${writeCount(connections)} connections need as many local ports`
  if (ports === null || limits.portRange === null)
    return { ...plain, severity: 'ok', limit: null, message: ask, fix: null, mistake: null }

  if (takesLoopbackAddresses(needs)) {
    const addresses = countSourceAddresses({ connections, destinations, ports })
    const message = `${ask}: from ${writeCount(addresses)} loopback addresses (${writeCount(ports)} ports each)`
    const fix = connections <= countRange(limits) * destinations ? `or from one: ${widen(limits)}` : null
    const limit = ports * (addresses === 1 ? destinations : addresses)
    return addresses === 1
      ? { ...plain, severity: 'ok', limit, message: ask, fix: null, mistake: null }
      : { ...plain, severity: 'ok', limit, message, fix, mistake: null }
  }

  const ends = sourceIps > 0 ? sourceIps : destinations
  const limit = ports * ends
  const [first, last] = limits.portRange
  const there = `there are ${writeCount(limit)} (${first}-${last}${ends > 1 ? `, for each of ${ends} addresses` : ''})`
  const fix = describeFix(needs, limits, ports, ends)
  if (connections > limit) {
    const message = `${ask}, ${there}`
    const mistake = refuseConnections(connections, limit, message, fix)
    return { ...plain, severity: 'error', limit, message, fix, mistake }
  }
  const waiting = isWaitingBlocked(needs, limits) ? limits.portsInTimeWait : 0
  const left = limit - limits.portsInUse - waiting
  if (connections <= left) return { ...plain, severity: 'ok', limit, message: ask, fix: null, mistake: null }
  const taken = [
    ...(limits.portsInUse > 0 ? [`${writeCount(limits.portsInUse)} are in use`] : []),
    ...(waiting > 0 ? [`${writeCount(waiting)} in TIME_WAIT after earlier connections`] : []),
  ]
  const message = `${ask}, ${there}, of which ${taken.join(' and ')}`
  const patience = waiting > 0 && connections <= left + waiting ? 'wait a minute, or ' : ''
  return { ...plain, severity: 'warning', limit: left, message, fix: `${patience}${fix}`, mistake: null }
}

/** After a minute they are free. The kernel takes one again before when it may (tcp_tw_reuse), but not to bind to. */
function isWaitingBlocked({ sourceIps, target }: CapacityNeeds, { timeWaitReuse }: MachineLimits): boolean {
  if (sourceIps > 0) return true
  return !(timeWaitReuse === 1 || (timeWaitReuse === 2 && target !== 'elsewhere'))
}

function describeFix(needs: CapacityNeeds, limits: MachineLimits, ports: number, ends: number): string {
  const { connections, sourceIps, target } = needs
  const count = Math.ceil(connections / ports)
  const whose =
    sourceIps > 0
      ? ''
      : ` of this machine${target === 'here' ? ' (of 127.0.0.0/8 for a server at 127.0.0.1)' : ''}`
  // One address more than are known to be too few.
  const more = `give --source-ip ${Math.max(count, sourceIps + 1, 2)} addresses${whose}`
  return connections <= countRange(limits) * ends ? `widen it: ${widen(limits)}, or ${more}` : more
}

function widen(limits: MachineLimits): string {
  return raiseParameters({ 'net.ipv4.ip_local_port_range': `${FIRST_FREE_PORT} ${LAST_PORT}` }, limits, 'own')
}

/** Ports of an address with the widest range; none more than now when that is the widest. */
function countRange({ portsReserved }: MachineLimits): number {
  return LAST_PORT - FIRST_FREE_PORT + 1 - portsReserved
}
