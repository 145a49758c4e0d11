/**
 * How to speak to one kind of server. Pure: no socket, no clock. A user's own module (`--dialect ./mine.mjs`, see
 * load-dialect.ts) exports one of these; all but `name` and `audience` has a default.
 */
export interface Dialect {
  readonly name: string
  /** One clause for lists of dialects. */
  readonly description?: string
  readonly audience: Audience
  /** What the server takes and sends; default `either` (text unless binary is asked for). */
  readonly frames?: 'text' | 'binary' | 'either'
  /** Default `websocket`. */
  readonly transport?: 'websocket' | 'event-stream'
  /** What the server promises to send by itself. */
  readonly push?: PushPromise
  /** A message around `content` (ASCII letters and digits, which must be in it as they are); default: the content itself. */
  write?(content: string, context: MessageContext): string | Buffer
  /** Sent in this order right after the connection is open. */
  opening?(context: ClientContext): readonly (string | Buffer)[]
  /** What a frame means that has no mark (see mark.ts) in it; default: noise. */
  classify?(text: string, client: number): Meaning
  /** The query parameter that takes the token when the URL has no `{token}`. */
  readonly tokenParameter?: string
}

/**
 * Who gets a message. `sender`: its sender, as a reply; `everyone`: each connected client, and `room`: each member of the
 * sender's room, the sender included; `nobody`: the clients only listen.
 */
export type Audience = 'sender' | 'everyone' | 'room' | 'nobody'

/** What a server sends by itself, and how often. */
export interface PushPromise {
  /** Between two pushes; null: not promised. */
  readonly everyUs: number | null
  /** `ping`: the pushes are the server's Ping frames. */
  readonly by: 'message' | 'ping'
  /** The first is due as soon as the connection is open (default); else after an interval. */
  readonly atOnce?: boolean
}

/** `push`: the server's own message; `control`: part of the protocol (someone joined, a pong); `noise`: nothing known. */
export type Meaning = 'push' | 'control' | 'noise'

/** What a message may be made of beside its content. */
export interface MessageContext {
  /** 0-based; 0 without rooms. */
  readonly room: number
  /** Stands for an id that is new with every message: where it is in the message, client and sequence number are filled in. */
  readonly uuid: string
  /** Seconds since 1970, of the run's start. */
  readonly unixSeconds: number
}

/** Whose connection has been opened. */
export interface ClientContext {
  /** 0-based, over all groups. */
  readonly client: number
  readonly room: number
  /** Empty: none. */
  readonly token: string
}

/** Bytes of a payload, and where the digits of its numbers stand (offsets of first digits; zero-padded). */
export interface PayloadLayout {
  readonly bytes: Buffer
  readonly clientAt: readonly number[]
  readonly clientDigits: number
  readonly seqAt: readonly number[]
  readonly seqDigits: number
}

/** What classify() says beside a sequence number: another client's message, nothing known, a push, part of the protocol. */
export const OTHERS = -1
export const NOISE = -2
export const PUSH = -3
export const CONTROL = -4

/** Finds in a frame whose message it carries. Has a memory of where it last looked, so one a thread. */
export interface Matcher {
  /** After OTHERS: who sent the message, and its number; sender −1: not known. */
  readonly sender: number
  readonly seq: number
  /** The sequence number (≥ 0) when data[start, end) is of `client`, else OTHERS, NOISE, PUSH or CONTROL. */
  classify(data: Buffer, start: number, end: number, client: number): number
}
