import { Audience } from './audience.ts'
import type { ServerKind } from './service.ts'

/** Text T of user N reaches everyone as `用户 N: T`; users are numbered from 1 in the order in which they connect. */
export const chatNumbered: ServerKind = {
  description: 'text T reaches all as "用户 N: T"',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: ({ faults }) => {
    const audience = new Audience({ capacity: null, faults })
    let lastUser = 0
    return {
      onSocket: (socket) => {
        const user = ++lastUser
        audience.join(socket)
        socket.on('message', (data, isBinary) => {
          if (!isBinary) audience.send(`用户 ${user}: ${data}`)
        })
      },
    }
  },
}
