import { once } from 'node:events'
import net from 'node:net'
import { expect, it } from 'vitest'
import { Connection } from '../../src/engine/connection.ts'
import { createDialer } from '../../src/engine/dialer.ts'
import { acceptFor } from '../../src/websocket/handshake.ts'
import { LIMITS } from '../support/plan.ts'

const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n'

/** Opens one connection to a server that answers with `pieces` and then the real response; says how it went. */
async function connect(pieces: (upgrade: string) => string[]): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (request) => {
      const key = /Sec-WebSocket-Key: (\S+)/.exec(String(request))![1]!
      const upgrade = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`
      for (const piece of pieces(upgrade)) socket.write(piece)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as net.AddressInfo).port}/`
  const tls = { insecure: false, ca: null, cert: null, key: null }
  const target = {
    urls: [url],
    headers: [],
    subprotocols: [],
    tls,
    sourceIps: [],
    compress: false,
    tokens: [],
    serverPid: null,
    serverMetrics: null,
    command: null,
    serve: null,
    jwtSecret: null,
  }
  const dial = createDialer(target, [{ url, addresses: ['127.0.0.1'], failure: '' }]).dialFor(0)
  if (typeof dial === 'string') throw new Error(dial)
  const outcome = await new Promise<string>((resolve) => {
    const connection = new Connection(
      dial,
      {
        onBytes() {},
        onMessage() {},
        onPing() {},
        onOpen() {
          resolve('open')
          connection.reset('close-code', 'done')
        },
        onEnd: (end) => resolve(`${end.class} ${end.detail}`),
      },
      LIMITS,
      true,
      Buffer.alloc(65_536),
    )
    connection.open()
  })
  server.close()
  return outcome
}

it.each<[string, (upgrade: string) => string[], string]>([
  ['one before the upgrade', (upgrade) => [HINTS, upgrade], 'open'],
  ['several in one piece', (upgrade) => [HINTS + HINTS + upgrade], 'open'],
  ['one before a refusal', () => [HINTS, 'HTTP/1.1 403 Forbidden\r\n\r\n'], 'upgrade-status 403'],
])('interim responses are passed over: %s', async (_, pieces, outcome) => {
  expect(await connect(pieces)).toBe(outcome)
})
