/** Ways to break Momentum on purpose: whom it lets in, its frames, its HTTP side. */
import { createHmac } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Claims, makeClaims, readClaims, signToken } from '../../src/verify/signed-token.ts'
import { answers, type Break, hears, saysText, type Wire, withSocket } from './breaking.ts'
import { SECRET } from './verifying.ts'

export type Frame = Readonly<Record<string, unknown>>

/** What can be seen in a token; `algorithm` is empty when it is none. */
export interface TokenParts {
  readonly token: string | null
  readonly algorithm: string
  readonly claims: Claims
  readonly isSigned: boolean
}

/** Lets in whoever `mayEnter` says, beside those who may. */
export function admits(mayEnter: (parts: TokenParts) => boolean): Break {
  return (service) => ({
    ...service,
    authorize: async (request, url) => {
      const forged = new URL(url)
      if (mayEnter(readToken(url.searchParams.get('token'))))
        forged.searchParams.set('token', signToken(makeClaims('forger'), SECRET))
      return (await service.authorize?.(request, forged)) ?? null
    },
  })
}

function readToken(token: string | null): TokenParts {
  const [head = '', body = '', signature = ''] = (token ?? '').split('.')
  const expected = createHmac('sha256', SECRET).update(`${head}.${body}`).digest().toString('base64url')
  const header: Frame = readJson(Buffer.from(head, 'base64url').toString())
  return {
    token,
    algorithm: typeof header.alg === 'string' ? header.alg : '',
    claims: readClaims(token ?? '') ?? {},
    isSigned: signature === expected,
  }
}

export function isFresh({ exp = 0 }: Claims): boolean {
  return exp > Date.now() / 1000
}

/** Every frame of the server passes through `change`; null: it is not sent. */
export function frames(change: (frame: Frame, wire: Wire) => Frame | null): Break {
  return saysText((text, wire) => {
    const frame = change(readJson(text), wire)
    return frame === null ? [] : [JSON.stringify(frame)]
  })
}

export function without(object: Frame, key: string): Frame {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}

export function dataOf({ data }: Frame): Frame {
  return typeof data === 'object' && data !== null ? (data as Frame) : {}
}

export function contentOf(frame: Frame): string {
  return String(dataOf(frame).content ?? '')
}

/** Frames of that type go to everyone, whatever their `to_user_id`. */
export function unrouted(messageType: string): Break {
  return hears(({ text }) => {
    const frame = readJson(text)
    return [frame.message_type === messageType ? JSON.stringify(without(frame, 'to_user_id')) : text]
  })
}

export function copiesToSender(): Break {
  return hears(({ text }, socket) => {
    if (readJson(text).to_user_id !== undefined) socket.send(text)
    return [text]
  })
}

/** What POST /ws/send brings goes to everyone. */
export function sendsToAll(): Break {
  const sockets = new Set<WebSocket>()
  return (service) =>
    withSocket((socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('stray', (text: string) => socket.send(text))
    })(
      saysText((text, { socket, from }) => {
        if (from === null && readJson(text).to_user_id !== undefined) {
          const stray = JSON.stringify(without(readJson(text), 'to_user_id'))
          for (const other of sockets) if (other !== socket) other.emit('stray', stray)
        }
        return [text]
      })(service),
    )
}

/** Who joins is told so of itself. */
export function tellsJoiner(): Break {
  return (service) => ({
    ...service,
    onSocket(socket, request, url) {
      service.onSocket?.(socket, request, url)
      const username = readClaims(url.searchParams.get('token') ?? '')?.username
      socket.send(JSON.stringify({ message_type: 'user_joined', data: { username } }))
    },
  })
}

/** The list has everybody who ever was online. */
export function keepsListed(): Break {
  const known: unknown[] = []
  return (service) =>
    rewritesJson('/ws/online', () => ({ users: known }))({
      ...service,
      onSocket(socket, request, url) {
        known.push({ user_id: readClaims(url.searchParams.get('token') ?? '')?.sub })
        service.onSocket?.(socket, request, url)
      },
    })
}

/** A fixed answer to GET on a path. */
export function responds(path: string, status: number, body: string): Break {
  return answers((request, response, url) => {
    if (url.pathname !== path || request.method !== 'GET') return false
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    return true
  })
}

/** A fixed answer to a POST whose body is such a one; others go on to the server. */
export function posts(path: string, status: number, isMeant: (body: string) => boolean): Break {
  return (service) => ({
    ...service,
    onRequest(request, response, url) {
      if (url.pathname !== path || request.method !== 'POST')
        return service.onRequest?.(request, response, url) ?? false
      collect(request).then((body) => {
        if (isMeant(body)) response.writeHead(status).end('{}')
        else service.onRequest?.(replay(request, body), response, url)
      })
      return true
    },
  })
}

/** Another status in place of one of the server's, on one path. */
export function restates(path: string, own: number, status: number): Break {
  return changesHead(path, (given) => (given === own ? status : given))
}

/** What a GET on the path says passes through `change`. */
export function rewritesJson(path: string, change: (body: Frame) => Frame): Break {
  return (service) =>
    answers((request, response, url) => {
      if (url.pathname !== path || request.method !== 'GET') return false
      const end = response.end.bind(response)
      Object.assign(response, { end: (text: string) => end(JSON.stringify(change(readJson(text)))) })
      return false
    })(changesHead(path, (status) => status)(service))
}

function changesHead(path: string, change: (status: number) => number): Break {
  return answers((_request, response: ServerResponse, url) => {
    if (url.pathname !== path) return false
    const writeHead = response.writeHead.bind(response)
    Object.assign(response, {
      // The length may change with the body.
      writeHead: (status: number, { 'content-length': _, ...headers }: Record<string, string>) =>
        writeHead(change(status), headers),
    })
    return false
  })
}

async function collect(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}

function replay({ method, url, headers }: IncomingMessage, body: string): IncomingMessage {
  return Object.assign(Readable.from([Buffer.from(body)]), { method, url, headers }) as IncomingMessage
}

function readJson(text: string): Frame {
  return isJson(text) ? JSON.parse(text) : {}
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
