import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { stopWebSocketServer } from './stop.ts'

export interface EchoOptions {
  /** 0: a free one. */
  readonly port: number
  readonly host: string
  /** Accept permessage-deflate when it is offered. */
  readonly compress?: boolean
}

/** A server that listens. `close` ends within about a second, whatever its clients do. */
export interface RunningServer {
  readonly port: number
  close(): Promise<void>
}

/** The kernel cuts this to net.core.somaxconn; Node's own 511 overflows when thousands connect at once. */
const BACKLOG = 4096
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024

/**
 * Starts the echo server: text and binary come back unchanged, on any path.
 * @throws the listen error (EADDRINUSE, EACCES, ...) as Node gives it
 */
export async function startEcho({ port, host, compress = false }: EchoOptions): Promise<RunningServer> {
  const http = createServer((_request, response) => {
    response
      .writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket', connection: 'close' })
      .end('WebSocket only\n')
  })
  http.listen({ port, host, backlog: BACKLOG })
  await once(http, 'listening')

  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: compress,
    maxPayload: MAX_PAYLOAD_BYTES,
  })
  server.on('connection', onConnection)
  return {
    port: (http.address() as AddressInfo).port,
    close: () => stopWebSocketServer(server, http),
  }
}

function onConnection(socket: WebSocket): void {
  socket.on('message', sendBack)
  socket.on('error', ignoreError)
}

function sendBack(this: WebSocket, data: RawData, isBinary: boolean): void {
  this.send(data, { binary: isBinary })
}

/** ws closes the connection itself (1009, 1007, reset); without a listener the error would end the process. */
function ignoreError(): void {}
