/** Tagged JSON; a Message reaches the members of its room, with the sender's name added. */
import type { Dialect } from './dialect.ts'
import { parseObject } from './json-object.ts'

const CONTROL_TYPES: ReadonlySet<unknown> = new Set(['Join', 'Leave', 'Ping', 'Pong'])

export const rooms: Dialect = {
  name: 'rooms',
  description: 'JSON messages reach the members of a room',
  audience: 'room',
  frames: 'text',
  opening: ({ client, room }) => [
    JSON.stringify({ type: 'Join', room: roomName(room), username: `user-${client}` }),
  ],
  write: (content, { room }) => JSON.stringify({ type: 'Message', room: roomName(room), content }),
  classify: (text) => (CONTROL_TYPES.has(parseObject(text)?.type) ? 'control' : 'noise'),
}

function roomName(room: number): string {
  return `room-${room}`
}
