/**
 * An echo server that is slow in one known way. node ws-server.mjs --port N and one or more of the options below.
 */
import cluster from 'node:cluster'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { WebSocketServer } from 'ws'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    /** CPU for each message, µs. */
    'work-us': { type: 'string', default: '0' },
    /** CPU for each connection, µs. */
    'accept-us': { type: 'string', default: '0' },
    /** Replies by a timer, ms later. */
    'delay-ms': { type: 'string', default: '0' },
    /** Sleeps that long (all of it, without CPU) every so often. */
    'stall-ms': { type: 'string', default: '0' },
    'stall-every-ms': { type: 'string', default: '1000' },
    /** Replies/s in all; the others wait their turn, in memory. */
    'reply-rate': { type: 'string', default: '0' },
    /** Messages/s of each connection that are read; the others wait in the kernel. */
    'read-rate': { type: 'string', default: '0' },
    /** Frames of its own beside each reply. */
    chatter: { type: 'string', default: '0' },
    processes: { type: 'string', default: '1' },
    /** Further threads that do nothing. */
    'idle-threads': { type: 'string', default: '0' },
  },
})
const option = (name) => Number(values[name])

function burn(us) {
  if (us === 0) return
  const endMs = performance.now() + us / 1000
  while (performance.now() < endMs);
}

/** Calls come back at `perSecond` in all; a timer of 1 ms lets as many go as are due. */
function createGate(perSecond) {
  const waiting = []
  let first = 0
  let due = 0
  let beforeMs = performance.now()
  setInterval(() => {
    const nowMs = performance.now()
    due = Math.min(perSecond / 10, due + ((nowMs - beforeMs) / 1000) * perSecond)
    beforeMs = nowMs
    for (; due >= 1 && first < waiting.length; due--) waiting[first++]()
    if (first === waiting.length || first > 10_000) {
      waiting.splice(0, first)
      first = 0
    }
  }, 1)
  return (call) => waiting.push(call)
}

function serve() {
  const workUs = option('work-us')
  const delayMs = option('delay-ms')
  const readRate = option('read-rate')
  const chatter = option('chatter')
  const gate = option('reply-rate') > 0 ? createGate(option('reply-rate')) : null
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: option('port'),
    backlog: 4096,
    perMessageDeflate: false,
  })
  server.on('connection', (socket) => {
    burn(option('accept-us'))
    socket.on('error', () => socket.terminate())
    socket.on('message', (data, binary) => {
      burn(workUs)
      for (let n = 0; n < chatter; n++) socket.send('* a word beside it')
      const reply = () => socket.send(data, { binary })
      if (readRate > 0) {
        socket.pause()
        setTimeout(() => socket.resume(), 1000 / readRate)
      }
      if (delayMs > 0) setTimeout(reply, delayMs)
      else if (gate !== null) gate(reply)
      else reply()
    })
  })
  const stallMs = option('stall-ms')
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  if (stallMs > 0) setInterval(() => Atomics.wait(sleeper, 0, 0, stallMs), option('stall-every-ms'))
  for (let n = 0; n < option('idle-threads'); n++) new Worker('setInterval(() => {}, 1000)', { eval: true })
}

if (option('processes') > 1 && cluster.isPrimary) {
  for (let n = 0; n < option('processes'); n++) cluster.fork()
  // Waits for them, so that their time is counted.
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill()
  })
  cluster.on('exit', () => {
    if (Object.keys(cluster.workers).length === 0) process.exit()
  })
} else {
  serve()
}
