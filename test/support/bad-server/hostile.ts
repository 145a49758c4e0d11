/** Behaviours of a server that means harm: without end, without bound, or with figures that are lies. */
import { deflateRawSync } from 'node:zlib'
import type { Behaviour, Peer } from './peer.ts'
import { echoMessage, echoThen } from './replies.ts'
import { encodeClose, encodeFrame } from './wire.ts'

/** Writes what `next` gives as fast as the client reads, and no faster; yields after each turn. */
function pour(peer: Peer, next: () => Buffer | string): void {
  const fill = () => {
    for (let turn = 0; turn < 64 && peer.socket.writable; turn++) {
      if (peer.socket.write(next())) continue
      peer.socket.once('drain', fill)
      return
    }
    if (peer.socket.writable) setImmediate(fill)
  }
  fill()
}

const deflated = new Map<number, Buffer>()

/** The message of `sizeBytes` zeros, about a thousandth of it on the wire (RFC 7692). */
function deflateZeros(sizeBytes: number): Buffer {
  const known =
    deflated.get(sizeBytes) ?? deflateRawSync(Buffer.alloc(sizeBytes), { level: 9, finishFlush: 2 })
  deflated.set(sizeBytes, known)
  // Z_SYNC_FLUSH ends in 00 00 ff ff, which a sender leaves out.
  return known.subarray(0, -4)
}

interface Bomb {
  sizeBytes?: number
}
/** Accepts compression, and at once sends a small frame that is a large message. Then it is silent. */
export const bomb = ({ sizeBytes = 200e6 }: Bomb = {}): Behaviour => ({
  onRequest: (peer) => peer.upgrade(peer.acceptance({ 'Sec-WebSocket-Extensions': 'permessage-deflate' })),
  ...echoThen(0, (peer) => void peer.send({ payload: deflateZeros(sizeBytes), reserved: 4 })),
})

/** A 101 with one header line without end. */
export const endlessHeaderLine = (): Behaviour => ({
  onRequest(peer) {
    peer.socket.write(`${peer.acceptance().slice(0, -2)}X-Filler: `)
    const filler = Buffer.alloc(5000, 'x')
    pour(peer, () => filler)
  },
})

/** 100 Continue without end, `perWrite` of them in a piece; every so many ms, or (0) as fast as the client reads. */
export const endlessInterim = ({ perWrite = 100, everyMs = 0 } = {}): Behaviour => ({
  onRequest(peer) {
    const lines = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(perWrite))
    if (everyMs === 0) pour(peer, () => lines)
    else drip(peer, everyMs, () => lines)
  },
})

/** One header line of a 101 every so often, without end. */
export const slowHeaderLines = ({ everyMs = 10 } = {}): Behaviour => ({
  onRequest(peer) {
    peer.socket.write(peer.acceptance().slice(0, -2))
    drip(peer, everyMs, () => Buffer.from('X: y\r\n'))
  },
})

function drip(peer: Peer, everyMs: number, next: () => Buffer): void {
  if (!peer.socket.writable) return
  peer.socket.write(next())
  peer.later(everyMs, () => drip(peer, everyMs, next))
}

/** Echoes `after` messages, then begins a message of a megabyte: so many bytes at once, then one every so often. */
export const slowFrame = ({ after = 1, everyMs = 5, atOnceBytes = 0 } = {}): Behaviour =>
  echoThen(after, (peer) => {
    peer.socket.write(encodeFrame({ payload: Buffer.alloc(atOnceBytes, 'x'), announce: 1_000_000n }))
    drip(peer, everyMs, () => Buffer.from('x'))
  })

/** Echoes `after` messages, then one message that goes on in fragments of `sizeBytes` without end. */
export const endlessFragments = ({ after = 1, sizeBytes = 0 } = {}): Behaviour =>
  echoThen(after, (peer) => {
    peer.socket.write(encodeFrame({ payload: 'x', fin: false }))
    const fragment = encodeFrame({ payload: Buffer.alloc(sizeBytes, 'x'), opcode: 0, fin: false })
    const many = Buffer.concat(Array.from({ length: 1000 }, () => fragment))
    pour(peer, () => many)
  })

interface PingFlood {
  /** Without end unless told. */
  count?: number
  /** Reads what the client sends, pongs among it. */
  reads?: boolean
  sizeBytes?: number
}
/** Pings as fast as the client reads; echoes when it reads. */
export const pingFlood = ({ count = Infinity, reads = true, sizeBytes = 0 }: PingFlood = {}): Behaviour => ({
  onOpen(peer) {
    if (!reads) peer.socket.pause()
    const ping = encodeFrame({ opcode: 9, payload: Buffer.alloc(sizeBytes, 'p') })
    const many = Buffer.concat(Array.from({ length: 1000 }, () => ping))
    if (count === Infinity) {
      pour(peer, () => many)
      return
    }
    peer.log.pingsSent = count
    for (let left = count; left > 0; left -= 1000) peer.socket.write(many.subarray(0, left * ping.length))
  },
  onMessage: echoMessage,
})

const MARK = /c(\d{7})s(\d{10})/

