#!/usr/bin/env node
/**
 * A plain load client on the `ws` package, written as its users would: the yardstick that the engine is held against.
 * Prints one line of JSON. node test/bench/ws-client.mjs --url URL [--mode closed|open|storm] [--connections 100]
 * [--seconds 3] [--warmup 1] [--size 32] [--in-flight 1] [--rate 1000] [--concurrency 250]
 */
import { parseArgs } from 'node:util'
import { build } from 'hdr-histogram-js'
import { WebSocket } from 'ws'

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    mode: { type: 'string', default: 'closed' },
    connections: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '3' },
    warmup: { type: 'string', default: '1' },
    size: { type: 'string', default: '32' },
    'in-flight': { type: 'string', default: '1' },
    rate: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '250' },
  },
})
const count = Number(values.connections)
const payload = Buffer.alloc(Number(values.size), 'a')
const histogram = build({
  lowestDiscernibleValue: 1,
  highestTrackableValue: 60_000_000,
  numberOfSignificantValueDigits: 3,
})
const nowUs = () => performance.now() * 1000

/** A connected client; replies find their messages in order. */
function connect(onReply) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(values.url, { perMessageDeflate: false, skipUTF8Validation: true })
    const client = { socket, sentAtUs: [], send }
    function send(stampUs) {
      client.sentAtUs.push(stampUs)
      socket.send(payload)
    }
    socket.on('open', () => resolve(client))
    socket.on('error', reject)
    socket.on('message', () => onReply(client, client.sentAtUs.shift()))
  })
}

/** All connections, at most `concurrency` handshakes at a time. */
async function connectAll(onReply) {
  const clients = []
  let started = 0
  const lane = async () => {
    while (started < count) {
      started++
      clients.push(await connect(onReply))
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, Number(values.concurrency)) }, lane))
  return clients
}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
let measuring = false
let received = 0

function record(stampUs) {
  if (!measuring) return
  received++
  histogram.recordValue(Math.max(0, Math.round(nowUs() - stampUs)))
}

function startClosed(clients) {
  for (const client of clients) for (let k = 0; k < Number(values['in-flight']); k++) client.send(nowUs())
}

/** Sends what is due, round robin, each message stamped with its due time. */
function startOpen(clients) {
  const startUs = nowUs()
  const rate = Number(values.rate)
  let sent = 0
  setInterval(() => {
    const due = Math.floor(((nowUs() - startUs) * rate) / 1e6)
    for (; sent < due; sent++) clients[sent % clients.length].send(startUs + (sent * 1e6) / rate)
  }, 1)
}

async function measure() {
  const closed = values.mode === 'closed'
  const clients = await connectAll((client, stampUs) => {
    record(stampUs)
    if (closed) client.send(nowUs())
  })
  if (closed) startClosed(clients)
  else startOpen(clients)
  await sleep(Number(values.warmup))
  measuring = true
  const cpu = process.cpuUsage()
  const begin = nowUs()
  await sleep(Number(values.seconds))
  const elapsedUs = nowUs() - begin
  const used = process.cpuUsage(cpu)
  return {
    messagesPerSecond: (received / elapsedUs) * 1e6,
    p50Us: histogram.getValueAtPercentile(50),
    p99Us: histogram.getValueAtPercentile(99),
    cpuUsPerMessage: (used.user + used.system) / received,
  }
}

/** Opens all, proves each with one message, as the storm test does. */
async function storm() {
  const begin = nowUs()
  let proven
  const all = new Promise((resolve) => {
    proven = resolve
  })
  const opening = connectAll(() => ++received === count && proven())
  const clients = await opening
  const openUs = nowUs() - begin
  for (const client of clients) client.send(0)
  await all
  return { openUs, connections: count }
}

const result = await (values.mode === 'storm' ? storm() : measure())
process.stdout.write(`${JSON.stringify({ ...result, maxRssBytes: process.resourceUsage().maxRSS * 1024 })}\n`)
process.exit(0)
