import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { RunError, UsageError } from '../errors.ts'
import { alignTable, words } from '../report/align-table.ts'
import { endsConnections } from '../servers/connection-faults.ts'
import { causesFaults, type FaultCounts, type FaultOptions } from '../servers/faults.ts'
import { ALL, isServerName, SERVER_NAMES } from '../servers/names.ts'
import { ProcessEnded, startProcesses } from '../servers/processes.ts'
import { SERVERS } from '../servers/registry.ts'
import { describeServer, formatUrl, type RunningServer, startServer } from '../servers/start.ts'
import { describeUnknownServer } from './parse-serve.ts'

export interface ServeOptions {
  /** One of SERVER_NAMES, or `all`. */
  readonly name: string
  /** 0: a free one; null: the server's own default. */
  readonly port: number | null
  readonly host: string
  readonly list?: boolean
  /** Processes that share the port; absent: 1, this one. */
  readonly processes?: number
  readonly intervalMs?: number | null
  readonly pongLimit?: number | null
  readonly faults?: Partial<FaultOptions>
  /** Where the counts of faults are written as JSON at the end. */
  readonly faultLog?: string | null
  /** Secret. */
  readonly jwtSecret?: string | null
}

/** The process that started this one over IPC; `process` itself has this shape. */
export type ParentChannel = Pick<NodeJS.Process, 'send' | 'connected' | 'once' | 'off'>

export interface ServeContext {
  readonly stdout: { write(text: string): unknown }
  /** Aborted on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** Absent: `process` when it was started with an IPC channel. Null: no parent. */
  readonly parent?: ParentChannel | null
}

/**
 * Runs a demo server until `signal` is aborted or the parent's IPC channel closes, which it does also when the parent is
 * killed. With faults their counts are the last line of stdout.
 * @throws UsageError for an unknown name
 * @throws RunError when it cannot listen, cannot write the fault log, or one of several processes ends by itself
 */
export async function serve(options: ServeOptions, context: ServeContext): Promise<void> {
  const { name, faultLog = null } = options
  if (name !== ALL && !isServerName(name)) throw new UsageError([describeUnknownServer(name)])
  if (options.list === true) {
    context.stdout.write(listServers())
    return
  }
  const parent = context.parent === undefined ? findParent() : context.parent
  const { server, failed } = await start(options)
  try {
    // Written at once too: a file that cannot be written is said now, not after an hour.
    if (faultLog !== null) writeFaultLog(faultLog, server.faults)
    context.stdout.write(
      `stress serve ${name}: ${server.url}${name === ALL ? `/NAME; ${formatUrl('http', options.host, server.port, '/')} lists them` : ''}\n`,
    )
    for (const note of server.notes) context.stdout.write(`${note}\n`)
    const signal = AbortSignal.any([context.signal, failed])
    await (parent === null ? untilAborted(signal) : serveAsChild(server, parent, signal))
  } finally {
    await server.close()
  }
  if (faultLog !== null) writeFaultLog(faultLog, server.faults)
  if (causesFaults(options.faults ?? {}))
    context.stdout.write(`stress serve ${name}: ${formatFaults(server.faults)}\n`)
  if (endsConnections(options.faults ?? {}))
    context.stdout.write(`stress serve ${name}: ${formatEndings(server.faults)}\n`)
  if (failed.aborted)
    throw new RunError(`${failed.reason}; its connections are lost, so the server has stopped`)
}

/** Tells the parent where it is; resolves when the parent lets go, so that a demo server never outlives its run. */
async function serveAsChild(
  { port, path, scheme }: RunningServer,
  parent: ParentChannel,
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController()
  const onDisconnect = () => gone.abort()
  parent.once('disconnect', onDisconnect)
  // A parent that died in between is noticed by `disconnect`; the send error itself says nothing more.
  parent.send?.({ port, path, scheme }, undefined, undefined, () => {})
  if (parent.connected) await Promise.race([untilAborted(gone.signal), untilAborted(signal)])
  // With this listener the channel would keep the process alive.
  parent.off('disconnect', onDisconnect)
}

function findParent(): ParentChannel | null {
  return process.send === undefined ? null : process
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

interface Started {
  readonly server: RunningServer
  /** Aborted when the server can no longer do its work; the reason is a text. */
  readonly failed: AbortSignal
}

async function start(options: ServeOptions): Promise<Started> {
  const { name, host, processes = 1, faults = {} } = options
  const { intervalMs = null, pongLimit = null, jwtSecret = null } = options
  const port = options.port ?? describeServer(name).port
  const startOptions = { port, host, faults, intervalMs, pongLimit, jwtSecret }
  try {
    if (processes === 1) {
      return { server: await startServer(name, startOptions), failed: new AbortController().signal }
    }
    const server = await startProcesses(name, startOptions, processes)
    return { server, failed: server.failed }
  } catch (error) {
    if (error instanceof ProcessEnded) throw new RunError(error.message)
    if (!isSystemError(error)) throw error
    throw new RunError(explainListenError(error, port, host))
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function explainListenError(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is already in use; choose another with --port, or --port 0 for a free one`
    case 'EACCES':
      return `port ${port} on ${host} needs more rights; choose one above 1023 with --port, or --port 0 for a free one`
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine; use 127.0.0.1 or 0.0.0.0`
    default:
      return `cannot listen on ${host} port ${port}: ${error.message}`
  }
}

function listServers(): string {
  const rows = SERVER_NAMES.map((name) => {
    const { port, path, scheme } = describeServer(name)
    return [name, formatUrl(scheme, '127.0.0.1', port, path), SERVERS[name].description]
  })
  rows.push([ALL, 'ws://127.0.0.1:9001/NAME', 'every one, each under its name'])
  return `${alignTable([words('name'), words('address'), words('what it does')], rows).join('\n')}\n`
}

function writeFaultLog(path: string, counts: FaultCounts): void {
  try {
    writeFileSync(path, `${JSON.stringify(counts)}\n`)
  } catch (error) {
    throw new RunError(`cannot write the fault log: ${(error as Error).message}`)
  }
}

function formatFaults(counts: FaultCounts): string {
  const { delivered, dropped, duplicated, misrouted, laggedReceivers, lagLost } = counts
  return (
    `delivered ${delivered}, dropped ${dropped}, duplicated ${duplicated}, misrouted ${misrouted}, ` +
    `receivers that lagged ${laggedReceivers}, lost by that ${lagLost}`
  )
}

function formatEndings({ idleDropped, pongDropped, cut }: FaultCounts): string {
  return `connections cut when idle ${idleDropped}, without a pong ${pongDropped}, all at once ${cut}`
}
