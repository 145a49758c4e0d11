/** A shard in a process of its own, for more connections than one process may open. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { RunError } from '../errors.ts'
import type { ShardPlan } from '../plan/shard-plan.ts'
import { applyChanges, type Changes } from '../record/memory-changes.ts'
import type { ShardMemory } from '../record/shard-memory.ts'
import type { Endpoint } from './dialer.ts'
import type { ShardPort, ShardReport } from './shard-run.ts'
import type { FromThread, ToThread } from './thread-shard.ts'

export type ToFork =
  | { readonly kind: 'job'; readonly shard: ShardPlan; readonly endpoints: readonly Endpoint[] }
  | ToThread
export type FromFork =
  | { readonly kind: 'memory'; readonly changes: Changes }
  | FromThread
  /** A bug. */
  | { readonly kind: 'broken'; readonly stack: string }

const PROGRAM = fileURLToPath(new URL('./fork-process.js', import.meta.url))

/**
 * runShard in a process of its own, in a thread of it. What it records comes as changes of its memory, four times a
 * second and before everything else that it says.
 * @throws RunError when a user's own dialect fails, or the process ends without a report
 */
export async function runForkShard(
  shard: ShardPlan,
  endpoints: readonly Endpoint[],
  memory: ShardMemory,
  port: ShardPort,
  signal: AbortSignal,
): Promise<ShardReport> {
  const child = fork(PROGRAM, [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Its own group: Ctrl-C in the terminal is for the process that writes the report.
    detached: true,
    execArgv: [],
    serialization: 'advanced',
  })
  const tell = (message: ToFork) => tellFork(child, message)
  const onAbort = () => tell({ kind: 'abort' })
  try {
    return await new Promise<ShardReport>((resolve, reject) => {
      child.on('message', (message: FromFork) => {
        switch (message.kind) {
          case 'memory':
            return applyChanges(memory.buffer, message.changes)
          case 'report':
            return resolve(message.report)
          case 'failed':
            return reject(new RunError(message.message))
          case 'broken':
            return reject(new Error(`generator process ${shard.shard}: ${message.stack}`))
          case 'arrive':
            port
              .arrive(message.barrier)
              .then((atUs) => tell({ kind: 'go', atUs }))
              .catch(reject)
        }
      })
      child.on('error', (error) => reject(new RunError(`cannot start a generator process: ${error.message}`)))
      child.on('exit', (code, by) =>
        reject(new RunError(`generator process ${shard.shard} ended early (${by ?? `code ${code}`})`)),
      )
      tell({ kind: 'job', shard, endpoints })
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
    })
  } finally {
    signal.removeEventListener('abort', onAbort)
    // It ends when nobody listens to it any more.
    if (child.connected) child.disconnect()
  }
}

/** One that has ended hears nothing, and its end is reported anyway. */
function tellFork(child: ChildProcess, message: ToFork): void {
  if (child.connected) child.send(message, () => {})
}
