import { nowSeconds, pushTo } from './push.ts'
import type { ServerKind } from './service.ts'

const PERIOD_MS = 1000

/** A JSON measurement between 0 and 100 at once and then each second. */
export const feed: ServerKind = {
  description: 'a JSON value of 0 to 100 every 1 s',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: (options) => ({
    onSocket: (socket) =>
      pushTo(socket, options, options.intervalMs ?? PERIOD_MS, () =>
        JSON.stringify({ timestamp: nowSeconds(), value: Math.random() * 100 }),
      ),
  }),
}
