/**
 * An echo server with the least work possible: frames go back as they came, only unmasked. With small messages it does
 * about what the generator can send. With --chatter K, K short frames of its own follow each reply, which costs it little
 * and the generator much. node raw-echo.mjs --port N [--chatter K]
 */
import { createHash } from 'node:crypto'
import net from 'node:net'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const CLOSE = 8
const option = (name) => Number(process.argv[process.argv.indexOf(name) + 1] ?? 0) || 0
const chatter = Buffer.from('\x81\x08* a word'.repeat(option('--chatter')), 'latin1')

/** Bytes of the frame at `at`; 0: not all of it is there. Messages here are under 126 bytes. */
function frameLength(bytes, at) {
  if (bytes.length - at < 6) return 0
  const length = 6 + (bytes[at + 1] & 0x7f)
  return bytes.length - at < length ? 0 : length
}

/** Unmasks in place, packed; returns the end of what can be sent, and of what was read. */
function turnRound(bytes) {
  let read = 0
  let written = 0
  let messages = 0
  let closed = false
  for (let length = frameLength(bytes, 0); length > 0; length = frameLength(bytes, read)) {
    const size = length - 6
    const key = read + 2
    const [a, b, c, d] = [bytes[key], bytes[key + 1], bytes[key + 2], bytes[key + 3]]
    closed ||= (bytes[read] & 0x0f) === CLOSE
    bytes[written] = bytes[read]
    bytes[written + 1] = size
    const mask = [a, b, c, d]
    for (let i = 0; i < size; i++) bytes[written + 2 + i] = bytes[read + 6 + i] ^ mask[i & 3]
    read += length
    messages++
    written += size + 2
  }
  return { read, written, messages, closed }
}

net
  .createServer({ noDelay: true }, (socket) => {
    let rest = null
    let upgraded = false
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      const bytes = rest === null ? chunk : Buffer.concat([rest, chunk])
      rest = null
      if (!upgraded) {
        const key = /sec-websocket-key: *(\S+)/i.exec(bytes.toString('latin1'))?.[1]
        if (key === undefined || !bytes.includes('\r\n\r\n')) {
          rest = bytes
          return
        }
        upgraded = true
        const accept = createHash('sha1')
          .update(key + GUID)
          .digest('base64')
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        )
        return
      }
      const { read, written, messages, closed } = turnRound(bytes)
      if (read < bytes.length) rest = Buffer.from(bytes.subarray(read))
      if (written > 0) socket.write(bytes.subarray(0, written))
      if (chatter.length > 0) for (let n = 0; n < messages; n++) socket.write(chatter)
      if (closed) socket.end()
    })
  })
  .listen(option('--port'), '127.0.0.1')
