/** Open files: of one process, of the demo server, of the whole machine. */
import { countUsableCores, type MachineLimits } from '../machine-limits.ts'
import {
  BASE_DESCRIPTORS,
  countFittingConnections,
  countProcesses,
  MAX_PROCESSES,
  WORKER_DESCRIPTORS,
} from '../processes.ts'
import { type Finding, refuseConnections, writeCount } from './finding.ts'
import { type CapacityNeeds, isServerHere } from './needs.ts'
import { raiseFiles, raiseParameters } from './raise-limit.ts'

/** More than one process may open is split over several, so that only an audience, or far too many, is refused. */
export function checkDescriptors(needs: CapacityNeeds, limits: MachineLimits): Finding {
  const { connections, workers, oneProcess } = needs
  const { fdLimit } = limits
  const value = connections + BASE_DESCRIPTORS + workers * WORKER_DESCRIPTORS
  const plain = { code: 'descriptors', value, limit: fdLimit, unit: 'count' } as const
  const most = countFittingConnections({ processes: oneProcess ? 1 : MAX_PROCESSES, workers, fdLimit })
  const ask = `${writeCount(connections)} connections need ${writeCount(value)} open files`
  if (fdLimit === null || value <= fdLimit)
    return { ...plain, severity: 'ok', message: ask, fix: null, mistake: null }

  if (connections > most) {
    const message = oneProcess
      ? `${ask} in one process, as this test cannot be divided; it may have ${writeCount(fdLimit)}`
      : `${ask}, and ${MAX_PROCESSES} processes of ${writeCount(fdLimit)} do not have so many`
    // Of many processes each needs only its share.
    const files = oneProcess ? value : shareOf(connections, Math.min(MAX_PROCESSES, coresOf(limits)))
    const fix = `raise it: ${raiseFiles(files, limits)}`
    return {
      ...plain,
      severity: 'error',
      message,
      fix,
      mistake: refuseConnections(connections, most, message, fix),
    }
  }
  const processes = countProcesses({ connections, workers, fdLimit })
  return {
    ...plain,
    severity: 'ok',
    message: `${writeCount(connections)} connections need ${processes} processes (each may open ${writeCount(fdLimit)} files)`,
    fix: `one is enough with: ${raiseFiles(value, limits)}`,
    mistake: null,
  }
}

/**
 * A demo server is divided by itself where its clients do not need one another; else it must hold them all, which is
 * left to checkDescriptors where the generator has to do the same.
 */
export function checkDemoServer(
  { connections, target, demoDivides, oneProcess }: CapacityNeeds,
  limits: MachineLimits,
): Finding | null {
  const { fdLimit } = limits
  if (target !== 'demo' || fdLimit === null || oneProcess) return null
  const most = countFittingConnections({
    processes: demoDivides ? MAX_PROCESSES : 1,
    workers: demoDivides ? MAX_PROCESSES : 1,
    fdLimit,
  })
  const processes = demoDivides ? countProcesses({ connections, workers: 1, fdLimit }) : 1
  const value = shareOf(connections, processes)
  const plain = { code: 'server-descriptors', value, limit: fdLimit, unit: 'count' } as const
  if (connections <= most) {
    const message = `the demo server needs ${writeCount(value)} open files a process`
    return { ...plain, severity: 'ok', message, fix: null, mistake: null }
  }
  const message = `the demo server needs ${writeCount(value)} open files${
    demoDivides ? '' : ' in one process, since its clients hear each other'
  }; it may have ${writeCount(fdLimit)}`
  const fix = `raise it: ${raiseFiles(value, limits)}`
  const mistake = refuseConnections(connections, most, message, fix)
  return { ...plain, severity: 'error', message, fix, mistake }
}

/** Of the whole machine; a server on it holds the other end. Root may go beyond. */
export function checkSystemFiles(needs: CapacityNeeds, limits: MachineLimits): Finding | null {
  const { filesOpen, filesMax } = limits
  if (filesOpen === null || filesMax === null) return null
  const ends = needs.connections * (isServerHere(needs) ? 2 : 1)
  const value = ends + filesOpen
  const plain = { code: 'system-files', value, limit: filesMax, unit: 'count' } as const
  const message = `${writeCount(ends)} open files beside ${writeCount(filesOpen)} that are open now, of all programs`
  if (value <= filesMax) return { ...plain, severity: 'ok', message, fix: null, mistake: null }
  return {
    ...plain,
    severity: 'warning',
    message: `${message}: the machine may have ${writeCount(filesMax)}`,
    fix: `raise it: ${raiseParameters({ 'fs.file-max': value }, limits, 'machine')}`,
    mistake: null,
  }
}

function shareOf(connections: number, processes: number): number {
  return Math.ceil(connections / processes) + BASE_DESCRIPTORS + WORKER_DESCRIPTORS
}

function coresOf(limits: MachineLimits): number {
  return Math.max(1, Math.floor(countUsableCores(limits)))
}
