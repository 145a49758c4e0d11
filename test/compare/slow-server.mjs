/**
 * An echo server that spends so many microseconds of its core on every message, or on every so many-th, before it
 * answers: a slowdown whose size is known. `node slow-server.mjs PORT MICROSECONDS [EVERY]`
 */
import { WebSocketServer } from 'ws'

const [port, microseconds, every = 1] = process.argv.slice(2).map(Number)
const burnMs = microseconds / 1000
let count = 0

const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data, isBinary) => {
    count++
    if (burnMs > 0 && count % every === 0) burn()
    socket.send(data, { binary: isBinary })
  })
})

function burn() {
  const endMs = performance.now() + burnMs
  while (performance.now() < endMs);
}
