/** JSON of three fields, which the server parses and writes anew in this order, to everyone. */
import type { Dialect } from './dialect.ts'

export const chatJson: Dialect = {
  name: 'chat-json',
  description: 'JSON with username, content and timestamp reaches every client',
  audience: 'everyone',
  frames: 'text',
  write: (content, { unixSeconds }) =>
    JSON.stringify({ username: 'stress', content, timestamp: unixSeconds }),
}
