/** Servers that misbehave in one known way each and count what they did and saw. For tests only; no wire code of src/ in them. */
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'
import { type BehaviourName, behaviours } from './bad-server/behaviours.ts'
import { createServerLog, type ServerLog } from './bad-server/log.ts'
import { type Behaviour, type PeerContext, servePeer } from './bad-server/peer.ts'

export interface BadServer {
  /** ws:// or wss:// with the address and port. */
  url: string
  port: number
  log: ServerLog
  /** Ends every connection (FIN) and frees the port, so that another can start on it. */
  close(): Promise<void>
}

export interface BadServerOptions {
  /** 0, unless one is wanted again. */
  port?: number
  /** 127.0.0.1 unless told. */
  host?: string
  /** Speak TLS: PEM texts; `ca` asks the client for a certificate that it signed. */
  tls?: { cert: string; key: string; ca?: string }
}

type ParametersOf<N extends BehaviourName> =
  Parameters<(typeof behaviours)[N]> extends [] ? unknown : NonNullable<Parameters<(typeof behaviours)[N]>[0]>

/** Starts a server that behaves as `name` says; its parameters go beside the options. */
export async function startBadServer<N extends BehaviourName>(
  name: N,
  options: BadServerOptions & ParametersOf<N> = {} as BadServerOptions & ParametersOf<N>,
): Promise<BadServer> {
  const create = behaviours[name] as (parameters: ParametersOf<N>) => Behaviour
  const log = createServerLog()
  const { host = '127.0.0.1' } = options
  const open = new Set<net.Socket>()
  const timers = new Set<NodeJS.Timeout>()
  const context = createContext(timers)

  const server = net.createServer({ allowHalfOpen: true }, (raw) => {
    // Made anew for each connection, so that a behaviour may keep state in its closure.
    const behaviour = create(options)
    open.add(raw)
    raw.on('close', () => open.delete(raw))
    if (options.tls === undefined) {
      log.connections.push(servePeer(raw, raw, behaviour, context).log)
      return
    }
    const { ca, ...own } = options.tls
    const asking = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }
    const secure = new tls.TLSSocket(raw, {
      isServer: true,
      secureContext: tls.createSecureContext({ ...own, ...(ca === undefined ? {} : { ca }) }),
      ...asking,
    })
    secure.on('error', (error: NodeJS.ErrnoException) => log.tlsErrors.push(error.code ?? error.message))
    raw.on('error', () => secure.destroy())
    log.connections.push(servePeer(secure, raw, behaviour, context).log)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port ?? 0, host, backlog: 4096 }, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `${options.tls === undefined ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    log,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const timer of timers) clearTimeout(timer)
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

function createContext(timers: Set<NodeJS.Timeout>): PeerContext {
  let firstUpgradeMs: number | null = null
  return {
    elapsedMs: () => (firstUpgradeMs === null ? 0 : performance.now() - firstUpgradeMs),
    markUpgrade() {
      firstUpgradeMs ??= performance.now()
    },
    later(ms, action) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        action()
      }, ms)
      timers.add(timer)
    },
  }
}
