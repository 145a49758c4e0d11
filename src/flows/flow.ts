/**
 * What a flow is: a function of the user's that says what one virtual client does. A module exports it by default:
 *
 *     export default async (client, context) => {
 *       await client.step('login', async () => {
 *         await client.send({ type: 'login', user: context.row.user })
 *         await client.expect({ '/type': 'welcome' }, { within: '2s' })
 *       })
 *     }
 */

/** `Row`: what a row of `--data` looks like; of CSV all values are texts. */
export type Flow<Row = Readonly<Record<string, string>>> = (
  client: FlowClient,
  context: FlowContext<Row>,
) => unknown

/** A number is milliseconds; a text has its unit: `'250ms'`, `'2s'`, `'1m30s'`. */
export type FlowTime = number | string

/** The client that runs the flow, with one connection, which is open when the flow begins. */
export interface FlowClient {
  /** The connection is open. */
  readonly isOpen: boolean
  /**
   * Sends one message: a text, bytes (a binary frame), or anything else as JSON. Resolves when the socket has room for
   * more, so that a server that does not read slows the flow down; rejects (`socket-full`) after `--timeout`.
   */
  send(message: unknown): Promise<void>
  /**
   * Waits for a message and takes it: the oldest that is there, or comes within the time, and is as expected. Those that
   * are not stay for later expectations, in their order, up to 1,000; beyond these the oldest is dropped.
   * Rejects with `expect-timeout`, with `expect-mismatch` when `next` is set, or when the connection ends.
   */
  expect(expected?: Expected, options?: ExpectOptions): Promise<FlowMessage>
  /** Drops the messages that have come and were not taken; returns how many. */
  discard(): number
  /** Waits as long as a user would think; with `upTo`, a time between the two, from `context.random`. */
  think(time: FlowTime, upTo?: FlowTime): Promise<void>
  /** Sends a ping; resolves to the milliseconds until its pong. */
  ping(options?: { readonly within?: FlowTime }): Promise<number>
  /** Closes the connection and waits until it is gone. `code` (1000): 1000, or 3000 to 4999. */
  close(code?: number): Promise<void>
  /** Waits until the server closes the connection; resolves to the close code, 1006 without a Close frame. */
  expectClose(options?: { readonly within?: FlowTime }): Promise<number>
  /** Ends the connection if there is one, and opens a new one; rejects when that fails. */
  reconnect(): Promise<void>
  /**
   * Runs a part of the flow under a name: its time is the metric `step_time{step=NAME}`, and when it throws,
   * `steps_failed{step=NAME}` counts. Names have up to 40 letters, digits and - _ . ; up to 31 are kept apart.
   */
  step<T>(name: string, body: () => T | Promise<T>): Promise<T>
}

/** How to wait for a message. */
export interface ExpectOptions {
  /** Default: `--timeout`. */
  readonly within?: FlowTime
  /** The very next message has to be the one. */
  readonly next?: boolean
}

/**
 * A text is contained in the message, a regular expression matches it, bytes are equal to it. An object has JSON pointers
 * (RFC 6901) as keys: what stands there is equal to the value, or a function of it is true, or a regular expression matches
 * it. A function gets the message. Nothing: all messages are.
 */
export type Expected =
  | string
  | RegExp
  | Uint8Array
  | { readonly [pointer: `/${string}`]: unknown }
  | ((message: FlowMessage) => boolean)

/** What came from the server. */
export interface FlowMessage {
  readonly text: string
  readonly bytes: Uint8Array
  readonly isBinary: boolean
  /** The message as JSON; throws when it is none. */
  json<T = unknown>(): T
  /** What stands at a JSON pointer, `/data/id`; undefined when there is nothing, or no JSON. */
  get<T = unknown>(pointer: string): T | undefined
}

/** What a flow knows of itself. */
export interface FlowContext<Row = Readonly<Record<string, string>>> {
  /** Number of the client in the run, from 0. */
  readonly client: number
  /** Clients of the group. */
  readonly clients: number
  /** How many flows this client has begun before. */
  readonly iteration: number
  /** Its row of `--data`, the same in all its flows; empty without. */
  readonly row: Row
  /** Variables: `--var NAME=VALUE`, `--var NAME`, and all that begin with STRESS_. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Its token of `--token` or `--jwt-secret`; empty without. */
  readonly token: string
  /** No more flows begin: a flow that repeats itself should come to its end, within `--timeout`. */
  readonly ending: boolean
  /** Aborted when the flow is cut off: for what is awaited beside the client. */
  readonly signal: AbortSignal
  /** A number from 0 to 1, the same in every run with the same `--seed`. */
  random(): number
}

/** A flow that was loaded, whatever its rows look like. */
export type AnyFlow = Flow<Readonly<Record<string, unknown>>>
