/** The built program as a black box: started like a user starts it, judged by its streams, its exit code and its processes. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { RunResult } from '../../src/result/run-result.ts'
import { isRunning } from '../observe/child.ts'

export const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

interface Running {
  pid: number
  /** Resolves with all of a stream so far once it has `pattern`; rejects when the program ends without it. */
  sees(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** All of its standard input. */
  write(text: string): void
  /** On the keyboard of its terminal. */
  type(text: string): void
  ended: Promise<Ended>
}

export interface StartOptions {
  cwd?: string
  env?: Readonly<Record<string, string>>
  /** Starts the server: what stands behind `--`. */
  command?: readonly string[]
  /** Most files that it may have open, connections included. */
  openFiles?: number
  /** Files that it finds open already. */
  heldFiles?: number
  /** Its streams are one terminal, which util-linux's `script` makes; no argument may then need quotes. */
  terminal?: boolean
}

/** Without colours, continuous integration or settings of the machine that runs the tests. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:STRESS_|CI$|GITHUB_|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|VITEST)/.test(name),
  )
  return Object.fromEntries(own)
}

/** Starts `stress ARGS`. */
export function startStress(args: readonly string[], options: StartOptions = {}): Running {
  const { cwd, env = {}, command: server = null, openFiles, heldFiles = 0, terminal = false } = options
  const command = [process.execPath, BIN, ...args, ...(server === null ? [] : ['--', ...server])]
  if (openFiles !== undefined) command.unshift('sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh')
  const [program = '', ...rest] = terminal ? ['script', '-qec', command.join(' '), '/dev/null'] : command
  const file = openSync('/dev/null', 'r')
  const child = spawn(program, rest, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe', ...Array<number>(heldFiles).fill(file)],
  }) as ChildProcessWithoutNullStreams
  closeSync(file)
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (chunk: string) => {
      text[name] += chunk
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...text }))
  return {
    pid: child.pid!,
    async sees(stream, pattern) {
      const gone = ended.then(() => Promise.reject(new Error(`ended without ${pattern}: ${text[stream]}`)))
      gone.catch(() => {})
      while (!pattern.test(text[stream])) await Promise.race([once(child[stream], 'data'), gone])
      return text[stream]
    },
    kill: (signal) => child.kill(signal),
    write: (text) => child.stdin.end(text),
    type: (keys) => child.stdin.write(keys),
    ended,
  }
}

/** Runs `stress ARGS` to its end. */
export function runStress(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return startStress(args, options).ended
}

/** Runs with --json; the whole of standard output has to be one result, as the shipped schema has it. */
export async function runForResult(
  args: readonly string[],
  options: StartOptions = {},
): Promise<Ended & { result: RunResult }> {
  const ended = await runStress([...args, '--json'], options)
  return { ...ended, result: parseResult(ended.stdout) }
}

/** @throws when it is not one JSON document that the shipped schema accepts */
export function parseResult(text: string): RunResult {
  const schema = JSON.parse(readFileSync(join(BIN, '..', 'result-schema.json'), 'utf8'))
  const validate = new Ajv2020({ strict: false }).compile<RunResult>(schema)
  const result: unknown = JSON.parse(text)
  if (!validate(result)) throw new Error(`not a result: ${JSON.stringify(validate.errors)}`)
  return result
}

/** Processes that this one has started, whatever group they lead. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number),
  )
}

/** Those of `pids` that have not ended. A zombie that nobody has collected yet counts as ended. */
export function listRunning(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    if (!isRunning(pid)) return false
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch {
      return false
    }
  })
}

/** Lines of a text that ends with a line feed. */
export function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}

/** Columns of the widest line. */
export function widthOf(text: string): number {
  return Math.max(...linesOf(text).map((line) => [...line].length))
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}
