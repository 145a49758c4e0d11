/** {"timestamp":unix seconds,"value":0..100}: the first at once, then each second. */
import type { Dialect } from './dialect.ts'
import { parseObject } from './json-object.ts'

export const feed: Dialect = {
  name: 'feed',
  description: 'the server sends a JSON value each second',
  audience: 'nobody',
  frames: 'text',
  push: { everyUs: 1_000_000, by: 'message' },
  classify: (text) => {
    const { timestamp, value } = parseObject(text) ?? {}
    const inRange = typeof value === 'number' && value >= 0 && value <= 100
    return inRange && Number.isInteger(timestamp) ? 'push' : 'noise'
  },
}
