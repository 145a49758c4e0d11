#!/usr/bin/env node
/**
 * Fuzzes the frame reader and the handshake check. Exit code 1 on an exception, a broken property, a hang or growth.
 * npm run fuzz -- [--runs 1000000] [--seed 1]
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { compile } from './compiled.mjs'

const WORKER = 'test/websocket/fuzz/worker'
/** No input takes a millisecond; a busy machine may hold any of them up. */
const HANG_MS = 20_000
const MAX_GROWTH_BYTES = 4 * 2 ** 20
const INPUT_BYTES = 2 ** 20

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
const runs = Number(values.runs ?? 1_000_000)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))
if (!(Number.isInteger(runs) && runs > 0 && Number.isInteger(seed) && seed >= 0)) {
  console.error('--runs and --seed take whole numbers')
  process.exit(2)
}

function run(dir) {
  const current = new SharedArrayBuffer(8 + INPUT_BYTES)
  const header = new Int32Array(current, 0, 2)
  const worker = new Worker(join(dir, `${WORKER}.js`), { workerData: { runs, seed, current } })
  return new Promise((resolve, reject) => {
    let last = -1
    const timer = setInterval(() => {
      const number = Atomics.load(header, 0)
      if (number === last) {
        const bytes = Buffer.from(current, 8, Atomics.load(header, 1))
        reject(new Error(`input ${number} of seed ${seed} hangs\n${bytes.toString('hex')}`))
        void worker.terminate()
      }
      last = number
    }, HANG_MS)
    worker.on('message', resolve)
    worker.on('error', reject)
    worker.on('exit', () => clearInterval(timer))
  })
}

const dir = compile([`${WORKER}.ts`])
const startedAt = performance.now()
try {
  console.log(`seed ${seed}, ${runs} inputs`)
  const { counts, outcomes, bytesBefore, bytesAfter } = await run(dir)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const grown = bytesAfter - bytesBefore
  console.log(
    `${counts.inputs} inputs in ${seconds} s: ${counts.streams} streams, ${counts.heads} response heads`,
  )
  console.log(
    `${counts.comparedWithWs} streams read as ws reads them; known differences: ` +
      `${counts.oneByteClose} Close frames of one byte cut short, ${counts.uncheckedReason} reasons not checked by ws`,
  )
  console.log(
    `${counts.kept} inputs kept for what they led to; ${outcomes.length} outcomes: ${outcomes.join(', ')}`,
  )
  console.log(
    `memory ${(bytesBefore / 2 ** 20).toFixed(1)} MB after a tenth, ${(bytesAfter / 2 ** 20).toFixed(1)} MB at the end`,
  )
  if (grown > MAX_GROWTH_BYTES) throw new Error(`memory grew by ${grown} bytes`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
