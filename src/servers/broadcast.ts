import { Audience } from './audience.ts'
import { CHANNEL_CAPACITY } from './outbox.ts'
import type { ServerKind } from './service.ts'

/** Every text goes to every client, its sender included; binary is ignored. */
export const broadcast: ServerKind = {
  description: 'every text goes to everyone',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: ({ faults }) => {
    const audience = new Audience({ capacity: CHANNEL_CAPACITY, faults })
    return {
      onSocket: (socket) => {
        audience.join(socket)
        socket.on('message', (data, isBinary) => {
          if (!isBinary) audience.send(data as Buffer)
        })
      },
    }
  },
}
