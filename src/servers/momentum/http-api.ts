import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isMessageType, isRecord, parseJson } from './envelope.ts'
import type { Hub } from './hub.ts'
import { readBody } from './read-body.ts'

/** What is answered; a string becomes `{"error": …}`. */
interface Answer {
  readonly status: number
  readonly body: string | Record<string, unknown>
}

interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly answer: (hub: Hub, body: Buffer) => Answer
}

const MAX_BODY_BYTES = 64 * 1024
const TOO_LARGE: Answer = { status: 413, body: `the body is larger than ${MAX_BODY_BYTES} bytes` }

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/ws/online': { method: 'GET', answer: listOnline },
  '/ws/stats': {
    method: 'GET',
    answer: ({ stats, members }) => ({ status: 200, body: stats.toJson(members) }),
  },
  '/ws/broadcast': { method: 'POST', answer: (hub, body) => postMessage(hub, body, false) },
  '/ws/send': { method: 'POST', answer: (hub, body) => postMessage(hub, body, true) },
}

/** Answers every path but those of the WebSocket, `/ws` and `/`, for which it returns false. */
export function answerApi(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): boolean {
  if (path === '/ws' || path === '/') return false
  const endpoint = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined
  if (endpoint === undefined) {
    writeAnswer(response, {
      status: 404,
      body: `no such path; there are ${Object.keys(ENDPOINTS).join(', ')}`,
    })
    return true
  }
  const allowed = endpoint.method === 'GET' ? ['GET', 'HEAD'] : ['POST']
  if (!allowed.includes(request.method ?? '')) {
    response.setHeader('allow', allowed.join(', '))
    writeAnswer(response, { status: 405, body: `only ${allowed.join(' and ')}` })
    return true
  }
  if (endpoint.method === 'GET') writeAnswer(response, endpoint.answer(hub, Buffer.alloc(0)))
  else answerPost(hub, endpoint, request, response)
  return true
}

function answerPost(hub: Hub, endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): void {
  readBody(request, MAX_BODY_BYTES, {
    onBody: (body) => writeAnswer(response, endpoint.answer(hub, body)),
    onTooLarge: () => {
      response.write(startAnswer(response, TOO_LARGE))
    },
    onDrained: () => response.end(),
  })
}

function listOnline({ members }: Hub): Answer {
  const users = members.list()
  return { status: 200, body: { count: users.length, users } }
}

function postMessage(hub: Hub, body: Buffer, isDirect: boolean): Answer {
  const value = parseJson(decode(body) ?? '')
  if (!isRecord(value)) return { status: 400, body: 'the body is not a JSON object' }
  const { message_type: type, data, to_user_id: user } = value
  const to = isDirect ? user : null
  if (to !== null && (typeof to !== 'string' || to === '')) {
    return { status: 400, body: 'to_user_id is missing or not a string' }
  }
  if (!isMessageType(type))
    return { status: 400, body: 'message_type is missing or not a string of 1 to 100 characters' }
  if (!isRecord(data)) return { status: 400, body: 'data is missing or not an object' }
  if (to !== null && hub.members.of(to).size === 0) return { status: 404, body: `${to} is not online` }

  const id = randomUUID()
  const recipients = hub.deliver({ id, type, data, timestamp: null, from: null, to })
  if (recipients === null) return { status: 400, body: 'data is nested too deeply' }
  hub.stats.countMessage(type)
  return { status: 200, body: { id, recipients } }
}

/** Null when the bytes are not UTF-8. */
function decode(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}

function writeAnswer(response: ServerResponse, answer: Answer): void {
  response.end(startAnswer(response, answer))
}

/** Writes the head; returns the body, which is still to be written. */
function startAnswer(response: ServerResponse, { status, body }: Answer): string {
  const text = JSON.stringify(typeof body === 'string' ? { error: body } : body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
  return text
}
