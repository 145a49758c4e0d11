/** Each text goes to every connected client unchanged, the sender included; binary is ignored. */
import type { Dialect } from './dialect.ts'

export const broadcast: Dialect = {
  name: 'broadcast',
  description: 'each text reaches every client, the sender included',
  audience: 'everyone',
  frames: 'text',
}
