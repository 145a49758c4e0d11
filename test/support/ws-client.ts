/** What the `ws` client makes of a server: the reference that the misbehaving servers are checked against. */
import { type ClientOptions, WebSocket } from 'ws'

export interface Visit {
  /** `open`, or the error of the handshake. */
  opened: 'open' | string
  messages: string[]
  pings: number
  /** Error after the handshake, if any. */
  error: string | null
  closeCode: number | null
  closeReason: string
}

export interface VisitOptions extends ClientOptions {
  send?: (string | Buffer)[]
  subprotocols?: string[]
  /** Closes (1000) once that many messages have come; otherwise the server has to end it. */
  expect?: number
}

/** Connects, sends, collects, and returns when the connection has ended. */
export function visit(url: string, options: VisitOptions = {}): Promise<Visit> {
  const { send = [], subprotocols = [], expect, ...own } = options
  const seen: Visit = {
    opened: 'open',
    messages: [],
    pings: 0,
    error: null,
    closeCode: null,
    closeReason: '',
  }
  const client = new WebSocket(url, subprotocols, { perMessageDeflate: false, ...own })
  let isOpen = false
  client.on('open', () => {
    isOpen = true
    for (const message of send) client.send(message)
    if (expect === 0) client.close(1000)
  })
  client.on('error', (error) => {
    if (isOpen) seen.error = error.message
    else seen.opened = error.message
  })
  client.on('ping', () => seen.pings++)
  client.on('message', (data: Buffer) => {
    seen.messages.push(data.toString())
    if (seen.messages.length === expect) client.close(1000)
  })
  return new Promise((resolve) => {
    client.on('close', (code, reason) => {
      resolve(Object.assign(seen, { closeCode: code, closeReason: reason.toString() }))
    })
  })
}
