import type { WebSocket } from 'ws'
import { Audience } from './audience.ts'
import { CHANNEL_CAPACITY } from './outbox.ts'
import type { ServerKind } from './service.ts'

const UNSUPPORTED_DATA = 1003

/** The first text is the user's name; then everyone subscribed gets `NAME: T`, and who joins and leaves. */
export const chatNamed: ServerKind = {
  description: 'first text: name; then "NAME: T"',
  defaultPort: 8080,
  path: '/ws',
  scheme: 'ws',
  create: ({ faults }) => {
    const audience = new Audience({ capacity: CHANNEL_CAPACITY, faults })
    return {
      onSocket: (socket) => {
        socket.once('message', (data, isBinary) => {
          if (isBinary) socket.close(UNSUPPORTED_DATA, 'the first frame must be a text, the name')
          else joinAs(data.toString(), socket, audience)
        })
      },
    }
  },
}

function joinAs(name: string, socket: WebSocket, audience: Audience): void {
  audience.join(socket)
  audience.sendNotice(`${name} joined the chat`)
  socket.on('message', (data, isBinary) => {
    if (!isBinary) audience.send(`${name}: ${data}`)
  })
  socket.once('close', () => audience.sendNotice(`${name} left the chat`))
}
