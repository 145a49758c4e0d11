/** What the `ws` client makes of a server: the reference that the misbehaving servers are checked against. */
import { once } from 'node:events'
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

/** A client that keeps all it receives. */
export interface RecordingClient {
  readonly socket: WebSocket
  /** Text messages as strings, binary ones as Buffers. */
  readonly received: (string | Buffer)[]
  /** Resolves with all that was received, once that is `count` messages or more. */
  take(count: number): Promise<(string | Buffer)[]>
  /** Resolves with the close code; 1006 without a Close frame. */
  readonly closed: Promise<number>
  /** Resolves once the server has handled all that was sent before: it answers pings in order. */
  settle(): Promise<void>
}

/** Connects; rejects when the handshake fails. */
export async function openClient(url: string, options: ClientOptions = {}): Promise<RecordingClient> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options })
  const received: (string | Buffer)[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('message', (data: Buffer, isBinary) => {
    received.push(isBinary ? data : data.toString())
    for (const { count, resolve } of waiting) if (received.length >= count) resolve()
  })
  await once(socket, 'open')
  socket.on('error', () => {})
  return {
    socket,
    received,
    take: async (count) => {
      if (received.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
      return received
    },
    closed,
    settle: async () => {
      const pong = once(socket, 'pong')
      socket.ping()
      await pong
    },
  }
}
