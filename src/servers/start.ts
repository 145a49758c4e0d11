import { affectsConnections, ConnectionFaults } from './connection-faults.ts'
import { type FaultCounts, FaultInjector, type FaultOptions } from './faults.ts'
import { type ConnectionLimit, type Mount, startHost } from './host.ts'
import { ALL, isServerName, SERVER_NAMES } from './names.ts'
import { SERVERS } from './registry.ts'
import type { ServiceOptions } from './service.ts'

export interface StartOptions extends Partial<Omit<ServiceOptions, 'faults'>> {
  /** 0: a free one; absent: the server's own. */
  readonly port?: number
  /** Absent: 127.0.0.1. */
  readonly host?: string
  /** Accept permessage-deflate when it is offered. */
  readonly compress?: boolean
  readonly limit?: ConnectionLimit
  readonly faults?: Partial<FaultOptions>
}

/** A server that listens. `close` ends within about a second, whatever its clients do. */
export interface RunningServer {
  readonly port: number
  /** Where clients connect, without the host: `/ws`; of `all`: `/`. */
  readonly path: string
  readonly scheme: 'ws' | 'http'
  readonly url: string
  /** What went wrong on purpose; goes on counting while the server runs. */
  readonly faults: Readonly<FaultCounts>
  /** What its services want a user to know, e.g. a token that is valid; may hold secrets made up for this run. */
  readonly notes: readonly string[]
  close(): Promise<void>
}

/**
 * Starts a demo server in this process: one of SERVER_NAMES, or `all` with every one under `/NAME`.
 * @throws the listen error (EADDRINUSE, EACCES, ...) as Node gives it
 */
export async function startServer(name: string, options: StartOptions = {}): Promise<RunningServer> {
  const faults = new FaultInjector(options.faults)
  const serviceOptions: ServiceOptions = {
    faults,
    intervalMs: options.intervalMs ?? null,
    pongLimit: options.pongLimit ?? null,
    jwtSecret: options.jwtSecret ?? null,
  }
  const { host = '127.0.0.1', compress = false, limit } = options
  const { port: ownPort, path, scheme } = describeServer(name)
  const mounts = name === ALL ? mountAll(serviceOptions) : mountOne(name, serviceOptions)
  const index = name === ALL ? listAddresses() : null
  const endings = affectsConnections(faults.options)
    ? new ConnectionFaults(faults.options, faults.counts)
    : undefined
  const running = await startHost(mounts, {
    port: options.port ?? ownPort,
    host,
    compress,
    limit,
    endings,
    index,
  })
  return {
    port: running.port,
    path,
    scheme,
    url: formatUrl(scheme, host, running.port, path),
    faults: faults.counts,
    notes: await collectNotes(mounts, formatUrl('http', host, running.port, '/')),
    close: async () => {
      faults.close()
      await running.close()
    },
  }
}

/** A server's own port and address. */
export function describeServer(name: string): { port: number; path: string; scheme: 'ws' | 'http' } {
  if (name === ALL) return { port: SERVERS.echo.defaultPort, path: '/', scheme: 'ws' }
  if (!isServerName(name)) throw new TypeError(`there is no demo server '${name}'`)
  const { defaultPort, path, scheme } = SERVERS[name]
  return { port: defaultPort, path, scheme }
}

/** `ws://127.0.0.1:9001`, `http://[::1]:3000/events`: without a slash at the end. */
export function formatUrl(scheme: string, host: string, port: number, path: string): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path === '/' ? '' : path}`
}

function mountOne(name: string, options: ServiceOptions): Mount[] {
  if (!isServerName(name)) return []
  const kind = SERVERS[name]
  const service = kind.create(options)
  return [
    { prefix: `/${name}`, kind, service },
    { prefix: '', kind, service },
  ]
}

function mountAll(options: ServiceOptions): Mount[] {
  return SERVER_NAMES.map((name) => {
    const kind = SERVERS[name]
    return { prefix: `/${name}`, kind, service: kind.create(options) }
  })
}

async function collectNotes(mounts: readonly Mount[], baseUrl: string): Promise<string[]> {
  // A single server is mounted twice; it speaks for where its address is said to be.
  const services = new Map(mounts.map(({ service, prefix }) => [service, prefix]))
  const notes = [...services].map(
    async ([service, prefix]) => (await service.notes?.(baseUrl + prefix)) ?? [],
  )
  return (await Promise.all(notes)).flat()
}

/** One line a server: where it is in `all`, and what it does. */
function listAddresses(): string {
  const paths = SERVER_NAMES.map((name) => [name, addressInAll(name)] as const)
  const width = Math.max(...paths.map(([, path]) => path.length))
  return paths.map(([name, path]) => `${path.padEnd(width)}  ${SERVERS[name].description}\n`).join('')
}

function addressInAll(name: keyof typeof SERVERS): string {
  const { path } = SERVERS[name]
  return `/${name}${path === '/' ? '' : path}`
}
