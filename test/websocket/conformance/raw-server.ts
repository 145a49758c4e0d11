/** A server on a plain socket that writes what a row says, and keeps all that the client sends back. */
import { once } from 'node:events'
import net from 'node:net'
import { acceptFor, createFrameDecoder, type Frame } from '../../support/bad-server/wire.ts'
import { seen } from './row.ts'

const MOST_APART = 500

export interface Visit {
  /** The request head. */
  readonly request: string
  /** Frames of the client, as `show` writes them; a Close as `close:CODE:REASON`. */
  readonly answers: readonly string[]
  /** What no client may send: frames that are not masked, not final, with reserved bits. */
  readonly illegal: readonly string[]
  /** The client ended the connection or answered the Close, in time. */
  readonly ended: boolean
}

export interface RawServer {
  readonly port: number
  /** Writes these pieces to the client that asks for `path`; `{accept}` in them becomes its accept key. */
  serve(path: string, pieces: (accept: string) => readonly Buffer[]): Promise<Visit>
  close(): void
}

function describeFrame({ opcode, payload }: Frame): string {
  if (opcode === 1) return seen.text(payload)
  if (opcode === 2) return seen.binary(payload)
  if (opcode === 9) return seen.ping(payload)
  if (opcode === 10) return seen.pong(payload)
  if (opcode !== 8) return `opcode ${opcode}`
  return payload.length < 2
    ? seen.close(1005, payload)
    : seen.close(payload.readUInt16BE(0), payload.subarray(2))
}

/** Few pieces in turns of their own, so that they are likely to be read apart too. */
async function writeApart(socket: net.Socket, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (!socket.writable) return
    socket.write(piece)
    if (pieces.length <= MOST_APART) await new Promise(setImmediate)
  }
}

interface Expected {
  readonly pieces: (accept: string) => readonly Buffer[]
  readonly resolve: (visit: Visit) => void
}

/** A client that has not ended after `deadlineMs` never will. */
export async function startRawServer(deadlineMs = 5000): Promise<RawServer> {
  const expected = new Map<string, Expected>()
  const sockets = new Set<net.Socket>()

  function onConnection(socket: net.Socket): void {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.setNoDelay(true)
    let head = ''
    socket.on('data', function onHead(chunk: Buffer) {
      head += chunk.toString('latin1')
      if (!head.endsWith('\r\n\r\n')) return
      socket.off('data', onHead)
      const path = /^GET \/(\S*) /.exec(head)?.[1] ?? ''
      const visitor = expected.get(path)
      if (visitor === undefined) {
        socket.destroy()
        return
      }
      expected.delete(path)
      receive(socket, head, visitor)
    })
  }

  function receive(socket: net.Socket, request: string, { pieces, resolve }: Expected): void {
    const answers: string[] = []
    const illegal: string[] = []
    const finish = (ended: boolean) => {
      clearTimeout(deadline)
      resolve({ request, answers, illegal, ended })
      socket.destroy()
    }
    const deadline = setTimeout(() => finish(false), deadlineMs)
    const decode = createFrameDecoder((frame) => {
      const described = describeFrame(frame)
      answers.push(described)
      if (!frame.masked || !frame.fin || frame.reserved !== 0) illegal.push(described)
      // The server is the one to end TCP (RFC 6455 §7.1.1). What comes behind the Close is still kept.
      if (frame.opcode === 8) socket.end()
    })
    socket.on('data', decode)
    socket.on('close', () => finish(true))
    const key = /Sec-WebSocket-Key: *(\S+)/i.exec(request)?.[1] ?? ''
    void writeApart(socket, pieces(acceptFor(key)))
  }

  const server = net.createServer(onConnection)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    serve: (path, pieces) => new Promise((resolve) => expected.set(path, { pieces, resolve })),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
