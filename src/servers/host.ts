/** One HTTP server under the demo servers: finds the service of a path, asks it before an upgrade, and ends on time. */
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ConnectionFaults } from './connection-faults.ts'
import { asksForWebSocket, ignoreUpgrade } from './ignore-upgrade.ts'
import { asksForMetrics, sendMetrics } from './metrics-page.ts'
import type { Refusal, ServerKind, Service } from './service.ts'
import { stopWebSocketServers } from './stop.ts'
import { rememberStream } from './write-batch.ts'

/** A service and where it is found: below `prefix` (`/rooms`), or anywhere when that is empty. */
export interface Mount {
  readonly prefix: string
  readonly kind: ServerKind
  readonly service: Service
}

export interface HostOptions {
  /** 0: a free one. */
  readonly port: number
  readonly host: string
  /** Accept permessage-deflate when it is offered. */
  readonly compress: boolean
  /** Absent: as many as the process may open. */
  readonly limit?: ConnectionLimit | undefined
  /** Absent: no connection is ended on purpose. */
  readonly endings?: ConnectionFaults | undefined
  /** The text that a plain GET / gets; null: what the service at `/` says. */
  readonly index: string | null
}

/** Connections beyond `most` are closed at once, as the kernel does when a process may open no more files. */
export interface ConnectionLimit {
  readonly most: number
  /** Called when the first of them comes. */
  onReached(): void
}

export interface Host {
  readonly port: number
  close(): Promise<void>
}

interface Place {
  readonly mount: Mount
  /** The request's address as the service sees it. */
  readonly url: URL
}

/** The kernel cuts this to net.core.somaxconn; Node's own 511 overflows when thousands connect at once. */
const BACKLOG = 4096
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
/** Asked by Node 24.9 and later; without it, and before, every Upgrade is an `upgrade` event. */
const HTTP_OPTIONS: ServerOptions & { shouldUpgradeCallback(request: IncomingMessage): boolean } = {
  shouldUpgradeCallback: asksForWebSocket,
}

type Sockets = ReadonlyMap<ServerKind, WebSocketServer>

/**
 * Listens and serves `mounts`, of which the first that fits a path gets it.
 * @throws the listen error (EADDRINUSE, EACCES, ...) as Node gives it
 */
export async function startHost(mounts: readonly Mount[], options: HostOptions): Promise<Host> {
  const http = createServer(HTTP_OPTIONS, (request, response) => {
    if (asksForMetrics(request)) sendMetrics(http, response)
    else answer(mounts, options.index, request, response)
  })
  // One for each kind, because they differ in how long a message may be.
  const sockets: Sockets = new Map(mounts.map(({ kind }) => [kind, createSockets(kind, options.compress)]))
  http.on('upgrade', (request, socket, head) => {
    if (asksForWebSocket(request)) upgrade(mounts, sockets, request, socket, head)
    else ignoreUpgrade(http, request, socket, head)
  })
  const { endings } = options
  if (endings !== undefined)
    for (const server of sockets.values()) server.on('connection', (socket) => endings.onSocket(socket, http))
  if (options.limit !== undefined) limitConnections(http, options.limit)
  http.listen({ port: options.port, host: options.host, backlog: BACKLOG })
  await once(http, 'listening')
  return {
    port: (http.address() as AddressInfo).port,
    close: () => {
      endings?.close()
      for (const service of new Set(mounts.map(({ service }) => service))) service.close?.()
      return stopWebSocketServers([...sockets.values()], http)
    },
  }
}

function limitConnections(http: Server, limit: ConnectionLimit): void {
  let open = 0
  let isReached = false
  http.on('connection', (socket: Socket) => {
    open++
    socket.once('close', () => open--)
    if (open <= limit.most) return
    socket.destroy()
    if (!isReached) limit.onReached()
    isReached = true
  })
}

function createSockets({ maxPayloadBytes }: ServerKind, compress: boolean): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    perMessageDeflate: compress,
    maxPayload: maxPayloadBytes ?? MAX_PAYLOAD_BYTES,
  })
}

function answer(
  mounts: readonly Mount[],
  index: string | null,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.on('error', ignoreError)
  const place = findPlace(mounts, request)
  if (index !== null && request.url === '/' && request.method === 'GET') respond(response, 200, index)
  else if (place === null) respond(response, 404, 'not found\n')
  else if (place.mount.service.onRequest?.(request, response, place.url) === true) return
  else if (!takesSockets(place)) respond(response, 404, 'not found\n')
  else {
    response.setHeader('upgrade', 'websocket')
    response.setHeader('connection', 'close')
    respond(response, 426, 'WebSocket only\n')
  }
}

function respond(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}

function upgrade(
  mounts: readonly Mount[],
  sockets: Sockets,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', ignoreError)
  const place = findPlace(mounts, request)
  if (place === null || !takesSockets(place)) {
    refuse(socket, { status: 404, reason: 'not found' })
    return
  }
  const { kind, service } = place.mount
  const accept = () =>
    sockets.get(kind)?.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      sockets.get(kind)?.emit('connection', webSocket, request)
      socket.off('error', ignoreError)
      webSocket.on('error', ignoreError)
      rememberStream(webSocket, socket)
      service.onSocket?.(webSocket, request, place.url)
    })
  if (service.authorize === undefined) {
    accept()
    return
  }
  service.authorize(request, place.url).then(
    (refusal) => (refusal === null ? accept() : refuse(socket, refusal)),
    () => refuse(socket, { status: 500, reason: 'internal error' }),
  )
}

function refuse(socket: Duplex, { status, reason }: Refusal): void {
  const body = `${reason}\n`
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Null when no mount has the path, or it is no path at all. */
function findPlace(mounts: readonly Mount[], request: IncomingMessage): Place | null {
  const target = request.url ?? '/'
  for (const mount of mounts) {
    const { prefix } = mount
    const rest = target.slice(prefix.length)
    if (!target.startsWith(prefix) || !/^(?:[/?]|$)/.test(rest)) continue
    const relative = rest.startsWith('/') ? rest : `/${rest}`
    // The base's authority stands in front, so that `//host/path` stays a path.
    return URL.canParse(`http://localhost${relative}`)
      ? { mount, url: new URL(`http://localhost${relative}`) }
      : null
  }
  return null
}

/** Where a service has a path of its own, `/` will do too: so one form, `/NAME`, works for all of them. */
function takesSockets({ mount, url }: Place): boolean {
  const { path } = mount.kind
  const isThere = path === '/' || url.pathname === path || url.pathname === '/'
  return mount.service.onSocket !== undefined && isThere
}

/** ws closes the connection itself (1009, 1007, reset); without a listener the error would end the process. */
function ignoreError(): void {}
