/** Momentum's frames as text: what a client may send, and what the server makes of it. Pure. */

/** What every frame of the server carries, keys in this order. */
export interface Envelope {
  readonly id: string | number
  readonly message_type: string
  readonly data: unknown
  /** ISO 8601. */
  readonly timestamp: string
  /** Null: the server itself speaks. */
  readonly from_user_id: string | null
  readonly to_user_id?: string
}

/** A client's frame; null where it said nothing. */
export interface Incoming {
  readonly id: string | number | null
  readonly type: string
  readonly data: unknown
  readonly timestamp: string | null
  readonly to: string | null
}

/** Why a frame cannot be passed on, for the `data` of an error message. */
export interface Fault {
  readonly code: 'bad-json' | 'bad-message' | 'reserved-type' | 'not-text' | 'user-offline'
  readonly content: string
  /** Id of the frame in question, where it had one. */
  readonly in_reply_to: string | number | null
}

/** Said by the server only; from a client they would be forgeries. */
const RESERVED: ReadonlySet<string> = new Set(['system_message', 'user_joined', 'user_left', 'error'])
const MAX_TYPE_LENGTH = 100

export function parseIncoming(text: string): Incoming | Fault {
  const value = parseJson(text)
  if (value === undefined)
    return { code: 'bad-json', content: 'the frame is not valid JSON', in_reply_to: null }
  if (!isRecord(value)) {
    return { code: 'bad-message', content: 'the frame is not a JSON object', in_reply_to: null }
  }
  const { id: rawId, message_type: type, data = {}, timestamp, to_user_id: to } = value
  const id = typeof rawId === 'string' || isFiniteNumber(rawId) ? rawId : null
  const bad = (content: string): Fault => ({ code: 'bad-message', content, in_reply_to: id })
  // JSON.parse makes infinity of 1e999, which JSON.stringify would pass on as null.
  if (typeof rawId === 'number' && id === null) return bad('id is a number that is too large')
  if (!isMessageType(type)) return bad(`message_type must be a string of 1 to ${MAX_TYPE_LENGTH} characters`)
  if (RESERVED.has(type)) {
    return { code: 'reserved-type', content: `${type} is said by the server only`, in_reply_to: id }
  }
  if (type !== 'ping' && !isRecord(data)) return bad('data must be an object')
  if (to !== undefined && to !== null && typeof to !== 'string') return bad('to_user_id must be a string')
  return { id, type, data, timestamp: isDate(timestamp) ? timestamp : null, to: to ?? null }
}

/** The frame to send, in the order of keys that clients know; null when `data` is nested too deeply to be written. */
export function writeEnvelope(envelope: Envelope): Buffer | null {
  const { id, message_type, data, timestamp, from_user_id, to_user_id } = envelope
  try {
    return Buffer.from(JSON.stringify({ id, message_type, data, timestamp, from_user_id, to_user_id }))
  } catch (error) {
    // JSON.parse accepts any depth, JSON.stringify ends with the stack.
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Undefined when `text` is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isMessageType(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TYPE_LENGTH
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 40 && !Number.isNaN(Date.parse(value))
}
