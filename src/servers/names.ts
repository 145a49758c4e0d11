/** What `stress serve` can be asked for. Without imports, so that reading a command line loads no server. */

export const SERVER_NAMES = [
  'echo',
  'echo-axum',
  'echo-axum-en',
  'broadcast',
  'chat-numbered',
  'chat-named',
  'chat-json',
  'rooms',
  'binary',
  'notifications',
  'feed',
  'sse',
  'heartbeat',
  'momentum',
] as const

export type ServerName = (typeof SERVER_NAMES)[number]

/** Every server at once, each under `/NAME`. */
export const ALL = 'all'

const PUSHING: readonly ServerName[] = ['notifications', 'feed', 'sse']
const SENDING: readonly ServerName[] = SERVER_NAMES.filter((name) => name !== 'heartbeat')

const SOCKETS: readonly ServerName[] = SERVER_NAMES.filter((name) => name !== 'sse')

/** What a client gets depends on no other client, so that several processes can share the work. */
export const DIVISIBLE: readonly ServerName[] = [
  'echo',
  'echo-axum',
  'echo-axum-en',
  'binary',
  'notifications',
  'feed',
  'sse',
  'heartbeat',
]

/** Options that not every server can do, and those that can; `all` takes them all. */
export const OPTION_OWNERS: Readonly<Record<string, readonly ServerName[]>> = {
  interval: [...PUSHING, 'heartbeat', 'momentum'],
  drop: SENDING,
  duplicate: SENDING,
  delay: SENDING,
  stall: SENDING,
  misroute: ['rooms'],
  'pong-limit': ['heartbeat', 'momentum'],
  'idle-timeout': SOCKETS,
  'cut-after': SOCKETS,
  refuse: SOCKETS,
  leak: SOCKETS,
  unbounded: ['broadcast'],
  'block-slow': ['broadcast'],
  'jwt-secret': ['momentum'],
}

export function isServerName(name: string): name is ServerName {
  return (SERVER_NAMES as readonly string[]).includes(name)
}
