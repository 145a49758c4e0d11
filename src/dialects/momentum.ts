/** The Momentum backend: JSON envelopes; a text without `to_user_id` reaches every online user. The token is in the query. */
import type { Dialect } from './dialect.ts'
import { parseObject } from './json-object.ts'

/** What the server or another user sends that no message of ours is. */
const CONTROL_TYPES: ReadonlySet<unknown> = new Set([
  'user_joined',
  'user_left',
  'ping',
  'pong',
  'system_message',
  'notification',
])

export const momentum: Dialect = {
  name: 'momentum',
  description: 'the Momentum backend: each text reaches every online user; needs a token',
  audience: 'everyone',
  frames: 'text',
  tokenParameter: 'token',
  write: (content, { uuid, unixSeconds }) =>
    JSON.stringify({
      id: uuid,
      message_type: 'text',
      data: { content },
      timestamp: new Date(unixSeconds * 1000).toISOString(),
    }),
  classify: (text) => (CONTROL_TYPES.has(parseObject(text)?.message_type) ? 'control' : 'noise'),
}
