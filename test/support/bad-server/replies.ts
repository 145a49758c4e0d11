/** Behaviours after a healthy handshake, with legal frames only: what is answered, when, how often and how the connection ends. */
import type { Behaviour, Message, Peer } from './peer.ts'
import { encodeFrame } from './wire.ts'

export const echoMessage = (peer: Peer, { opcode, payload }: Message): void =>
  void peer.send({ opcode, payload })

/** Nothing wrong with it. */
export const echo = (): Behaviour => ({ onMessage: echoMessage })

/** Nothing wrong with it, and its log has every payload. */
export const keep = (): Behaviour => ({
  onMessage(peer, message) {
    peer.log.kept.push(message.payload.toString())
    echoMessage(peer, message)
  },
})

/** Answers the first `after` messages of a connection, then does `act` once; 0: right after the 101. */
export function echoThen(after: number, act: (peer: Peer) => void): Behaviour {
  return {
    onOpen(peer) {
      if (after === 0) act(peer)
    },
    onMessage(peer, message) {
      if (message.number > after) {
        peer.log.unanswered++
        return
      }
      echoMessage(peer, message)
      if (message.number === after) act(peer)
    },
  }
}

interface CloseWith {
  code?: number | null
  reason?: string
  after?: number
}
/** A Close frame after `after` answers; null: without a code. */
export const closeWith = ({ code = 1011, reason = '', after = 1 }: CloseWith = {}): Behaviour =>
  echoThen(after, (peer) => peer.close(code, reason))

/** The same, and then it keeps its side of TCP open. */
export const closeAndLinger = (parameters: CloseWith = {}): Behaviour => ({
  ...closeWith(parameters),
  onClose: () => {},
  onClientEnd: () => {},
})

/** FIN without a Close frame (what clients call 1006). */
export const dropWithoutClose = ({ after = 1 }: { after?: number } = {}): Behaviour =>
  echoThen(after, (peer) => void peer.socket.end())

interface ResetMidMessage {
  after?: number
  /** Between the half frame and the RST: libuv reports both in one poll as an orderly end. */
  waitMs?: number
}
/** RST in the middle of a frame. */
export const resetMidMessage = ({ after = 1, waitMs = 30 }: ResetMidMessage = {}): Behaviour =>
  echoThen(after, (peer) => {
    peer.socket.write(encodeFrame({ payload: 'half', announce: 1000n }))
    peer.later(waitMs, () => peer.reset())
  })

export const neverReply = (): Behaviour => ({
  onMessage(peer) {
    peer.log.unanswered++
  },
})

export const replyTwice = (): Behaviour => ({
  onMessage(peer, message) {
    echoMessage(peer, message)
    echoMessage(peer, message)
  },
})

export const replyOther = ({ text = 'something else' }: { text?: string } = {}): Behaviour => ({
  onMessage: (peer) => void peer.send({ payload: text }),
})

/** Collects `group` messages of a connection and answers them last first. */
export function replyOutOfOrder({ group = 2 }: { group?: number } = {}): Behaviour {
  const held: Message[] = []
  return {
    onMessage(peer, message) {
      held.push(message)
      if (held.length === group) for (const late of held.splice(0).reverse()) echoMessage(peer, late)
    },
  }
}

/** Every n-th message of a connection gets no answer. */
export const loseEvery = ({ n = 10 }: { n?: number } = {}): Behaviour => ({
  onMessage(peer, message) {
    if (message.number % n === 0) peer.log.unanswered++
    else echoMessage(peer, message)
  },
})

/** The payload comes back behind `prefix` (text only, as the Axum demos do). */
export const echoPrefix = ({ prefix = 'Echo: ' }: { prefix?: string } = {}): Behaviour => ({
  onMessage(peer, { opcode, payload }) {
    const before = opcode === 1 ? Buffer.from(prefix) : Buffer.alloc(0)
    peer.send({ opcode, payload: Buffer.concat([before, payload]) })
  },
})

function echoLater(peer: Peer, message: Message, ms: number): void {
  peer.log.held++
  peer.later(ms, () => echoMessage(peer, message))
}

export const delay = ({ ms = 20 }: { ms?: number } = {}): Behaviour => ({
  onMessage: (peer, message) => echoLater(peer, message, ms),
})

/** An echo that answers nothing from `atMs` after the server's first upgrade for `forMs`, and then all of it. */
export const stall = ({ atMs = 200, forMs = 200 }: { atMs?: number; forMs?: number } = {}): Behaviour => ({
  onMessage(peer, message) {
    const now = peer.elapsedMs()
    if (now < atMs || now >= atMs + forMs) echoMessage(peer, message)
    else echoLater(peer, message, atMs + forMs - now)
  },
})

interface Flood {
  sizeBytes?: number
  /** Frames for each connection; without end unless told. */
  count?: number
  /** Answer messages too. */
  echo?: boolean
}
/** Sends what nobody asked for, as fast as the client reads: no more than one socket buffer waits here. */
export const flood = ({ sizeBytes = 64, count = Infinity, echo: answer = false }: Flood = {}): Behaviour => ({
  onOpen(peer) {
    const payload = Buffer.alloc(sizeBytes, 'f')
    let left = count
    const pour = () => {
      for (let turn = 0; turn < 64 && left > 0 && peer.socket.writable; turn++) {
        left--
        if (peer.send({ payload })) continue
        peer.socket.once('drain', pour)
        return
      }
      if (left > 0 && peer.socket.writable) setImmediate(pour)
    }
    pour()
  },
  onMessage(peer, message) {
    if (answer) echoMessage(peer, message)
    else peer.log.unanswered++
  },
})

/** Stops reading its socket after the 101. */
export const slowReader = (): Behaviour => ({ onOpen: (peer) => void peer.socket.pause() })

/** A legal echo, one byte a write and a turn of the loop for each. */
export function slowDrip(): Behaviour {
  const waiting: Buffer[] = []
  const drip = (peer: Peer) => {
    const bytes = waiting[0]
    if (bytes === undefined || !peer.socket.writable) return
    peer.socket.write(bytes.subarray(0, 1))
    if (bytes.length === 1) waiting.shift()
    else waiting[0] = bytes.subarray(1)
    setImmediate(drip, peer)
  }
  return {
    onMessage(peer, { opcode, payload }) {
      peer.log.framesSent++
      waiting.push(encodeFrame({ opcode, payload }))
      if (waiting.length === 1) drip(peer)
    },
  }
}

/** An echo that pings at once and then every `everyMs`, each ping with its own payload. */
export const pings = ({ everyMs = 50 }: { everyMs?: number } = {}): Behaviour => ({
  onOpen(peer) {
    const next = (number: number) => {
      if (!peer.socket.writable) return
      peer.ping(`ping ${number}`)
      peer.later(everyMs, () => next(number + 1))
    }
    next(1)
  },
  onMessage: echoMessage,
})

/** An echo that answers neither Close nor FIN and keeps its side of TCP open. */
export const ignoreClose = (): Behaviour => ({
  onMessage: echoMessage,
  onClose: () => {},
  onClientEnd: () => {},
})
