/** The thread side of thread-shard.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { isDialectPath, loadDialect } from '../dialects/load-dialect.ts'
import { RunError } from '../errors.ts'
import { mapSharedMemory } from '../record/shard-memory.ts'
import { type Barrier, runShard } from './shard-run.ts'
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

/** The class of an error is lost between threads, and this one is no bug: a user's own dialect has failed. */
try {
  // Such a dialect is code, which no message between threads can carry.
  if (shard.plan.groups.some(({ flow }) => flow !== null))
    (await import('./stray-errors.ts')).catchStrayErrors(process)
  for (const { dialect } of shard.plan.groups) if (isDialectPath(dialect)) await loadDialect(dialect)
  const arrive = (barrier: Barrier): Promise<number> =>
    new Promise((resolve) => {
      go = resolve
      tell({ kind: 'arrive', barrier })
    })
  const report = await runShard(shard, endpoints, mapSharedMemory(shard, memory), { arrive }, abort.signal)
  tell({ kind: 'report', report })
} catch (error) {
  if (!(error instanceof RunError)) throw error
  tell({ kind: 'failed', message: error.message })
}
port.close()
