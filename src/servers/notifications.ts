import { nowSeconds, pushTo } from './push.ts'
import type { ServerKind } from './service.ts'

const PERIOD_MS = 5000

/** A JSON notification at once and then every five seconds. */
export const notifications: ServerKind = {
  description: 'a JSON notification every 5 s',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: (options) => ({
    onSocket: (socket) =>
      pushTo(socket, options, options.intervalMs ?? PERIOD_MS, () =>
        JSON.stringify({ type: 'info', message: '定时通知', timestamp: nowSeconds() }),
      ),
  }),
}
