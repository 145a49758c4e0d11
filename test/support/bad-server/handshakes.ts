/** Behaviours that spoil the handshake. */
import type { Behaviour, Peer } from './peer.ts'

/** Answers the request with `bytes`, then reads and ignores whatever comes. */
const answering = (bytes: (peer: Peer) => string | Buffer): Behaviour => ({
  onRequest: (peer) => void peer.socket.write(bytes(peer)),
})

/** Accepts TCP and never says a word. */
export const silentAccept = (): Behaviour => ({ onConnection: () => {} })

interface Status {
  status?: number
  body?: string
  /** For redirections. */
  location?: string
}
/** An HTTP answer other than 101, then the end of the connection. */
export const status = ({ status: code = 503, body = '', location }: Status = {}): Behaviour => ({
  onRequest(peer) {
    const target = location === undefined ? '' : `Location: ${location}\r\n`
    const head = `HTTP/1.1 ${code} Not Today\r\n${target}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n`
    peer.socket.end(`${head}\r\n${body}`)
  },
})

/** A 101 whose accept key belongs to another request. */
export const wrongAccept = (): Behaviour =>
  answering((peer) => peer.acceptance({ 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }))

export const noAccept = (): Behaviour =>
  answering((peer) => peer.acceptance({ 'Sec-WebSocket-Accept': null }))

export const http10 = (): Behaviour =>
  answering((peer) => peer.acceptance({}, 'HTTP/1.0 101 Switching Protocols'))

/** Speaks something that is not HTTP. */
export const garbageResponse = ({ text = 'SSH-2.0-OpenSSH_9.6\r\n' }: { text?: string } = {}): Behaviour =>
  answering(() => text)

/** Whatever the test writes; `{accept}` becomes the right key. */
export const rawResponse = ({
  text = 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
}: {
  text?: string
} = {}): Behaviour =>
  answering((peer) => {
    const accept = /Accept: (.*)/.exec(peer.acceptance())![1]!
    return Buffer.from(text.replaceAll('{accept}', accept), 'latin1')
  })

/** A 101 with headers without end, as fast as the client reads them. */
export const endlessHeaders = (): Behaviour => ({
  onRequest(peer) {
    const lines = Buffer.from('X-Filler: 0123456789012345678901234567890123456789\r\n'.repeat(100))
    const fill = () => {
      while (peer.socket.writable && peer.socket.write(lines));
    }
    peer.socket.on('drain', fill)
    peer.socket.write(peer.acceptance().slice(0, -2))
    fill()
  },
})

/** A right 101, one byte at a time, then a healthy echo would follow; `everyMs` 0: as fast as turns of the loop. */
export const slowHeaders = ({ everyMs = 1 }: { everyMs?: number } = {}): Behaviour => ({
  onRequest(peer) {
    const bytes = peer.acceptance()
    const drip = (index: number) => {
      if (!peer.socket.writable) return
      peer.socket.write(bytes.slice(index, index + 1))
      if (index + 1 === bytes.length) peer.opened()
      else peer.later(everyMs, () => drip(index + 1))
    }
    drip(0)
  },
  onMessage: (peer, { opcode, payload }) => void peer.send({ opcode, payload }),
})

interface UpgradeHeaders {
  /** Null: left out. */
  upgrade?: string | null
  connection?: string | null
}
/** A 101 that upgrades to something else, or says so wrongly. */
export const wrongUpgradeHeader = (headers: UpgradeHeaders = {}): Behaviour =>
  answering((peer) =>
    peer.acceptance({
      Upgrade: headers.upgrade === undefined ? 'h2c' : headers.upgrade,
      Connection: headers.connection === undefined ? 'Upgrade' : headers.connection,
    }),
  )

export const unrequestedSubprotocol = ({
  subprotocol = 'surprise',
}: {
  subprotocol?: string
} = {}): Behaviour => answering((peer) => peer.acceptance({ 'Sec-WebSocket-Protocol': subprotocol }))

export const unrequestedExtension = ({
  extension = 'permessage-deflate',
}: {
  extension?: string
} = {}): Behaviour => answering((peer) => peer.acceptance({ 'Sec-WebSocket-Extensions': extension }))

/** FIN in place of an answer. */
export const closeInHandshake = (): Behaviour => ({ onRequest: (peer) => void peer.socket.end() })

/** RST in place of an answer. */
export const resetInHandshake = (): Behaviour => ({ onRequest: (peer) => peer.reset() })

/** Accepts the first subprotocol offered, none when none is; then echoes. */
export const subprotocolEcho = (): Behaviour => ({
  onRequest(peer) {
    const offered = peer.log.requestHeaders['sec-websocket-protocol']?.split(',')[0]?.trim() ?? null
    peer.upgrade(peer.acceptance({ 'Sec-WebSocket-Protocol': offered }))
  },
  onMessage: (peer, { opcode, payload }) => void peer.send({ opcode, payload }),
})
