import { returnMessages } from './echo.ts'
import type { ServerKind } from './service.ts'

/** Text T comes back as `回显: T`, binary unchanged. */
export const echoAxum: ServerKind = createPrefixing('回显: ', 3000)

/** The same with `Echo: T`. */
export const echoAxumEn: ServerKind = createPrefixing('Echo: ', 8080)

function createPrefixing(prefix: string, defaultPort: number): ServerKind {
  return {
    description: `text T comes back as "${prefix}T"`,
    defaultPort,
    path: '/ws',
    scheme: 'ws',
    create: (options) => ({
      onSocket: (socket) => returnMessages(socket, options, (text) => prefix + text.toString()),
    }),
  }
}
