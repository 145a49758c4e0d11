/**
 * A WebSocket server for our own generator alone, with the least work a message that Node can do: one read into a
 * buffer of all connections, frames turned round, one write past the stream. No checks, no limits: 127.0.0.1 only.
 */
import net from 'node:net'
import { directHandle, type TcpHandle, writeDirect, writeFirst } from '../engine/direct-writer.ts'
import { acceptFor, findHeadEnd, MAX_HEAD_BYTES } from '../websocket/handshake.ts'
import { type Turned, turnFrames } from './turn-frames.ts'

export interface NullServer {
  readonly port: number
  close(): void
}

/** As many as may wait to be accepted: a storm must meet the generator's limits, not a queue's (the kernel may allow less). */
const BACKLOG = 16_384
const READ_BUFFER_BYTES = 65_536

/** Starts it on a free port of 127.0.0.1. Rejects with the listen error. */
export function startNullServer(): Promise<NullServer> {
  const peers = new Set<Peer>()
  const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)
  // Paused: the accepted socket's handle goes to one that reads into our buffer, and it must not read before.
  const server = net.createServer({ pauseOnConnect: true, noDelay: true }, (accepted) => {
    const peer = new Peer(accepted, readBuffer)
    peers.add(peer)
    peer.socket.on('close', () => peers.delete(peer))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
      resolve({
        port: (server.address() as net.AddressInfo).port,
        close() {
          server.close()
          for (const { socket } of peers) socket.destroy()
        },
      })
    })
  })
}

/** Of the read that is being turned: there is one at a time. */
const turned: Turned = { sendBytes: 0, restFrom: 0, outcome: 'more' }

class Peer {
  readonly socket: net.Socket
  #state: 'upgrading' | 'open' | 'closing' = 'upgrading'
  #handle: TcpHandle | null = null
  /** A head, or a frame, of which the end has not come yet. */
  #rest: Buffer | null = null

  constructor(accepted: net.Socket, readBuffer: Buffer) {
    this.socket = readInto(accepted, readBuffer, (data, length) => this.#onRead(data, length))
    // A reset ends a connection as well as anything else does.
    this.socket.on('error', () => this.socket.destroy())
  }

  #onRead(buffer: Buffer, count: number): void {
    if (this.#state === 'closing') return
    const known = this.#rest
    const data = known === null ? buffer : Buffer.concat([known, buffer.subarray(0, count)])
    const end = known === null ? count : data.length
    this.#rest = null
    const from = this.#state === 'open' ? 0 : this.#readHead(data, end)
    if (from >= end) return
    const out = Buffer.allocUnsafe(end - from)
    turnFrames(data, from, end, out, turned)
    if (turned.sendBytes > 0)
      this.#send(turned.sendBytes < out.length ? out.subarray(0, turned.sendBytes) : out)
    if (turned.outcome !== 'more') {
      this.#state = 'closing'
      this.socket.end()
    } else if (turned.restFrom < end) this.#rest = Buffer.from(data.subarray(turned.restFrom, end))
  }

  /** Answers a whole request; returns where the frames begin. */
  #readHead(data: Buffer, end: number): number {
    const headEnd = findHeadEnd(data, 0, end)
    if (headEnd === -1) {
      if (end > MAX_HEAD_BYTES) this.socket.destroy()
      else this.#rest = Buffer.from(data.subarray(0, end))
      return end
    }
    const key = /^sec-websocket-key:[ \t]*(\S+)/im.exec(data.toString('latin1', 0, headEnd))?.[1] ?? ''
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    writeFirst(this.socket, `${head}Sec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`)
    this.#handle = directHandle(this.socket)
    this.#state = 'open'
    return headEnd
  }

  /** In a buffer of its own: the read buffer has new bytes in it before a slow write is done. */
  #send(bytes: Buffer): void {
    // Behind what the stream still holds, the upgrade's answer, nothing may go past it.
    if (this.#handle === null || this.socket.writableLength > 0) this.socket.write(bytes)
    else if (writeDirect(this.#handle, bytes) < 0) this.socket.destroy()
  }
}

/**
 * Reads an accepted socket into one buffer, as `onread` does for sockets that connect: Node has it for no others, so
 * the socket's handle is given to a new one (15 % less work a message). Where the handle is not to be had, in chunks.
 */
function readInto(
  accepted: net.Socket,
  buffer: Buffer,
  onRead: (data: Buffer, length: number) => void,
): net.Socket {
  const handle: unknown = Reflect.get(accepted, '_handle')
  if (typeof handle !== 'object' || handle === null || !Reflect.set(accepted, '_handle', null)) {
    accepted.on('data', (chunk: Buffer) => onRead(chunk, chunk.length))
    return accepted.resume()
  }
  const callback = (count: number, data: Uint8Array): boolean => {
    onRead(data as Buffer, count)
    return true
  }
  return new net.Socket({ handle, onread: { buffer, callback } } as net.SocketConstructorOpts)
}
