import { type ChildProcess, fork, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RunError } from '../errors.ts'
import { findListener } from './process-tree.ts'
import { type ServerExit, type SupervisedChild, superviseChild } from './supervised-child.ts'
import { acceptsConnections, addressOf, waitForPort } from './wait-for-port.ts'

/** A server that this program started. */
export interface ServerProcess {
  /** The process to measure: the one that listens, where that is visible. */
  readonly pid: number
  readonly url: string
  isAlive(): boolean
  /** `listener` is called once when the server ends without `stop`; at once when it already has. */
  onExit(listener: (exit: ServerExit) => void): void
  /** The last lines it wrote to its standard error; empty when none. */
  lastLines(): Promise<string>
  /** Ends it and all its children within about 3 s. */
  stop(): Promise<void>
}

export interface DemoServerOptions {
  /** The program to run with `serve …`; absent: this program's own bin.js. */
  readonly binPath?: string
  /** A demo server's name, and options of `stress serve`; absent: the echo server. */
  readonly serve?: readonly string[]
  /** Added to its environment; may hold secrets. */
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface CommandOptions {
  /** How long the server may take until it accepts connections. */
  readonly timeoutUs: number
  readonly signal?: AbortSignal
}

const BIN_PATH = fileURLToPath(new URL('../bin.js', import.meta.url))
const DEMO_START_MS = 15_000

/**
 * Starts a demo server in a process of its own on a free port of 127.0.0.1.
 * @throws RunError when it does not come up
 */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<ServerProcess> {
  const { binPath = BIN_PATH, serve = ['echo'], env = {}, signal } = options
  if (!existsSync(binPath)) throw new RunError('the demo server needs the built program; run: npm run build')
  const child = fork(binPath, ['serve', ...serve, '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Its own group: Ctrl-C in the terminal must not end the server while the run still drains.
    detached: true,
    execArgv: [],
    env: { ...withoutOwnSettings(process.env), ...env },
  })
  const supervised = superviseChild(child)
  const patience = beginPatience(supervised, DEMO_START_MS, signal)
  const address = readAddress(await firstMessage(child, patience.signal))
  patience.end()
  if (address === null) {
    const problem = explainStart(supervised.exit(), signal, `within ${DEMO_START_MS / 1000} s`)
    throw await startError(supervised, `the demo server ${problem}`)
  }
  const { port, path, scheme } = address
  return serverProcess(supervised, child.pid!, `${scheme}://127.0.0.1:${port}${path === '/' ? '' : path}`)
}

/**
 * Starts the user's server and waits until the host and port of `url` accept connections.
 * @param argv the command and its arguments
 * @throws RunError when the port is taken before, the command ends first or the time is up
 */
export async function startCommand(
  argv: readonly string[],
  url: string,
  { timeoutUs, signal }: CommandOptions,
): Promise<ServerProcess> {
  const address = addressOf(url)
  const { host, port } = address
  if (await acceptsConnections(address)) {
    throw new RunError(
      `${host} port ${port} already accepts connections before the server command is started; ` +
        'stop what listens there, or leave the command out to test that',
    )
  }

  const [program = '', ...rest] = argv
  const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  const supervised = superviseChild(child)
  let spawnProblem = ''
  child.once('error', (error: NodeJS.ErrnoException) => {
    spawnProblem = error.code === 'ENOENT' ? 'no such program' : error.message
  })

  const patience = beginPatience(supervised, timeoutUs / 1000, signal)
  const accepted = await waitForPort(address, patience.signal)
  patience.end()
  // The arguments stay out of the text: they may hold a password.
  if (spawnProblem !== '')
    throw new RunError(`the server command '${program}' cannot be started: ${spawnProblem}`)
  if (!accepted || supervised.exit() !== null) {
    const within = `at ${host} port ${port} within ${timeoutUs / 1_000_000} s`
    const problem = explainStart(supervised.exit(), signal, within)
    throw await startError(supervised, `the server command '${program}' ${problem}`)
  }
  const pid = findListener(child.pid!, port) ?? child.pid!
  return serverProcess(supervised, pid, url)
}

function serverProcess(supervised: SupervisedChild, pid: number, url: string): ServerProcess {
  supervised.letParentEnd()
  return {
    pid,
    url,
    isAlive: () => supervised.exit() === null,
    onExit: supervised.onExit,
    lastLines: supervised.lastLines,
    stop: supervised.stop,
  }
}

function explainStart(exit: ServerExit | null, signal: AbortSignal | undefined, within: string): string {
  if (exit !== null) return `${describeExit(exit)} before it accepted connections`
  if (signal?.aborted) return 'was stopped before it accepted connections: interrupted'
  return `did not accept connections ${within}`
}

/** `ended with exit code 1`, `was ended by SIGKILL`. */
export function describeExit({ exitCode, signal }: ServerExit): string {
  return signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`
}

async function startError(supervised: SupervisedChild, problem: string): Promise<RunError> {
  await supervised.stop()
  const lines = await supervised.lastLines()
  return new RunError(lines === '' ? problem : `${problem}; its last lines:\n${lines}`)
}

/** Its signal is aborted when the child ends, the time is up or the caller's signal is aborted. */
function beginPatience(supervised: SupervisedChild, timeoutMs: number, signal: AbortSignal | undefined) {
  const giveUp = new AbortController()
  const abort = () => giveUp.abort()
  const timer = setTimeout(abort, timeoutMs)
  supervised.onExit(abort)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  return {
    signal: giveUp.signal,
    end: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** What the child sends first; null when `signal` is aborted before. */
function firstMessage(child: ChildProcess, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('message', resolve)
    signal.addEventListener('abort', () => resolve(null))
    if (signal.aborted) resolve(null)
  })
}

interface Address {
  readonly port: number
  readonly path: string
  readonly scheme: string
}

function readAddress(message: unknown): Address | null {
  if (typeof message !== 'object' || message === null) return null
  const { port, path = '/', scheme = 'ws' } = message as Partial<Address>
  return typeof port === 'number' ? { port, path, scheme } : null
}

/** STRESS_HOST or STRESS_PORT are meant for the command that the user typed, not for its demo server. */
function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('STRESS_')))
}
