/** Servers that return the payload somewhere inside their reply: behind "Echo: ", "回显: ", inside JSON, unchanged. */
import type { Dialect } from './dialect.ts'

export const echo: Dialect = {
  name: 'echo',
  description: 'the message comes back to its sender, unchanged or somewhere inside the reply',
  audience: 'sender',
  frames: 'either',
}
