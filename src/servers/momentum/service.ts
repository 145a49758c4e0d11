import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { mintUserToken } from '../../tokens/mint-token.ts'
import { Outbox } from '../outbox.ts'
import type { Refusal, ServerKind, Service, ServiceOptions } from '../service.ts'
import { startCleanUp } from './clean-up.ts'
import { answerDemo } from './demo.ts'
import { answerApi } from './http-api.ts'
import { Hub } from './hub.ts'
import { type Connection, Members } from './members.ts'
import { Stats } from './stats.ts'
import { createTokenVerifier, type User } from './verify-token.ts'

const PING_MS = 30_000
const PING_LIMIT = 2
/**
 * The documents give no bound; in a storm each of N clients is told of up to N others at once, so it has to be far above
 * their 100 for a channel.
 */
const CAPACITY = 10_000
/** Each message goes to everyone online. */
const MAX_PAYLOAD_BYTES = 1024 * 1024
const POLICY_VIOLATION = 1008

/** The backend that this product was written for: JWT, envelopes, routing, HTTP API, demo page. State in memory. */
export const momentum: ServerKind = {
  description: 'JWT, envelopes, HTTP API, /demo',
  defaultPort: 8000,
  path: '/ws',
  scheme: 'ws',
  maxPayloadBytes: MAX_PAYLOAD_BYTES,
  create: createMomentum,
}

function createMomentum({ faults, intervalMs, pongLimit, jwtSecret }: ServiceOptions): Service {
  const ownSecret = jwtSecret === null || jwtSecret === '' ? randomBytes(32).toString('base64url') : null
  const verify = createTokenVerifier(ownSecret ?? jwtSecret ?? '')
  const admitted = new WeakMap<IncomingMessage, User>()
  const hub = new Hub(new Members(), new Stats())
  const endCleanUp = startCleanUp({
    periodMs: intervalMs ?? PING_MS,
    limit: pongLimit ?? PING_LIMIT,
    connections: hub.members.connections,
    drop: (connection) => {
      hub.stats.cleanedUp++
      hub.leave(connection)
      connection.socket.close(POLICY_VIOLATION, 'neither spoke nor answered a ping')
    },
  })

  async function authorize(request: IncomingMessage, url: URL): Promise<Refusal | null> {
    const check = await verify(url.searchParams.get('token'))
    if ('refused' in check) {
      hub.stats.refused++
      return { status: 401, reason: check.refused }
    }
    admitted.set(request, check.user)
    return null
  }

  function onSocket(socket: WebSocket, request: IncomingMessage): void {
    const user = admitted.get(request)
    if (user === undefined) throw new Error('a socket that was not authorized')
    const outbox = new Outbox(socket, { capacity: CAPACITY, faults })
    const connection: Connection = { user, socket, outbox, unansweredPings: 0 }
    socket.on('message', (data, isBinary) => onMessage(hub, connection, data, isBinary))
    socket.on('pong', () => {
      connection.unansweredPings = 0
    })
    socket.on('close', () => hub.leave(connection))
    // ws closes the connection itself; without a listener the error would end the process.
    socket.on('error', () => {})
    hub.join(connection)
  }

  function onRequest(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    return answerDemo(request, response, url.pathname) || answerApi(hub, request, response, url.pathname)
  }

  async function notes(baseUrl: string): Promise<readonly string[]> {
    if (ownSecret === null) return [`demo page: ${baseUrl}/demo (needs a token signed with your secret)`]
    const token = await mintUserToken({ username: 'demo', email: 'demo@example.com', secret: ownSecret })
    return [
      'no --jwt-secret and no JWT_SECRET: signed with a secret made up for this run, so only this token is valid',
      `demo page with it, for a day: ${baseUrl}/demo#token=${token}`,
    ]
  }

  return { authorize, onSocket, onRequest, notes, close: endCleanUp }
}

function onMessage(hub: Hub, connection: Connection, data: RawData, isBinary: boolean): void {
  connection.unansweredPings = 0
  if (isBinary) {
    hub.refuse(connection, {
      code: 'not-text',
      content: 'frames are JSON as text, not binary',
      in_reply_to: null,
    })
  } else hub.receive(connection, data.toString())
}
