import type { WebSocket } from 'ws'
import { Audience } from './audience.ts'
import { CHANNEL_CAPACITY } from './outbox.ts'
import type { ServerKind, Service } from './service.ts'

/** Every text goes to every client, its sender included; binary is ignored. */
export const broadcast: ServerKind = {
  description: 'every text goes to everyone',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: ({ faults }) => {
    const { unbounded, blockSlow } = faults.options
    if (blockSlow) return createBlocked()
    const bounds = unbounded
      ? { capacity: null, capacityBytes: Number.POSITIVE_INFINITY }
      : { capacity: CHANNEL_CAPACITY }
    const audience = new Audience({ ...bounds, faults })
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

/** On purpose: a message waits until every client has taken the one before. */
function createBlocked(): Service {
  const members = new Set<WebSocket>()
  let turn = Promise.resolve()

  async function sendToAll(data: Buffer): Promise<void> {
    for (const socket of members)
      await new Promise<void>((resolve) => {
        socket.once('close', resolve)
        socket.send(data, { binary: false }, () => {
          socket.off('close', resolve)
          resolve()
        })
      })
  }

  return {
    onSocket: (socket) => {
      members.add(socket)
      socket.once('close', () => members.delete(socket))
      socket.on('message', (data, isBinary) => {
        if (!isBinary) turn = turn.then(() => sendToAll(data as Buffer))
      })
    },
  }
}
