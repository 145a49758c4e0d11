/** A Momentum server of its own for a test, and clients that wait for messages by their type. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type RunningServer, type StartOptions, startServer } from '../../../src/servers/start.ts'
import { mintToken, userIdOf } from '../../../src/tokens/mint-token.ts'

export const SECRET = 'a secret for tests only'

export interface Envelope {
  readonly id: string
  readonly message_type: string
  readonly data: Record<string, unknown>
  readonly timestamp: string
  readonly from_user_id: string | null
  readonly to_user_id?: string
}

export interface MomentumClient {
  readonly userId: string
  readonly socket: WebSocket
  /** Every frame so far, as text. */
  readonly frames: string[]
  /** Sends an object as JSON, or a text as it is. */
  send(message: object | string): void
  /** The next message of that type that was not asked for yet. */
  next(type: string): Promise<Envelope>
  /** Types of the messages so far. */
  types(): string[]
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  /** Resolves when the server has treated all that was sent before. */
  settle(): Promise<void>
}

export function startMomentum(options: StartOptions = {}): Promise<RunningServer> {
  return startServer('momentum', { port: 0, jwtSecret: SECRET, ...options })
}

/** Connects virtual client N, unless another token is given. */
export async function connect(
  server: RunningServer,
  client: number,
  options: { token?: string; autoPong?: boolean } = {},
): Promise<MomentumClient> {
  const token = options.token ?? (await mintToken({ secret: SECRET, client, lifetimeSec: 60 }))
  const socket = new WebSocket(`${server.url}?token=${token}`, {
    perMessageDeflate: false,
    autoPong: options.autoPong ?? true,
  })
  const frames: string[] = []
  const unread: Envelope[] = []
  let wake = () => {}
  let arrival = new Promise<void>((resolve) => {
    wake = resolve
  })
  socket.on('message', (data: Buffer) => {
    frames.push(data.toString())
    unread.push(JSON.parse(data.toString()) as Envelope)
    wake()
    arrival = new Promise<void>((resolve) => {
      wake = resolve
    })
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await once(socket, 'open')
  const next = async (type: string): Promise<Envelope> => {
    for (;;) {
      const index = unread.findIndex(({ message_type }) => message_type === type)
      if (index >= 0) return unread.splice(index, 1)[0]!
      await arrival
    }
  }
  return {
    userId: userIdOf(client),
    socket,
    frames,
    closed,
    next,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    types: () => frames.map((frame) => (JSON.parse(frame) as Envelope).message_type),
    settle: async () => {
      const pong = once(socket, 'pong')
      socket.ping()
      await pong
    },
  }
}

/** Closes and waits until the server has noticed, as the clients still connected see it. */
export async function leave(client: MomentumClient): Promise<void> {
  client.socket.close(1000)
  await client.closed
}

/** A request to the server's HTTP side; `path` below the mount. */
export function request(server: RunningServer, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, init)
}

export async function getJson(server: RunningServer, path: string): Promise<Record<string, unknown>> {
  return (await (await request(server, path)).json()) as Record<string, unknown>
}

/** The server hears of a connection's end a moment after the client does. */
export async function untilActive(server: RunningServer, connections: number): Promise<void> {
  while ((await getJson(server, '/ws/stats')).active_connections !== connections);
}
