import { Worker } from 'node:worker_threads'
import { RunError } from '../errors.ts'
import type { ShardPlan } from '../plan/shard-plan.ts'
import { type ShardMemory, type SharedMemory, shareMemory } from '../record/shard-memory.ts'
import type { Endpoint } from './dialer.ts'
import { watchFlows } from './flow-watchdog.ts'
import type { Barrier, ShardPort, ShardReport } from './shard-run.ts'

export interface ShardJob {
  readonly shard: ShardPlan
  readonly endpoints: readonly Endpoint[]
  readonly memory: SharedMemory
}
export type ToThread = { readonly kind: 'go'; readonly atUs: number } | { readonly kind: 'abort' }
export type FromThread =
  | { readonly kind: 'arrive'; readonly barrier: Barrier }
  | { readonly kind: 'report'; readonly report: ShardReport }
  /** A failure that is no bug. */
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Young generation of a generating thread. More gains nothing now that a message allocates some 60 bytes, and what it
 * grows to is kept: with 64 MB each of 10,000 connections cost 10 KB, with 16 MB 6 KB.
 */
const YOUNG_GENERATION_MB = 16

/**
 * runShard in a thread of its own. Rejects when the thread ends without a report.
 * @throws RunError when a user's own dialect fails
 */
export function runThreadShard(
  shard: ShardPlan,
  endpoints: readonly Endpoint[],
  memory: ShardMemory,
  port: ShardPort,
  signal: AbortSignal,
): Promise<ShardReport> {
  const hasFlow = shard.groups.some(({ group }) => group.flow !== null)
  const job: ShardJob = { shard, endpoints, memory: shareMemory(memory) }
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: job,
    // Flags of the process (--input-type, --cpu-prof) are not for the generator.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    // What a flow prints must not get into a report.
    stdout: hasFlow,
  })
  if (hasFlow) worker.stdout.pipe(process.stderr, { end: false })
  let watchdog: ReturnType<typeof watchFlows> = null
  const onAbort = () => worker.postMessage({ kind: 'abort' } satisfies ToThread)
  return new Promise<ShardReport>((resolve, reject) => {
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'report') resolve(message.report)
      else if (message.kind === 'failed') reject(new RunError(message.message))
      else
        port
          .arrive(message.barrier)
          .then((atUs) => worker.postMessage({ kind: 'go', atUs } satisfies ToThread))
          .catch(reject)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      const message = `generator thread ${shard.shard} ended early (code ${code})`
      reject(hasFlow ? new RunError(`${message}: a flow must not end it`) : new Error(message))
    })
    watchdog = watchFlows(shard, memory, (message) => reject(new RunError(message)))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
  }).finally(() => {
    signal.removeEventListener('abort', onAbort)
    watchdog?.stop()
    // After a report it is ending by itself; after a failure it may wait at a barrier for ever.
    void worker.terminate()
  })
}
