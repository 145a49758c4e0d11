import type { WebSocket } from 'ws'
import { Outbox, type OutboxOptions } from './outbox.ts'

/** Everyone connected, each behind an outbox of its own. */
export class Audience {
  readonly #options: OutboxOptions
  readonly #members = new Set<Outbox>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#members.size
  }

  /** Adds a connection, which leaves by itself when it closes. */
  join(socket: WebSocket): Outbox {
    const outbox = new Outbox(socket, this.#options)
    this.#members.add(outbox)
    socket.once('close', () => this.#members.delete(outbox))
    return outbox
  }

  /** Sends a text message to every member; its UTF-8 is written once for all. */
  send(text: string | Buffer): void {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    for (const outbox of this.#members) outbox.send(bytes)
  }

  /** Tells every member something that is no message. */
  sendNotice(text: string): void {
    const bytes = Buffer.from(text)
    for (const outbox of this.#members) outbox.sendNotice(bytes)
  }
}
