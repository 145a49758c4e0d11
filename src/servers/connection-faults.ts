/** What a server does to its connections on purpose: ends those that are idle, or all at once as a restart does, or keeps something of each. */
import type { Server } from 'node:http'
import type { WebSocket } from 'ws'
import type { FaultCounts, FaultOptions } from './faults.ts'

type Options = Pick<FaultOptions, 'idleTimeoutMs' | 'cutAfterMs' | 'refuseMs' | 'leakBytes'>

/** Whether anything is done to connections with these options. */
export function affectsConnections({ leakBytes = 0, ...endings }: Partial<Options>): boolean {
  return leakBytes > 0 || endsConnections(endings)
}

/** Whether connections are ended with these options. */
export function endsConnections({ idleTimeoutMs = 0, cutAfterMs = 0 }: Partial<Options>): boolean {
  return idleTimeoutMs + cutAfterMs > 0
}

export class ConnectionFaults {
  readonly #options: Options
  readonly #counts: FaultCounts
  readonly #sockets = new Set<WebSocket>()
  readonly #leaked: Buffer[] = []
  #cutTimer: NodeJS.Timeout | null = null
  #listenTimer: NodeJS.Timeout | null = null

  constructor(options: Options, counts: FaultCounts) {
    this.#options = options
    this.#counts = counts
  }

  /** An upgraded connection. The time until the cut begins with the first of them. */
  onSocket(socket: WebSocket, http: Server): void {
    const { idleTimeoutMs, cutAfterMs, leakBytes } = this.#options
    if (leakBytes > 0) this.#leaked.push(Buffer.alloc(leakBytes, 1))
    if (idleTimeoutMs > 0) this.#watchIdle(socket, idleTimeoutMs)
    if (cutAfterMs === 0) return
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    this.#cutTimer ??= setTimeout(() => this.#cut(http), cutAfterMs)
  }

  close(): void {
    if (this.#cutTimer !== null) clearTimeout(this.#cutTimer)
    if (this.#listenTimer !== null) clearTimeout(this.#listenTimer)
  }

  /** Cut without a Close frame, as a proxy does whose timeout is over. */
  #watchIdle(socket: WebSocket, idleTimeoutMs: number): void {
    const timer = setTimeout(() => {
      this.#counts.idleDropped++
      socket.terminate()
    }, idleTimeoutMs)
    const onLife = () => timer.refresh()
    for (const event of ['message', 'ping', 'pong'] as const) socket.on(event, onLife)
    socket.once('close', () => clearTimeout(timer))
  }

  /** Nothing listens for `refuseMs`, so that whoever comes back is refused by the kernel. */
  #cut(http: Server): void {
    const { refuseMs } = this.#options
    const address = http.address()
    this.#counts.cut += this.#sockets.size
    for (const socket of this.#sockets) socket.terminate()
    if (refuseMs === 0 || address === null || typeof address === 'string') return
    http.close()
    this.#listenTimer = setTimeout(() => http.listen({ ...address, host: address.address }), refuseMs)
  }
}
