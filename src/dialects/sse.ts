/** No WebSocket: an event stream (GET, text/event-stream) with one event a second, "Current time: …". */
import type { Dialect } from './dialect.ts'

export const sse: Dialect = {
  name: 'sse',
  description: 'an event stream over HTTP, one event a second',
  audience: 'nobody',
  frames: 'text',
  transport: 'event-stream',
  push: { everyUs: 1_000_000, by: 'message' },
  // Nothing else can be an event of a stream, so this counts those of any server.
  classify: () => 'push',
}
