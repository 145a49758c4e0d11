/** The thread of `npm run fuzz` that does the work, so that the other can tell when an input makes it hang. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { type FuzzCounts, Fuzzer } from './fuzzer.ts'

export interface FuzzOrder {
  readonly runs: number
  readonly seed: number
  /** Number and length of the input under way, then its bytes. */
  readonly current: SharedArrayBuffer
}

export interface FuzzReport {
  readonly counts: FuzzCounts
  readonly outcomes: readonly string[]
  /** Memory in use after the first tenth and at the end, both after a collection, without the inputs kept. */
  readonly bytesBefore: number
  readonly bytesAfter: number
}

const SLICE = 5000

const { runs, seed, current } = workerData as FuzzOrder
const header = new Int32Array(current, 0, 2)
const input = new Uint8Array(current, 8)

const fuzzer = new Fuzzer(seed, (number, bytes) => {
  Atomics.store(header, 1, bytes.length)
  input.set(bytes.length > input.length ? bytes.subarray(0, input.length) : bytes)
  Atomics.store(header, 0, number)
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function bytesInUse(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external - fuzzer.keptBytes
}

/** Yields now and then: the streams of ws leave work for later ticks. */
async function run(count: number): Promise<void> {
  for (let left = count; left > 0; left -= SLICE) {
    fuzzer.run(Math.min(SLICE, left))
    await new Promise(setImmediate)
  }
}

const first = Math.ceil(runs / 10)
await run(first)
const bytesBefore = bytesInUse()
await run(runs - first)
const report: FuzzReport = {
  counts: fuzzer.counts,
  outcomes: [...fuzzer.outcomes].sort(),
  bytesBefore,
  bytesAfter: bytesInUse(),
}
parentPort!.postMessage(report)
