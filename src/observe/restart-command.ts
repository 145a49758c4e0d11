/** The user's command that restarts the server, run at its time in a test. */
import { spawn } from 'node:child_process'
import { describeExit } from './server-process.ts'
import { superviseChild } from './supervised-child.ts'

export interface RestartCommand {
  /** Ends it when it still runs, as it does when it is the server itself. Why it failed; null: it did not. */
  stop(): Promise<string | null>
}

/** Runs it after so long. */
export function scheduleRestart(argv: readonly string[], afterMs: number): RestartCommand {
  const [program = '', ...rest] = argv
  let stopChild: (() => Promise<void>) | null = null
  let problem: string | null = null
  const timer = setTimeout(() => {
    const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    const supervised = superviseChild(child)
    stopChild = supervised.stop
    child.once('error', (error: NodeJS.ErrnoException) => {
      problem = error.code === 'ENOENT' ? 'no such program' : error.message
    })
    supervised.onExit((exit) => {
      // What it has started goes on without it.
      stopChild = null
      if (exit.exitCode !== 0) problem ??= describeExit(exit)
    })
  }, afterMs)
  return {
    async stop() {
      clearTimeout(timer)
      await stopChild?.()
      return problem === null ? null : `the restart command '${program}' failed: ${problem}`
    },
  }
}
