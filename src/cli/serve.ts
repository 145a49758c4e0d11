import { once } from 'node:events'
import { RunError, UsageError } from '../errors.ts'
import type { RunningServer } from '../servers/echo.ts'
import { SERVERS, type ServerKind } from '../servers/registry.ts'

export interface ServeOptions {
  readonly name: string
  /** 0: a free one; null: the server's own default. */
  readonly port: number | null
  readonly host: string
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
 * Runs a demo server until `signal` is aborted or the parent's IPC channel closes, which it does also when the parent is killed.
 * @throws UsageError for an unknown name
 * @throws RunError when it cannot listen
 */
export async function serve(options: ServeOptions, context: ServeContext): Promise<void> {
  const { name, host } = options
  const parent = context.parent === undefined ? findParent() : context.parent
  const kind = findServer(name)
  const asked = options.port ?? kind.defaultPort
  const server = await startServer(kind, asked, host)

  context.stdout.write(
    `stress serve ${name}: ws://${host.includes(':') ? `[${host}]` : host}:${server.port}\n`,
  )
  await (parent === null ? untilAborted(context.signal) : serveAsChild(server, parent, context.signal))
  await server.close()
}

/** Tells the parent the port; resolves when the parent lets go, so that a demo server never outlives its run. */
async function serveAsChild(
  { port }: RunningServer,
  parent: ParentChannel,
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController()
  const onDisconnect = () => gone.abort()
  parent.once('disconnect', onDisconnect)
  // A parent that died in between is noticed by `disconnect`; the send error itself says nothing more.
  parent.send?.({ port }, undefined, undefined, () => {})
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

function findServer(name: string): ServerKind {
  const kind = Object.hasOwn(SERVERS, name) ? SERVERS[name] : undefined
  if (kind !== undefined) return kind
  const accepted = Object.keys(SERVERS).join(', ')
  throw new UsageError([
    {
      where: 'serve',
      value: name,
      problem: 'there is no demo server of that name',
      accepted,
      example: 'stress serve echo',
    },
  ])
}

async function startServer(kind: ServerKind, port: number, host: string): Promise<RunningServer> {
  try {
    return await kind.start({ port, host })
  } catch (error) {
    throw new RunError(explainListenError(error as NodeJS.ErrnoException, port, host))
  }
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
