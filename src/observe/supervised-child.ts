import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** How a process ended: with a code, or by a signal. */
export interface ServerExit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** A child that leads its own process group and never outlives this process (unless that is killed with SIGKILL). */
export interface SupervisedChild {
  /** Null while it runs. */
  exit(): ServerExit | null
  /** `listener` is called once when it ends without `stop`; at once when it already has. */
  onExit(listener: (exit: ServerExit) => void): void
  /** The last lines it wrote to its standard error, once what is under way has arrived; empty when none. */
  lastLines(): Promise<string>
  /** From now on it does not keep this process alive: a run that fails must not hang on it, the exit hook ends it. */
  letParentEnd(): void
  /** SIGTERM to the group, SIGKILL to what is left after 3 s. */
  stop(): Promise<void>
}

const POLITE_STOP_MS = 3000
const GROUP_CHECK_MS = 20
const TAIL_CHARACTERS = 4096
const TAIL_LINES = 10
/** A grandchild may hold the pipe open for ever. */
const TAIL_END_MS = 200

/** `child` must have been spawned with `detached`, so that its own children can be ended with it. */
export function superviseChild(child: ChildProcess): SupervisedChild {
  let exit: ServerExit | null = null
  let stopping: Promise<void> | null = null
  let listeners: ((exit: ServerExit) => void)[] = []
  const readTail = keepTail(child)
  const killNow = () => signalGroup(child, 'SIGKILL')

  process.once('exit', killNow)
  const ended = new Promise<void>((resolve) => {
    const onEnd = (exitCode: number | null, signal: NodeJS.Signals | null) => {
      if (exit !== null) return
      exit = { exitCode, signal }
      if (!isGroupAlive(child)) process.off('exit', killNow)
      for (const listener of listeners) listener(exit)
      listeners = []
      resolve()
    }
    child.once('exit', onEnd)
    // The command could not be started at all: there will be no exit event.
    child.on('error', () => child.pid === undefined && onEnd(null, null))
  })

  async function stopGroup(): Promise<void> {
    listeners = []
    child.ref()
    signalGroup(child, 'SIGTERM')
    const deadline = AbortSignal.timeout(POLITE_STOP_MS)
    while (isGroupAlive(child) && !deadline.aborted) await delay(GROUP_CHECK_MS)
    killNow()
    if (child.pid !== undefined) await ended
    process.off('exit', killNow)
  }

  return {
    exit: () => exit,
    onExit(listener) {
      if (exit !== null) listener(exit)
      else listeners.push(listener)
    },
    lastLines: readTail,
    letParentEnd: () => unrefAll(child),
    stop: () => {
      stopping ??= stopGroup()
      return stopping
    },
  }
}

/** Keeps reading, or a server that logs would block on a full pipe; only the end is kept. */
function keepTail(child: ChildProcess): () => Promise<string> {
  const { stderr } = child
  if (stderr === null) return async () => ''
  let tail = ''
  stderr.setEncoding('utf8')
  stderr.on('data', (text: string) => {
    tail = (tail + text).slice(-TAIL_CHARACTERS)
  })
  return async () => {
    if (!stderr.closed) await Promise.race([once(stderr, 'close'), delay(TAIL_END_MS)])
    return tail.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
  }
}

function unrefAll(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  // A pipe to a child is a Socket, though typed as a stream only.
  ;(child.stderr as Socket | null)?.unref()
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  if (process.platform === 'win32') {
    child.kill(signal)
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch {
    // ESRCH: all of them have ended.
  }
}

function isGroupAlive(child: ChildProcess): boolean {
  if (child.pid === undefined) return false
  if (process.platform === 'win32') return child.exitCode === null && child.signalCode === null
  try {
    process.kill(-child.pid, 0)
    return true
  } catch {
    return false
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
