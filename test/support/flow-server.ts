/** A server that does what a flow's message says, and knows exactly what came. For the tests of flows. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface FlowServer {
  readonly url: string
  /** Connections that were opened, and those that are. */
  readonly log: { opened: number; open: number; readonly texts: string[]; readonly closeCodes: number[] }
  close(): Promise<void>
}

/** What a client may ask for; every other text is sent back. */
type Command =
  | { readonly do: 'close'; readonly code: number }
  | { readonly do: 'drop' | 'nothing' }
  | { readonly do: 'flood'; readonly count: number; readonly text: string }

export async function startFlowServer({ greeting = '' } = {}): Promise<FlowServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const log: FlowServer['log'] = { opened: 0, open: 0, texts: [], closeCodes: [] }
  server.on('connection', (socket) => {
    log.opened++
    log.open++
    if (greeting !== '') socket.send(greeting)
    socket.on('message', (data, isBinary) => {
      const text = data.toString()
      log.texts.push(text)
      obey(socket, text, isBinary)
    })
    socket.on('close', (code) => {
      log.open--
      log.closeCodes.push(code)
    })
    socket.on('error', () => {})
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    async close() {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

function obey(socket: WebSocket, text: string, isBinary: boolean): void {
  const command = parseCommand(text)
  if (command?.do === 'close') socket.close(command.code)
  else if (command?.do === 'drop') socket.terminate()
  else if (command?.do === 'flood')
    for (let n = 0; n < command.count; n++) socket.send(`${command.text} ${n}`)
  else if (command === null) socket.send(isBinary ? Buffer.from(text) : text)
}

function parseCommand(text: string): Command | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'do' in value ? (value as Command) : null
  } catch {
    return null
  }
}
