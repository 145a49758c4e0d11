/** The thread side of thread-shard.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { mapShardMemory } from '../record/shard-memory.ts'
import { runShard } from './shard-run.ts'
import type { FromThread, ShardJob, ToThread } from './thread-shard.ts'

const { shard, endpoints, buffer } = workerData as ShardJob
const port = parentPort!
const abort = new AbortController()
let go: ((atUs: number) => void) | null = null

port.on('message', (message: ToThread) => {
  if (message.kind === 'abort') abort.abort()
  else go?.(message.atUs)
})

function tell(message: FromThread): void {
  port.postMessage(message)
}

const report = await runShard(
  shard,
  endpoints,
  mapShardMemory(shard, buffer),
  {
    arrive: (barrier) =>
      new Promise((resolve) => {
        go = resolve
        tell({ kind: 'arrive', barrier })
      }),
  },
  abort.signal,
)
tell({ kind: 'report', report })
port.close()
