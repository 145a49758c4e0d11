/** How a person speaks to a kind of server: what the commands send, and what comes back means. */

export type IncomingKind =
  | 'text'
  | 'notification'
  | 'system'
  | 'presence'
  | 'heartbeat'
  | 'error'
  | 'binary'
  | 'other'

/** An incoming message for a reader; its text is not yet safe for a terminal. */
export interface Incoming {
  readonly kind: IncomingKind
  readonly text: string
}

/** One text message to send. */
export interface Outgoing {
  readonly text: string
  /** A message that contains this is the answer, or the message itself come back. */
  readonly mark: string
}

export interface Speech {
  readonly name: 'momentum' | 'text'
  text(content: string): Outgoing
  /** Null: no command of this kind of server. */
  readonly notification: ((content: string) => Outgoing) | null
  /** A valid JSON document, as written and as parsed. */
  json(written: string, value: unknown): Outgoing
  /** Null: a WebSocket ping. */
  readonly ping: (() => Outgoing) | null
  /** A line that is no command; null: a mistake. */
  readonly bare: ((line: string) => Outgoing) | null
  /** Explains an incoming text message. */
  describe(text: string): Incoming
}
