import type { RawData } from 'ws'
import { returnMessages } from './echo.ts'
import type { ServerKind } from './service.ts'

const UNSUPPORTED_DATA = 1003
const INVALID_PAYLOAD = 1007

/** One byte of message type, then the data; both come back. */
export const binary: ServerKind = {
  description: 'a type byte and data come back',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: (options) => ({
    onSocket: (socket) => {
      // Before the echo's listener: by its turn the connection is closing, and nothing is sent any more.
      socket.on('message', (data: RawData, isBinary) => {
        if (!isBinary) socket.close(UNSUPPORTED_DATA, 'binary frames only')
        else if ((data as Buffer).length === 0) socket.close(INVALID_PAYLOAD, 'the type byte is missing')
      })
      returnMessages(socket, options, (text) => text)
    },
  }),
}
