import type { FaultInjector } from './faults.ts'
import { parseJsonObject } from './json-object.ts'
import { CHANNEL_CAPACITY, Outbox } from './outbox.ts'
import { RoomManager } from './room-manager.ts'
import type { ServerKind, Service } from './service.ts'

/** The messages are the documents'; of the server around them they say nothing but the room manager. */
export const rooms: ServerKind = {
  description: 'JSON Join, Leave, Message, Ping',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: ({ faults }) => serveRooms(new RoomManager(), faults),
}

/** The server around a room manager. */
export function serveRooms(manager: RoomManager<Outbox>, faults: FaultInjector): Service {
  return {
    onSocket: (socket) => {
      const outbox = new Outbox(socket, { capacity: CHANNEL_CAPACITY, faults })
      socket.on('message', (data, isBinary) => {
        const problem = isBinary
          ? 'only text frames are understood'
          : act(data.toString(), outbox, manager, faults)
        if (problem !== null) outbox.sendNotice(JSON.stringify({ type: 'Error', reason: problem }))
      })
      socket.once('close', () => manager.leaveAll(outbox))
    },
  }
}

/** Does what a frame asks for; what is wrong with it, or null. */
function act(
  text: string,
  sender: Outbox,
  manager: RoomManager<Outbox>,
  faults: FaultInjector,
): string | null {
  const frame = parseJsonObject(text)
  if (frame === null) return 'not a JSON object'
  const { type, room, username, content } = frame
  if (type === 'Ping') {
    sender.sendNotice('{"type":"Pong"}')
    return null
  }
  if (type === 'Pong') return null
  if (type !== 'Join' && type !== 'Leave' && type !== 'Message') return 'unknown type'
  if (typeof room !== 'string') return `${type} needs a room`
  if (type === 'Leave') {
    manager.leave(room, sender)
    return null
  }
  if (type === 'Join') {
    if (typeof username !== 'string') return 'Join needs a username'
    manager.join(room, sender, username)
    return null
  }
  if (typeof content !== 'string') return 'Message needs content'
  const name = manager.nameIn(room, sender)
  if (name === null) return 'not in that room'
  const bytes = Buffer.from(JSON.stringify({ type, room, content, username: name }))
  for (const member of manager.membersOf(room)) member.send(bytes)
  if (faults.strays()) misroute(bytes, manager.strangersTo(room), faults)
  return null
}

function misroute(bytes: Buffer, strangers: readonly Outbox[], faults: FaultInjector): void {
  strangers[faults.pick(strangers.length)]?.sendMisrouted(bytes)
}
