import type { IncomingMessage } from 'node:http'
import { shortenLocation } from '../websocket/handshake.ts'
import type { ConnectionEnd } from './link.ts'

export const EVENT_STREAM = 'text/event-stream'

/** Null when the response head begins an event stream, else why not. */
export function checkEventStream({
  statusCode = 0,
  headers,
}: Pick<IncomingMessage, 'statusCode' | 'headers'>): Omit<ConnectionEnd, 'when'> | null {
  if (statusCode !== 200) {
    const { location } = headers
    const to = statusCode >= 300 && location !== undefined ? ` -> ${shortenLocation(location)}` : ''
    return { class: 'upgrade-status', detail: `${statusCode}${to}` }
  }
  const type = (headers['content-type'] ?? '').replace(/;.*/s, '').trim().toLowerCase()
  if (type === '') return { class: 'upgrade-invalid', detail: 'no content-type' }
  if (type !== EVENT_STREAM) {
    return {
      class: 'upgrade-invalid',
      detail: `content-type ${type.replace(/[^\x21-\x7e]/g, '?').slice(0, 50)}`,
    }
  }
  return (headers['content-encoding'] ?? 'identity') === 'identity'
    ? null
    : { class: 'upgrade-invalid', detail: 'content-encoding that was not asked for' }
}
