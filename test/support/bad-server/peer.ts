/** One accepted connection: reads the request, then frames, and hands both to the behaviour. */
import type net from 'node:net'
import { type ConnectionLog, createConnectionLog } from './log.ts'
import {
  acceptFor,
  createFrameDecoder,
  encodeClose,
  encodeFrame,
  type Frame,
  type FrameToSend,
} from './wire.ts'

export interface Message {
  opcode: 1 | 2
  payload: Buffer
  /** 1 for the connection's first. */
  number: number
}

/** Each part stands in for what a healthy server does; the one that is missing is healthy. */
export interface Behaviour {
  /** Takes the connection over before anything is read. */
  onConnection?: (peer: Peer) => void
  /** In place of the 101. */
  onRequest?: (peer: Peer) => void
  /** After the 101. */
  onOpen?: (peer: Peer) => void
  onMessage?: (peer: Peer, message: Message) => void
  /** In place of answering the Close frame and ending the connection. */
  onClose?: (peer: Peer) => void
  /** The client's FIN; in place of ending our side too. */
  onClientEnd?: (peer: Peer) => void
}

export interface Peer {
  readonly socket: net.Socket
  readonly log: ConnectionLog
  /** Milliseconds since the server's first upgrade. */
  elapsedMs(): number
  /** setTimeout that ends with the server. */
  later(ms: number, action: () => void): void
  /** The bytes of a 101 that answers the request; `change` edits its lines (name → value, null: left out). */
  acceptance(change?: Record<string, string | null>, statusLine?: string): string
  /** Sends the 101 (this one, or the healthy one) and begins to read frames. */
  upgrade(response?: string): void
  /** From here on bytes are read as frames; for those who wrote the 101 themselves. */
  opened(): void
  /** Returns false when the socket wants a pause (`drain` follows). */
  send(frame: FrameToSend): boolean
  close(code: number | null, reason?: string): void
  ping(payload: string): void
  /** RST after everything written so far has left. */
  reset(): void
}

export interface PeerContext {
  elapsedMs(): number
  later(ms: number, action: () => void): void
  markUpgrade(): void
}

const MAX_REQUEST_BYTES = 65_536

/** Serves a connection. `raw` is the TCP socket below `socket` (the same one without TLS). */
export function servePeer(
  socket: net.Socket,
  raw: net.Socket,
  behaviour: Behaviour,
  context: PeerContext,
): Peer {
  const log = createConnectionLog()
  log.remoteAddress = raw.remoteAddress ?? ''
  const pings = new Set<string>()
  let readFrames: ((chunk: Buffer) => void) | null = null
  let head: Buffer = Buffer.alloc(0)

  const peer: Peer = {
    socket,
    log,
    elapsedMs: context.elapsedMs,
    later: context.later,
    acceptance(change = {}, statusLine = 'HTTP/1.1 101 Switching Protocols') {
      const lines: Record<string, string | null> = {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        'Sec-WebSocket-Accept': acceptFor(log.requestHeaders['sec-websocket-key'] ?? ''),
        ...change,
      }
      const present = Object.entries(lines).filter(([, value]) => value !== null)
      return `${[statusLine, ...present.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`
    },
    upgrade(response = peer.acceptance()) {
      socket.write(response)
      peer.opened()
    },
    opened() {
      log.upgraded = true
      context.markUpgrade()
      readFrames = createFrameDecoder(onFrame)
      behaviour.onOpen?.(peer)
      const early = head
      head = Buffer.alloc(0)
      if (early.length > 0) readFrames(early)
    },
    send(frame) {
      if (!socket.writable) return false
      log.framesSent++
      return socket.write(encodeFrame(frame))
    },
    close(code, reason = '') {
      log.closesSent.push(code)
      peer.send({ opcode: 8, payload: encodeClose(code, reason) })
    },
    ping(payload) {
      log.pingsSent++
      pings.add(payload)
      peer.send({ opcode: 9, payload })
    },
    reset() {
      log.reset = true
      socket.write('', () => destroyWithReset(raw))
    },
  }

  const parts: Buffer[] = []
  let partsOpcode: 1 | 2 = 1
  function onFrame(frame: Frame): void {
    if (!frame.masked) log.violations.push('unmasked frame')
    if (frame.reserved !== 0) log.violations.push('reserved bit set')
    if (frame.opcode === 8) onCloseFrame(frame.payload)
    else if (frame.opcode === 9) peer.send({ opcode: 10, payload: frame.payload })
    else if (frame.opcode === 10) onPong(frame.payload.toString('latin1'))
    else if (frame.opcode <= 2) onData(frame)
    else log.violations.push(`opcode ${frame.opcode}`)
  }

  function onData(frame: Frame): void {
    if ((frame.opcode === 0) !== parts.length > 0) log.violations.push('wrong continuation')
    if (frame.opcode !== 0) partsOpcode = frame.opcode as 1 | 2
    parts.push(frame.payload)
    if (!frame.fin) return
    const payload = Buffer.concat(parts.splice(0))
    log.messages++
    behaviour.onMessage?.(peer, { opcode: partsOpcode, payload, number: log.messages })
  }

  function onPong(payload: string): void {
    if (pings.delete(payload)) log.pongs++
    else log.violations.push('pong nobody asked for')
  }

  function onCloseFrame(payload: Buffer): void {
    const code = payload.length >= 2 ? payload.readUInt16BE() : null
    log.closesReceived.push({ code, reason: payload.subarray(2).toString() })
    if (behaviour.onClose !== undefined) {
      behaviour.onClose(peer)
      return
    }
    if (log.closesSent.length === 0) peer.close(code)
    socket.end()
  }

  function onRequestBytes(chunk: Buffer): void {
    if (log.requestLine !== '') return
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) {
      if (head.length > MAX_REQUEST_BYTES) socket.destroy()
      return
    }
    const [requestLine = '', ...lines] = head.subarray(0, end).toString('latin1').split('\r\n')
    head = head.subarray(end + 4)
    log.requestLine = requestLine
    for (const line of lines) {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      if (name in log.requestHeaders) log.violations.push(`header ${name} twice`)
      log.requestHeaders[name] = line.slice(colon + 1).trim()
    }
    if (behaviour.onRequest !== undefined) behaviour.onRequest(peer)
    else peer.upgrade()
  }

  socket.on('end', () => {
    log.clientEnd ??= 'fin'
    if (behaviour.onClientEnd !== undefined) behaviour.onClientEnd(peer)
    else socket.end()
  })
  socket.on('error', () => {
    if (!log.reset) log.clientEnd ??= 'reset'
  })
  socket.setNoDelay(true)
  if (behaviour.onConnection !== undefined) {
    socket.resume()
    behaviour.onConnection(peer)
  } else {
    socket.on('data', (chunk: Buffer) => (readFrames ?? onRequestBytes)(chunk))
  }
  return peer
}

/**
 * RST and nothing else. Node's resetAndDestroy() ends the writable side first, so that a FIN leaves before the RST and
 * the client may take it for an orderly end; the flag is what that function sets.
 */
function destroyWithReset(raw: net.Socket): void {
  Object.assign(raw, { resetAndClosing: true })
  raw.destroy()
}
