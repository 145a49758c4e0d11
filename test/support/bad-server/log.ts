/** What one connection did and saw. */
export interface ConnectionLog {
  /** `GET /path HTTP/1.1`; empty until the request has come. */
  requestLine: string
  /** Names in lower case. */
  requestHeaders: Record<string, string>
  upgraded: boolean
  remoteAddress: string
  /** Whole data messages received. */
  messages: number
  /** Their payloads, where the behaviour keeps them. */
  kept: string[]
  /** Of those, left without an answer by design. */
  unanswered: number
  /** Of those, answered late by design. */
  held: number
  /** Everything written as a frame, data and control. */
  framesSent: number
  pingsSent: number
  /** Pongs that carry the payload of a ping of ours. */
  pongs: number
  /** Null: a Close frame without a code. */
  closesSent: (number | null)[]
  closesReceived: { code: number | null; reason: string }[]
  /** We ended it with RST. */
  reset: boolean
  /** The client ended its side (FIN), or reset. */
  clientEnd: 'fin' | 'reset' | null
  /** What a client must never send: unmasked frames, reserved bits, pongs nobody asked for, … */
  violations: string[]
}

/** Sums over all connections, and each of them. Kept when the server is closed. */
export interface ServerLog {
  connections: ConnectionLog[]
  readonly accepted: number
  readonly upgraded: number
  readonly messages: number
  readonly unanswered: number
  readonly held: number
  readonly framesSent: number
  readonly pingsSent: number
  readonly pongs: number
  readonly resets: number
  /** Close codes in the order of the connections; null: no code. */
  readonly closesSent: (number | null)[]
  readonly closesReceived: (number | null)[]
  readonly violations: string[]
  /** TLS handshakes that failed, by error code. */
  tlsErrors: string[]
}

export function createConnectionLog(): ConnectionLog {
  return {
    requestLine: '',
    requestHeaders: {},
    upgraded: false,
    remoteAddress: '',
    messages: 0,
    kept: [],
    unanswered: 0,
    held: 0,
    framesSent: 0,
    pingsSent: 0,
    pongs: 0,
    closesSent: [],
    closesReceived: [],
    reset: false,
    clientEnd: null,
    violations: [],
  }
}

export function createServerLog(): ServerLog {
  const connections: ConnectionLog[] = []
  const sum = (count: (log: ConnectionLog) => number) =>
    connections.reduce((total, log) => total + count(log), 0)
  return {
    connections,
    tlsErrors: [],
    get accepted() {
      return connections.length
    },
    get upgraded() {
      return sum((log) => (log.upgraded ? 1 : 0))
    },
    get messages() {
      return sum((log) => log.messages)
    },
    get unanswered() {
      return sum((log) => log.unanswered)
    },
    get held() {
      return sum((log) => log.held)
    },
    get framesSent() {
      return sum((log) => log.framesSent)
    },
    get pingsSent() {
      return sum((log) => log.pingsSent)
    },
    get pongs() {
      return sum((log) => log.pongs)
    },
    get resets() {
      return sum((log) => (log.reset ? 1 : 0))
    },
    get closesSent() {
      return connections.flatMap((log) => log.closesSent)
    },
    get closesReceived() {
      return connections.flatMap((log) => log.closesReceived.map((close) => close.code))
    },
    get violations() {
      return connections.flatMap((log) => log.violations)
    },
  }
}
