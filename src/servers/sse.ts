import type { IncomingMessage, ServerResponse } from 'node:http'
import { CHANNEL_CAPACITY, Outbox, type Sink } from './outbox.ts'
import type { ServerKind, ServiceOptions } from './service.ts'
import { startTicker } from './ticker.ts'

const PATH = '/events'
const PERIOD_MS = 1000
const KEEP_ALIVE_MS = 1000

/** Not WebSocket: an event stream with the time, numbered, so that a client that comes again goes on where it was. */
export const sse: ServerKind = {
  description: 'an event stream: the time every 1 s',
  defaultPort: 3000,
  path: PATH,
  scheme: 'http',
  create: (options) => {
    const streams = new Set<ServerResponse>()
    return {
      onRequest: (request, response, url) => {
        if (url.pathname !== PATH) return false
        if (request.method === 'GET') {
          streams.add(response)
          response.once('close', () => streams.delete(response))
          stream(request, response, options)
        } else {
          response.writeHead(405, { allow: 'GET', 'content-type': 'text/plain' }).end('GET only\n')
        }
        return true
      },
      close: () => {
        for (const response of streams) response.end()
      },
    }
  },
}

function stream(request: IncomingMessage, response: ServerResponse, options: ServiceOptions): void {
  const periodMs = options.intervalMs ?? PERIOD_MS
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  // The stream is open before its first event.
  response.flushHeaders()
  const outbox = new Outbox(toSink(response), { capacity: CHANNEL_CAPACITY, faults: options.faults })
  let id = readLastEventId(request)
  let keepAlive: NodeJS.Timeout | undefined
  const stop = startTicker(periodMs, () => {
    outbox.send(`id: ${++id}\ndata: Current time: ${formatUtc(new Date())}\n\n`)
    clearInterval(keepAlive)
    // Of a comment and an event that are due together the comment would be noise.
    if (periodMs <= KEEP_ALIVE_MS) return
    keepAlive = setInterval(() => outbox.sendNotice(': keep-alive-text\n\n'), KEEP_ALIVE_MS)
  })
  response.once('close', () => {
    stop()
    clearInterval(keepAlive)
  })
}

function readLastEventId(request: IncomingMessage): number {
  const id = request.headers['last-event-id']
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : 0
}

/** `2026-01-31 23:59:59.123 UTC`. */
function formatUtc(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', ' UTC')
}

function toSink(response: ServerResponse): Sink {
  return {
    get readyState() {
      return response.writable ? 1 : 3
    },
    get bufferedAmount() {
      return response.writableLength
    },
    send: (data, _options, written) => response.write(data, written),
    terminate: () => response.destroy(),
  }
}
