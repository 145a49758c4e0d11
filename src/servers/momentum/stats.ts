import type { Members } from './members.ts'

/** Clients choose the types, so their number has to end somewhere; the rest are counted together. */
const MAX_TYPES = 50
const OTHER = 'other'

/** Counts since the start, for GET /ws/stats. */
export class Stats {
  readonly #startedMs = Date.now()
  readonly #byType = new Map<string, number>()
  /** Connections upgraded, refused by their token, and closed because they were silent. */
  accepted = 0
  refused = 0
  cleanedUp = 0
  /** Messages taken from clients and over HTTP, written to connections, and answered with an error. */
  received = 0
  delivered = 0
  faulty = 0

  countMessage(type: string): void {
    this.received++
    const known = this.#byType.has(type) || this.#byType.size < MAX_TYPES
    const key = known ? type : OTHER
    this.#byType.set(key, (this.#byType.get(key) ?? 0) + 1)
  }

  toJson(members: Members): Record<string, unknown> {
    return {
      active_connections: members.connections.size,
      online_users: members.userCount,
      total_connections: this.accepted,
      refused_connections: this.refused,
      cleaned_up_connections: this.cleanedUp,
      total_messages: this.received,
      messages_by_type: Object.fromEntries(this.#byType),
      messages_delivered: this.delivered,
      messages_faulty: this.faulty,
      started_at: new Date(this.#startedMs).toISOString(),
      uptime_seconds: Math.floor((Date.now() - this.#startedMs) / 1000),
    }
  }
}
