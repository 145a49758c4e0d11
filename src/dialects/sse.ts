/** No WebSocket: an event stream (GET, text/event-stream) with one event a second, "Current time: …". */
import type { Dialect } from './dialect.ts'

export const sse: Dialect = {
  name: 'sse',
  description: 'an event stream over HTTP, one event a second',
  audience: 'nobody',
  frames: 'text',
  transport: 'event-stream',
  push: { everyUs: 1_000_000, by: 'message' },
  classify: (text) => (/^Current time: \S/.test(text) ? 'push' : 'noise'),
}
