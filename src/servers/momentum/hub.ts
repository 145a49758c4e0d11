import { randomUUID } from 'node:crypto'
import { type Fault, parseIncoming, writeEnvelope } from './envelope.ts'
import type { Connection, Members } from './members.ts'
import type { Stats } from './stats.ts'

const OPEN = 1

/** A message on its way; `from` null: the server itself. */
interface Message {
  readonly id: string | number | null
  readonly type: string
  readonly data: unknown
  readonly timestamp: string | null
  readonly from: string | null
  /** Null: to every online user. */
  readonly to: string | null
}

/** Who gets what. Members and Stats hold the state; this moves the messages. */
export class Hub {
  readonly members: Members
  readonly stats: Stats

  constructor(members: Members, stats: Stats) {
    this.members = members
    this.stats = stats
  }

  join(connection: Connection): void {
    this.stats.accepted++
    if (this.members.add(connection)) this.#announce('user_joined', connection)
  }

  /** May be called more than once: by the clean-up and by the end of the socket. */
  leave(connection: Connection): void {
    if (this.members.remove(connection) === 'none') this.#announce('user_left', connection)
  }

  /** A text frame of a client. */
  receive(connection: Connection, text: string): void {
    const incoming = parseIncoming(text)
    if ('code' in incoming) {
      this.refuse(connection, incoming)
      return
    }
    const { id, type, data, timestamp, to } = incoming
    // Answers to nothing that this server asks: a sign of life, and that was counted.
    if (type === 'pong') return
    if (to !== null && this.members.of(to).size === 0) {
      this.refuse(connection, { code: 'user-offline', content: `${to} is not online`, in_reply_to: id })
      return
    }
    const isSent =
      type === 'ping'
        ? this.#answerPing(connection, id, data)
        : this.deliver({ id, type, data, timestamp, from: connection.user.id, to }) !== null
    if (isSent) this.stats.countMessage(type)
    else
      this.refuse(connection, { code: 'bad-message', content: 'data is nested too deeply', in_reply_to: id })
  }

  /** Sends a message to everyone or to one user. Number of connections it went to; null when it cannot be written as JSON. */
  deliver({ id, type, data, timestamp, from, to }: Message): number | null {
    const frame = writeEnvelope({
      id: id ?? randomUUID(),
      message_type: type,
      data,
      timestamp: timestamp ?? new Date().toISOString(),
      from_user_id: from,
      ...(to === null ? {} : { to_user_id: to }),
    })
    if (frame === null) return null
    let count = 0
    for (const { socket, outbox } of to === null ? this.members.connections : this.members.of(to)) {
      if (socket.readyState !== OPEN) continue
      outbox.send(frame)
      count++
    }
    this.stats.delivered += count
    return count
  }

  /** Tells the sender alone what was wrong; the connection stays. */
  refuse(connection: Connection, fault: Fault): void {
    this.stats.faulty++
    const { code, content, in_reply_to } = fault
    this.#notify(connection, randomUUID(), 'error', { code, content, in_reply_to })
  }

  #answerPing(connection: Connection, id: string | number | null, data: unknown): boolean {
    return this.#notify(connection, id ?? randomUUID(), 'pong', data)
  }

  #notify({ outbox }: Connection, id: string | number, message_type: string, data: unknown): boolean {
    const timestamp = new Date().toISOString()
    const frame = writeEnvelope({ id, message_type, data, timestamp, from_user_id: null })
    if (frame !== null) outbox.sendNotice(frame)
    return frame !== null
  }

  /** To everyone but the user it is about. */
  #announce(message_type: 'user_joined' | 'user_left', { user }: Connection): void {
    const frame = writeEnvelope({
      id: randomUUID(),
      message_type,
      data: { username: user.username },
      timestamp: new Date().toISOString(),
      from_user_id: user.id,
    })
    if (frame === null) return
    for (const other of this.members.connections) {
      if (other.user.id !== user.id) other.outbox.sendNotice(frame)
    }
  }
}
