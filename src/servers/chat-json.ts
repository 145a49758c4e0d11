import { Audience } from './audience.ts'
import { parseJsonObject } from './json-object.ts'
import { CHANNEL_CAPACITY } from './outbox.ts'
import type { ServerKind } from './service.ts'

/** JSON messages reach everyone, re-serialised; a text that does not parse is dropped silently. */
export const chatJson: ServerKind = {
  description: 'JSON messages reach everyone',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: ({ faults }) => {
    const audience = new Audience({ capacity: CHANNEL_CAPACITY, faults })
    return {
      onSocket: (socket) => {
        audience.join(socket)
        socket.on('message', (data, isBinary) => {
          const text = isBinary ? null : reserialise(data.toString())
          if (text !== null) audience.send(text)
        })
      },
    }
  },
}

/** The message with its three keys in the documents' order, others left out; null when one is missing or of another type. */
export function reserialise(text: string): string | null {
  const { username, content, timestamp } = parseJsonObject(text) ?? {}
  if (typeof username !== 'string' || typeof content !== 'string') return null
  // Beyond 2^53 a timestamp would come back changed.
  if (!Number.isSafeInteger(timestamp)) return null
  return JSON.stringify({ username, content, timestamp })
}
