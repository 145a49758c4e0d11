import type { WebSocket } from 'ws'
import type { Outbox } from '../outbox.ts'
import type { User } from './verify-token.ts'

/** One socket of a user. */
export interface Connection {
  readonly user: User
  readonly socket: WebSocket
  readonly outbox: Outbox
  /** Pings since it last spoke or answered one. */
  unansweredPings: number
}

/** A user as GET /ws/online shows it. */
export interface OnlineUser {
  readonly user_id: string
  readonly username: string
  readonly connections: number
  /** ISO 8601, of the first of the present connections. */
  readonly online_since: string
}

interface Member {
  readonly username: string
  readonly sinceMs: number
  readonly connections: Set<Connection>
}

/** Who is online: users, each with one connection or more. */
export class Members {
  readonly connections: Set<Connection> = new Set()
  readonly #byUser = new Map<string, Member>()

  get userCount(): number {
    return this.#byUser.size
  }

  /** Whether this is the user's first connection. */
  add(connection: Connection): boolean {
    const { id, username } = connection.user
    this.connections.add(connection)
    const member = this.#byUser.get(id)
    member?.connections.add(connection)
    if (member !== undefined) return false
    this.#byUser.set(id, { username, sinceMs: Date.now(), connections: new Set([connection]) })
    return true
  }

  /** What is left of the user: `some` or `none` of the connections; `unknown` when this one was not there any more. */
  remove(connection: Connection): 'some' | 'none' | 'unknown' {
    if (!this.connections.delete(connection)) return 'unknown'
    const member = this.#byUser.get(connection.user.id)
    member?.connections.delete(connection)
    if (member !== undefined && member.connections.size > 0) return 'some'
    this.#byUser.delete(connection.user.id)
    return 'none'
  }

  /** The connections of a user, none when the user is offline. */
  of(userId: string): ReadonlySet<Connection> {
    return this.#byUser.get(userId)?.connections ?? NOBODY
  }

  list(): OnlineUser[] {
    return [...this.#byUser].map(([user_id, { username, sinceMs, connections }]) => ({
      user_id,
      username,
      connections: connections.size,
      online_since: new Date(sinceMs).toISOString(),
    }))
  }
}

const NOBODY: ReadonlySet<Connection> = new Set()
