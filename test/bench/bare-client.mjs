#!/usr/bin/env node
/**
 * The engine's own connections with nothing behind them: no matching, no recording, no number patched in. What the full
 * engine is short of this is what its figures cost. Prints `N msg/s`.
 * node test/bench/bare-client.mjs URL CONNECTIONS SECONDS SIZE, after npm run build
 */
import { Connection } from '../../dist/engine/connection.js'
import { createDialer } from '../../dist/engine/dialer.js'
import { OPCODE, writeFrame } from '../../dist/websocket/frame-writer.js'

const [url, connections, seconds, size] = process.argv.slice(2)
const target = { headers: [], subprotocols: [], tls: {}, sourceIps: [], tokens: [] }
const dial = createDialer(target, [{ url, addresses: [new URL(url).hostname], failure: '' }]).dialFor(0)
const limits = { maxMessageBytes: 2 ** 24, checkUtf8: false, maxQueuedBytes: 65_536 }
const frame = writeFrame(OPCODE.text, Buffer.alloc(Number(size), 'a'))
const readBuffer = Buffer.alloc(65_536)
let replies = 0

function open() {
  return new Promise((resolve, reject) => {
    const connection = new Connection(
      dial,
      {
        onBytes() {},
        onOpen: () => resolve(connection),
        onMessage() {
          replies++
          connection.write(frame)
        },
        onPing() {},
        onEnd: ({ class: failure }) => reject(new Error(failure)),
      },
      limits,
      true,
      readBuffer,
    )
    connection.open()
  })
}

const clients = []
while (clients.length < Number(connections)) {
  const room = Math.min(250, Number(connections) - clients.length)
  clients.push(...(await Promise.all(Array.from({ length: room }, open))))
}
for (const connection of clients) connection.write(frame)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
await pause(1000)
const before = replies
const startMs = performance.now()
await pause(Number(seconds) * 1000)
const rate = ((replies - before) * 1000) / (performance.now() - startMs)
process.stdout.write(`${Math.round(rate)} msg/s\n`)
process.exit(0)
