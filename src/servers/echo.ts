import type { RawData, WebSocket } from 'ws'
import { Outbox } from './outbox.ts'
import type { ServerKind, ServiceOptions } from './service.ts'

/** A client that sends and does not read is not read either, as in the documents' loop that waits for each reply. */
const FULL_BYTES = 1024 * 1024

/** Text and binary come back unchanged, on any path. */
export const echo: ServerKind = {
  description: 'text and binary come back unchanged',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: (options) => ({ onSocket: (socket) => returnMessages(socket, options, (text) => text) }),
}

/** Sends everything back: binary unchanged, text through `reword`, which keeps what it gets or makes a string of it. */
export function returnMessages(
  socket: WebSocket,
  { faults }: ServiceOptions,
  reword: (text: RawData) => RawData | string,
): void {
  const outbox = faults.isActive ? new Outbox(socket, { capacity: null, faults }) : null
  const resumeOnceEmpty = () => {
    if (socket.bufferedAmount < FULL_BYTES) socket.resume()
  }
  socket.on('message', (data, isBinary) => {
    const reply = isBinary ? data : reword(data)
    if (outbox !== null) outbox.send(reply as Buffer | string, isBinary)
    else if (socket.bufferedAmount < FULL_BYTES) socket.send(reply, { binary: isBinary })
    else {
      socket.pause()
      socket.send(reply, { binary: isBinary }, resumeOnceEmpty)
    }
  })
}
