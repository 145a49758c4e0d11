import { randomUUID } from 'node:crypto'
import type { Incoming, IncomingKind, Outgoing, Speech } from './speech.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Momentum's envelopes; a JSON object with a message_type gets the fields that it lacks, any other goes as it stands. */
export const momentumSpeech: Speech = {
  name: 'momentum',
  text: (content) => wrap({ message_type: 'text', data: { content } }),
  notification: (content) =>
    wrap({ message_type: 'notification', data: { content, priority: 'normal', source: 'stress client' } }),
  json: (written, value) =>
    isObject(value) && typeof value.message_type === 'string'
      ? wrap(value)
      : { text: written, mark: written },
  ping: () => wrap({ message_type: 'ping', data: {} }),
  bare: null,
  describe,
}

function wrap(message: JsonObject): Outgoing {
  const { id: given, message_type, data = {}, timestamp = new Date().toISOString(), ...others } = message
  const isGiven = (typeof given === 'string' && given !== '') || typeof given === 'number'
  const id = isGiven ? given : randomUUID()
  return {
    text: JSON.stringify({ id, message_type, data, timestamp, ...others }),
    // A short number would be found in any message.
    mark: typeof id === 'string' ? id : `"id":${id}`,
  }
}

const KINDS: Readonly<Record<string, IncomingKind>> = {
  text: 'text',
  notification: 'notification',
  system_message: 'system',
  user_joined: 'presence',
  user_left: 'presence',
  ping: 'heartbeat',
  pong: 'heartbeat',
  error: 'error',
}

function describe(text: string): Incoming {
  const message = parseObject(text)
  const type = message?.message_type
  if (message === null || typeof type !== 'string') return { kind: 'other', text }
  const data = isObject(message.data) ? message.data : {}
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type]! : 'other'
  return { kind, text: `${type}${nameEnds(message, data)}${tellContent(type, data)}` }
}

/** ` from USER to USER`, as far as the envelope says so. */
function nameEnds({ from_user_id: from, to_user_id: to }: JsonObject, { username }: JsonObject): string {
  const sender = [username, from].filter((name) => typeof name === 'string' && name !== '')
  const ends = [
    sender.length === 0 ? '' : ` from ${sender.join(' ')}`,
    typeof to === 'string' && to !== '' ? ` to ${to}` : '',
  ]
  return ends.join('')
}

function tellContent(type: string, data: JsonObject): string {
  if (type === 'user_joined' || type === 'user_left' || type === 'pong') return ''
  const { content, priority, source } = data
  const labels = [priority, source].filter((label) => typeof label === 'string' && label !== '')
  const label = labels.length === 0 ? '' : ` (${labels.join(', ')})`
  const told = typeof content === 'string' ? content : JSON.stringify(data)
  return `${label}: ${told}`
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
