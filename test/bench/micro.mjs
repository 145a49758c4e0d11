#!/usr/bin/env node
/**
 * Micro-benchmarks of the hot path against the packages it stands in for. Uses dist/: build first.
 * Read them as orders of magnitude: what counts is test/bench/bench.mjs, with sockets. node test/bench/micro.mjs [filter]
 */
import { build } from 'hdr-histogram-js'
import { Receiver, Sender } from 'ws'
import { TREND_BYTES, Trend } from '../../dist/record/trend.js'
import { FrameReader } from '../../dist/websocket/frame-reader.js'
import { headerBytes, OPCODE, patchByte, writeFrame } from '../../dist/websocket/frame-writer.js'
import { quantile } from './statistics.mjs'

const BATCHES = 15
const BATCH_MS = 20

const payload = Buffer.alloc(32, 'a')
const serverFrame = Buffer.concat(
  Sender.frame(payload, { fin: true, opcode: 1, mask: false, readOnly: true, rsv1: false }),
)
const chunkOf100 = Buffer.concat(Array(100).fill(serverFrame))
const mask = Buffer.from([1, 2, 3, 4])

/** Round-trip times as a run sees them: 50 µs to 50 ms, the same ones for each contestant. */
const latencies = Array.from({ length: 4096 }, (_, index) =>
  Math.round(50 * 1000 ** (((index * 2654435761) % 4096) / 4096)),
)
let next = 0
const latency = () => latencies[next++ & 4095]

function writing() {
  const own = writeFrame(OPCODE.text, payload)
  const header = headerBytes(payload.length)
  let seq = 10_000_000
  const options = {
    fin: true,
    opcode: 1,
    mask: true,
    readOnly: true,
    rsv1: false,
    generateMask: (m) => mask.copy(m),
  }
  return {
    'patch 8 digits of a prebuilt frame': () => {
      let rest = seq++
      for (let at = 7; at >= 0; at--) {
        patchByte(own, header, at, 48 + (rest % 10))
        rest = Math.floor(rest / 10)
      }
    },
    writeFrame: () => writeFrame(OPCODE.text, payload),
    'ws Sender.frame': () => Sender.frame(payload, options),
  }
}

function reading(chunk, frames) {
  let seen = 0
  const sink = { onMessage: () => seen++, onControl: () => {} }
  const reader = new FrameReader(sink, 2 ** 24, false)
  const receiver = new Receiver({ isServer: false, maxPayload: 2 ** 24, skipUTF8Validation: true })
  receiver.on('message', () => seen++)
  const per = (read) => Object.assign(read, { operations: frames })
  return {
    FrameReader: per(() => reader.read(chunk, 0, chunk.length)),
    'ws Receiver': per(() => receiver.write(chunk)),
  }
}

function recording() {
  const trend = new Trend(new SharedArrayBuffer(TREND_BYTES), 0)
  const stock = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  })
  return {
    'Trend.record': () => trend.record(latency()),
    'hdr-histogram-js recordValue': () => stock.recordValue(latency()),
  }
}

const SUBJECTS = {
  'write a frame of 32 B': writing(),
  'read one frame of 32 B a chunk': reading(serverFrame, 1),
  'read 100 frames of 32 B a chunk (per frame)': reading(chunkOf100, 100),
  'record a latency': recording(),
}

/** Nanoseconds a call, over about BATCH_MS. */
function timeBatch(action, calls) {
  const begin = process.hrtime.bigint()
  for (let i = 0; i < calls; i++) action()
  return Number(process.hrtime.bigint() - begin) / calls
}

/** Batches of all contestants alternate, so that a slow moment of the machine meets them all. */
function compare(actions) {
  const contestants = Object.entries(actions).map(([name, action]) => {
    timeBatch(action, 2000)
    const calls = Math.max(100, Math.round((BATCH_MS * 1e6) / timeBatch(action, 20_000)))
    return { name, action, calls, batches: [] }
  })
  for (let batch = 0; batch < BATCHES; batch++) {
    for (const { action, calls, batches } of contestants)
      batches.push(timeBatch(action, calls) / (action.operations ?? 1))
  }
  return contestants.map(({ name, batches }) => ({
    name,
    median: quantile(batches, 0.5),
    q1: quantile(batches, 0.25),
    q3: quantile(batches, 0.75),
  }))
}

const filter = process.argv[2] ?? ''
for (const [subject, actions] of Object.entries(SUBJECTS)) {
  if (!subject.includes(filter)) continue
  process.stdout.write(`${subject}\n`)
  const results = compare(actions)
  for (const { name, median, q1, q3 } of results) {
    const times = median / results[0].median
    const figures = `${median.toFixed(1).padStart(8)} ns  (${q1.toFixed(1)} - ${q3.toFixed(1)})`
    process.stdout.write(`  ${name.padEnd(36)}${figures}  ${times.toFixed(1)}x\n`)
  }
}
