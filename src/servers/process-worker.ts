/** One of the processes of processes.ts: serves until it is told to stop, and ends when its channel closes. */
import { readFileSync } from 'node:fs'
import type { ConnectionLimit } from './host.ts'
import type { FromProcess, ToProcess } from './processes.ts'
import { type RunningServer, startServer } from './start.ts'

/** Files that are no connections of clients: its modules' channels, a log, Node's own. */
const RESERVED_FILES = 64

let server: RunningServer | null = null

// Ctrl-C and a service manager's SIGTERM reach the whole group; the first process then tells the others to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('message', (message: ToProcess) => {
  void (message.kind === 'start' ? start(message) : stop())
})
tell({ kind: 'ready' })

function tell(message: FromProcess): void {
  // A channel that has closed needs no answer: Node then ends a cluster's process.
  process.send?.(message, undefined, undefined, () => {})
}

async function start({ name, options }: Extract<ToProcess, { kind: 'start' }>): Promise<void> {
  try {
    server = await startServer(name, { ...options, ...findLimit() })
    tell({ kind: 'listening', port: server.port })
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException
    tell({ kind: 'refused', code, syscall, message })
  }
}

/** The counts are told when nothing can change them any more. */
async function stop(): Promise<void> {
  await server?.close()
  tell({ kind: 'stopped', faults: server?.faults ?? null })
}

/**
 * A connection that is handed to a process which may open no more files is lost on the way, and Node's cluster then waits
 * for its answer for ever: so this process stops one short of that.
 */
function findLimit(): { limit?: ConnectionLimit } {
  const files = readFileLimit()
  if (files === null) return {}
  const most = Math.max(1, files - RESERVED_FILES)
  const text =
    `stress serve: process ${process.pid} has ${most} connections, as many as its limit of ${files} open files allows; ` +
    'more are closed at once: raise ulimit -n or --processes\n'
  return { limit: { most, onReached: () => process.stderr.write(text) } }
}

/** Null where the system does not say. */
function readFileLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}
