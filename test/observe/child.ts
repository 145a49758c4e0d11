import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const started: ChildProcess[] = []

interface StartedChild {
  child: ChildProcess
  pid: number
  line: string
}

/** Runs `code` in a Node of its own and resolves with it and the first line that it prints. */
export function startNode(code: string): Promise<StartedChild> {
  return startCommandLine([process.execPath, '-e', code])
}

/** Runs a command as the leader of its own group and resolves with it and the first line that it prints. */
export async function startCommandLine([program = '', ...rest]: string[]): Promise<StartedChild> {
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  started.push(child)
  const [text] = await once(child.stdout, 'data')
  return { child, pid: child.pid!, line: String(text).trim() }
}

/** Ends everything that `startNode` started, with all below it. */
export async function endAll(): Promise<void> {
  await Promise.all(started.splice(0).map(end))
}

export async function end(child: ChildProcess): Promise<void> {
  const running = child.exitCode === null && child.signalCode === null
  const ended = running ? once(child, 'exit') : null
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // All of its group have ended.
  }
  await ended
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Looks again every 10 ms; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}
