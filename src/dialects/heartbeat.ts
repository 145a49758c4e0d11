/** The server sends a WebSocket Ping every 30 s and expects a Pong. */
import type { Dialect } from './dialect.ts'

export const heartbeat: Dialect = {
  name: 'heartbeat',
  description: 'the server sends a WebSocket Ping every 30 s',
  audience: 'nobody',
  push: { everyUs: 30_000_000, by: 'ping', atOnce: false },
}
