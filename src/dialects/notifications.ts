/** {"type":"info","message":…,"timestamp":unix seconds}: the first at once, then every 5 s. */
import type { Dialect } from './dialect.ts'
import { parseObject } from './json-object.ts'

export const notifications: Dialect = {
  name: 'notifications',
  description: 'the server sends a JSON notification every 5 s',
  audience: 'nobody',
  frames: 'text',
  push: { everyUs: 5_000_000, by: 'message' },
  classify: (text) => {
    const { type, message, timestamp } = parseObject(text) ?? {}
    return type === 'info' && typeof message === 'string' && Number.isInteger(timestamp) ? 'push' : 'noise'
  },
}
