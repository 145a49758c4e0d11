/** The process side of fork-shard.ts: runs the shard in a thread, and hands its memory on. */
import { RunError } from '../errors.ts'
import { MemoryChanges } from '../record/memory-changes.ts'
import { mapShardMemory } from '../record/shard-memory.ts'
import type { FromFork, ToFork } from './fork-shard.ts'
import type { Barrier } from './shard-run.ts'
import { runThreadShard } from './thread-shard.ts'

const MEMORY_MS = 250

const abort = new AbortController()
let waiting: { go: (atUs: number) => void; giveUp: (error: Error) => void } | null = null

process.on('message', (message: ToFork) => {
  if (message.kind === 'job') void work(message)
  else if (message.kind === 'go') waiting?.go(message.atUs)
  else abort.abort()
})
// Nobody reads on: the run has ended, or was killed.
process.on('disconnect', () => {
  abort.abort()
  waiting?.giveUp(new Error('the run has ended'))
})

async function work({ shard, endpoints }: Extract<ToFork, { kind: 'job' }>): Promise<void> {
  const memory = mapShardMemory(shard)
  const changes = new MemoryChanges(memory.buffer)
  const tell = (message: FromFork) => {
    if (process.connected) process.send!(message)
  }
  const handOn = () => {
    const { user, system } = process.cpuUsage()
    memory.process[0] = process.memoryUsage.rss()
    memory.process[1] = user + system
    tell({ kind: 'memory', changes: changes.take() })
  }
  const arrive = (barrier: Barrier): Promise<number> =>
    new Promise((go, giveUp) => {
      waiting = { go, giveUp }
      if (!process.connected) giveUp(new Error('the run has ended'))
      handOn()
      tell({ kind: 'arrive', barrier })
    })
  const timer = setInterval(handOn, MEMORY_MS)
  try {
    const report = await runThreadShard(shard, endpoints, memory, { arrive }, abort.signal)
    handOn()
    tell({ kind: 'report', report })
  } catch (error) {
    if (error instanceof RunError) tell({ kind: 'failed', message: error.message })
    else
      tell({ kind: 'broken', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  } finally {
    clearInterval(timer)
  }
}
