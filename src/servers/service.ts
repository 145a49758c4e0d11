/** What a demo server is made of: services, mounted on one HTTP server, alone or side by side under a path each. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import type { FaultInjector } from './faults.ts'

export interface ServiceOptions {
  /** Misbehaviour on purpose; a service sends through an Outbox, which applies it. */
  readonly faults: FaultInjector
  /** Between pushes, or between pings; null: as the documents have it. */
  readonly intervalMs: number | null
  /** Unanswered pings after which a client is dropped; null: never, or the service's own rule. */
  readonly pongLimit: number | null
  /** Of services that check tokens; null: they make one up and say so. Secret. */
  readonly jwtSecret: string | null
}

/** An answer instead of an upgrade. */
export interface Refusal {
  readonly status: number
  /** One line of plain text. */
  readonly reason: string
}

/** `url` in all of these is relative to where the service is mounted: alone, or under `/NAME` in `serve all`. */
export interface Service {
  /** Asked before the upgrade; null lets it pass. Absent: everybody may. */
  authorize?(request: IncomingMessage, url: URL): Promise<Refusal | null>
  /** An upgraded connection. Absent: the service has no WebSocket. */
  onSocket?(socket: WebSocket, request: IncomingMessage, url: URL): void
  /** A plain request; false: not one of its paths (the host answers 404, or 426 on the WebSocket's path). */
  onRequest?(request: IncomingMessage, response: ServerResponse, url: URL): boolean
  /** Lines that the host prints once it listens; `baseUrl`: where the service is mounted, e.g. `http://127.0.0.1:9001/momentum`. */
  notes?(baseUrl: string): Promise<readonly string[]>
  /** Ends timers; sockets are closed by the host. */
  close?(): void
}

/** A server that `stress serve NAME` can start. */
export interface ServerKind {
  /** One clause for `serve --list`. */
  readonly description: string
  /** Used when no port is asked for. */
  readonly defaultPort: number
  /** Where clients connect, e.g. `/ws`; `/`: every path will do. */
  readonly path: string
  readonly scheme: 'ws' | 'http'
  /** Longest WebSocket message that is accepted, else the connection is closed with 1009; absent: 64 MiB. */
  readonly maxPayloadBytes?: number
  create(options: ServiceOptions): Service
}
