import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface ScriptedServer {
  readonly url: string
  readonly port: number
  readonly requests: IncomingMessage[]
  readonly sockets: WebSocket[]
  readonly received: string[]
  /** Close code of each connection that ended. */
  readonly closes: number[]
  readonly pings: string[]
  /** Answers the upgrade with this status instead; null: accepts. */
  refuseWith: number | null
  /** Resolves once `holds`; looked at after everything that happens here. */
  until(holds: () => boolean): Promise<void>
  close(): Promise<void>
}

/** A server that notes what comes and, with `onText`, says what a test wants it to. */
export async function startScriptedServer(
  onText: (text: string, socket: WebSocket) => void = () => {},
  port = 0,
): Promise<ScriptedServer> {
  const http = createServer((_request, response) => response.writeHead(426).end())
  const wss = new WebSocketServer({ noServer: true })
  const changes = new EventEmitter().setMaxListeners(0)
  const changed = () => changes.emit('change')
  const server: ScriptedServer = {
    url: '',
    port: 0,
    requests: [],
    sockets: [],
    received: [],
    closes: [],
    pings: [],
    refuseWith: null,
    async until(holds) {
      while (!holds()) await once(changes, 'change')
    },
    async close() {
      for (const socket of wss.clients) socket.terminate()
      const closed = new Promise((resolve) => http.close(resolve))
      http.closeAllConnections()
      await closed
    },
  }
  http.on('upgrade', (request, socket, head) => {
    server.requests.push(request)
    if (server.refuseWith !== null) {
      socket.end(`HTTP/1.1 ${server.refuseWith} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
      changed()
      return
    }
    wss.handleUpgrade(request, socket, head, (client) => {
      server.sockets.push(client)
      client.on('message', (data: Buffer) => {
        server.received.push(data.toString())
        onText(data.toString(), client)
        changed()
      })
      client.on('ping', (data) => {
        server.pings.push(data.toString())
        changed()
      })
      client.on('close', (code) => {
        server.closes.push(code)
        changed()
      })
      client.on('error', () => {})
      changed()
    })
  })
  http.listen(port, '127.0.0.1')
  await once(http, 'listening')
  const bound = (http.address() as AddressInfo).port
  return Object.assign(server, { url: `ws://127.0.0.1:${bound}/ws`, port: bound })
}
