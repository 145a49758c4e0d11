/** The thread side of thread-shard.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { isDialectPath, loadDialect } from '../dialects/load-dialect.ts'
import { mapSharedMemory } from '../record/shard-memory.ts'
import { runShard } from './shard-run.ts'
import type { FromThread, ShardJob, ToThread } from './thread-shard.ts'

const { shard, endpoints, memory } = workerData as ShardJob
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

// A user's own dialect is code, which no message between threads can carry.
for (const { dialect } of shard.plan.groups) if (isDialectPath(dialect)) await loadDialect(dialect)

const report = await runShard(
  shard,
  endpoints,
  mapSharedMemory(shard, memory),
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
