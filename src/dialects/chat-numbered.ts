/** Text T of user N reaches everyone as "用户 N: T"; the server gives the numbers. */
import type { Dialect } from './dialect.ts'

export const chatNumbered: Dialect = {
  name: 'chat-numbered',
  description: 'each text reaches every client as "用户 N: …"',
  audience: 'everyone',
  frames: 'text',
}