/** In place of each reply, one with numbers that the client never sent, as many as there are lies; then the true one. */
export const lieAboutNumbers = (): Behaviour => ({
  onMessage(peer, message) {
    const text = message.payload.toString('latin1')
    const [, client = '', seq = ''] = MARK.exec(text) ?? []
    const lies = [
      `c${client}s9999999999`,
      `c${client}s${String(Number(seq) + 1).padStart(10, '0')}`,
      `c${client}s-000000001`,
      `c9999999s${seq}`,
      `c${client}s${seq.slice(1)}`,
      `c${client}s1e99999999`,
    ]
    for (const lie of lies) peer.send({ payload: text.replace(MARK, lie) })
    peer.log.unanswered += lies.length
    echoMessage(peer, message)
  },
})

/** Answers every n-th message of a connection, and in the same write the n − 1 that it has not been sent yet. */
export const answerAhead = ({ n = 5 }: { n?: number } = {}): Behaviour => ({
  onMessage(peer, message) {
    if (message.number % n !== 1) return
    const text = message.payload.toString('latin1')
    const [, client = '', seq = ''] = MARK.exec(text) ?? []
    const replies = Array.from({ length: n }, (_, ahead) => {
      const mark = `c${client}s${String(Number(seq) + ahead).padStart(10, '0')}`
      return encodeFrame({ payload: text.replace(MARK, mark) })
    })
    peer.socket.write(Buffer.concat(replies))
  },
})

/** Answers the first message of a connection without end, and the others once. */
export const replyForEver = (): Behaviour => ({
  onMessage(peer, message) {
    if (message.number > 1) {
      echoMessage(peer, message)
      return
    }
    const reply = encodeFrame(message)
    const many = Buffer.concat(Array.from({ length: 200 }, () => reply))
    pour(peer, () => many)
  },
})

/** Echoes `after` messages, sends a Close frame and then goes on sending messages; the connection stays open. */
export const closeThenFlood = ({ after = 1, code = 1011 } = {}): Behaviour => ({
  ...echoThen(after, (peer) => {
    peer.close(code)
    const many = Buffer.concat(Array.from({ length: 200 }, () => encodeFrame({ payload: 'more' })))
    pour(peer, () => many)
  }),
  onClose: () => {},
  onClientEnd: () => {},
})

/** A Close frame whose reason has as many bytes as fit, or more. */
export const longCloseReason = ({ after = 1, sizeBytes = 123 } = {}): Behaviour =>
  echoThen(after, (peer) => {
    const payload = encodeClose(1011, `\u001b]0;owned\u0007${'r'.repeat(sizeBytes)}`.slice(0, sizeBytes))
    peer.log.closesSent.push(1011)
    peer.send({ opcode: 8, payload })
  })

/** RST after `after` answers; 0: right after the 101. */
export const resetAfter = ({ after = 0, waitMs = 30 } = {}): Behaviour =>
  // Together with the last bytes libuv reports it as an orderly end.
  echoThen(after, (peer) => peer.later(waitMs, () => peer.reset()))

/** Every connection ends in a way of its own: a code of its own, or a redirect to a place of its own. */
export const everyoneDiffers = ({ by = 'code' }: { by?: 'code' | 'redirect' } = {}): Behaviour => {
  const numberOf = (peer: Peer) => peer.socket.remotePort ?? 0
  if (by === 'code') return echoThen(0, (peer) => peer.close(3000 + (numberOf(peer) % 2000), 'x'.repeat(100)))
  return {
    onRequest: (peer) =>
      void peer.socket.end(
        `HTTP/1.1 302 \u001b[31mFound\r\nLocation: /\u009b2J/${numberOf(peer)}\r\nContent-Length: 0\r\n\r\n`,
      ),
  }
}

interface Events {
  /** Sent once, behind the head. */
  first?: string
  /** Sent again and again as fast as the client reads. */
  again?: string
  /** Ends the response after `first`. */
  ends?: boolean
}
/** An event stream (chunked as HTTP has it only where it ends). */
export const events = ({ first = '', again = '', ends = false }: Events = {}): Behaviour => ({
  onRequest(peer) {
    peer.log.upgraded = true
    peer.socket.write(
      `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n${first}`,
    )
    if (ends) peer.socket.end()
    else if (again !== '') pour(peer, () => again)
  },
})

/** Repeats what it was sent, secrets too: the path and headers in a redirect, or all of it in a Close reason and in each reply. */
export const parrot = ({ refuses = false } = {}): Behaviour => {
  const listHeard = ({ log }: Peer) => [
    log.requestLine.split(' ')[1] ?? '',
    ...Object.values(log.requestHeaders),
  ]
  const heal: Behaviour = {
    onMessage(peer, message) {
      peer.send({ payload: [...listHeard(peer), message.payload.toString()].join('\n') })
      if (message.number < 2) return
      peer.close(1008, listHeard(peer).join(' ').slice(0, 120))
    },
  }
  if (!refuses) return heal
  return {
    onRequest(peer) {
      const [path = '', ...values] = listHeard(peer)
      const said = [path.split('?')[0], ...values.map((value) => value.split(' ').at(-1))].join('/')
      peer.socket.end(
        `HTTP/1.1 307 ${said}\r\nLocation: ${said.slice(0, 4000)}\r\nX-Said: ${said}\r\nContent-Length: 0\r\n\r\n`,
      )
    },
  }
}
