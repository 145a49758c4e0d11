/** One server in several processes that share a port: more connections than one process may open, and more than one core. */
import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { createCounts, type FaultCounts, NO_FAULTS } from './faults.ts'
import { describeServer, formatUrl, type RunningServer, type StartOptions } from './start.ts'

export type ToProcess =
  | { readonly kind: 'start'; readonly name: string; readonly options: ProcessOptions }
  | { readonly kind: 'stop' }
/** What can be told to another process. */
export type ProcessOptions = Omit<StartOptions, 'limit'>
export type FromProcess =
  /** Loaded. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening'; readonly port: number }
  /** It cannot listen; of an error only these survive the way. */
  | {
      readonly kind: 'refused'
      readonly code: string | undefined
      readonly syscall: string | undefined
      readonly message: string
    }
  /** Closed, with what it did wrong on purpose; null when it never listened. */
  | { readonly kind: 'stopped'; readonly faults: FaultCounts | null }

export interface RunningProcesses extends RunningServer {
  /** The sums over the processes, once it is closed. */
  readonly faults: Readonly<FaultCounts>
  /** Aborted, with the text as its reason, when a process ended by itself; the others go on until `close`. */
  readonly failed: AbortSignal
}

/** Ended by itself before it listened. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded'
}

const WORKER_PATH = fileURLToPath(new URL('./process-worker.js', import.meta.url))
/** Closing takes a second at most; who started this process kills what is left after three. */
const STOP_MS = 2500

/**
 * Starts `count` processes of a demo server; connections go to them in turn. Each has a seed of its own.
 * @throws the listen error (EADDRINUSE, EACCES, ...) as Node gives it; ProcessEnded when one ends before it listens
 */
export async function startProcesses(
  name: string,
  options: ProcessOptions,
  count: number,
): Promise<RunningProcesses> {
  // NODE_CLUSTER_SCHED_POLICY=none would leave to chance how many each of them holds.
  cluster.schedulingPolicy = cluster.SCHED_RR
  cluster.setupPrimary({ exec: WORKER_PATH, args: [] })
  const workers = Array.from({ length: count }, () => cluster.fork())
  const failed = new AbortController()
  let isStopping = false
  for (const worker of workers) {
    // A message to one that has just ended; its exit says more.
    worker.on('error', () => {})
    worker.once('exit', () => {
      if (!isStopping) failed.abort(describeEnd(worker, workers))
    })
  }
  const faults: FaultCounts = createCounts()

  async function close(): Promise<void> {
    if (isStopping) return
    isStopping = true
    const cut = setTimeout(() => {
      for (const worker of workers) worker.process.kill('SIGKILL')
    }, STOP_MS)
    await Promise.all(workers.map(async (worker) => addCounts(faults, await stopWorker(worker))))
    clearTimeout(cut)
  }

  try {
    const port = await listen(workers, name, options)
    const { path, scheme } = describeServer(name)
    const url = formatUrl(scheme, options.host ?? '127.0.0.1', port, path)
    return { port, path, scheme, url, faults, notes: [], failed: failed.signal, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** All are loaded before the first begins, so that they stall at the same times. */
async function listen(workers: readonly Worker[], name: string, options: ProcessOptions): Promise<number> {
  await Promise.all(workers.map((worker) => receive(worker, workers, 'ready')))
  const answers = workers.map((worker, index) => {
    const seed = (options.faults?.seed ?? NO_FAULTS.seed) + index
    const own: ProcessOptions = { ...options, faults: { ...options.faults, seed } }
    worker.send({ kind: 'start', name, options: own } satisfies ToProcess)
    return receive(worker, workers, 'listening', 'refused')
  })
  const ports = (await Promise.all(answers)).map((answer) => {
    if (answer.kind === 'listening') return answer.port
    const { code, syscall, message } = answer
    throw Object.assign(new Error(message), { code, syscall })
  })
  return ports[0]!
}

/** Its counts, once it has ended; null when it never served, or had ended before. */
async function stopWorker(worker: Worker): Promise<FaultCounts | null> {
  if (worker.isDead()) return null
  const exited = new Promise<null>((resolve) => worker.once('exit', () => resolve(null)))
  const stopped = new Promise<FaultCounts | null>((resolve) => {
    worker.on('message', (message: FromProcess) => {
      if (message.kind === 'stopped') resolve(message.faults)
    })
  })
  if (worker.isConnected()) worker.send({ kind: 'stop' } satisfies ToProcess)
  const faults = await Promise.race([stopped, exited])
  // Only now, or its exit could overtake its message. Node ends a cluster's process when its channel closes.
  if (worker.isConnected()) worker.process.disconnect()
  await exited
  return faults
}

/** The next message of one of these kinds. */
function receive<Kind extends FromProcess['kind']>(
  worker: Worker,
  workers: readonly Worker[],
  ...kinds: readonly Kind[]
): Promise<Extract<FromProcess, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new ProcessEnded(`${describeEnd(worker, workers)} before it listened`))
    const onMessage = (message: FromProcess) => {
      if (!(kinds as readonly string[]).includes(message.kind)) return
      worker.off('message', onMessage)
      worker.off('exit', onExit)
      resolve(message as Extract<FromProcess, { kind: Kind }>)
    }
    worker.on('message', onMessage)
    worker.once('exit', onExit)
    if (worker.isDead()) onExit()
  })
}

/** `server process 2 of 4 was ended by SIGKILL`. */
function describeEnd(worker: Worker, workers: readonly Worker[]): string {
  const { exitCode, signalCode } = worker.process
  const end = signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`
  return `server process ${workers.indexOf(worker) + 1} of ${workers.length} ${end}`
}

function addCounts(sums: FaultCounts, counts: FaultCounts | null): void {
  if (counts === null) return
  for (const name of Object.keys(sums) as (keyof FaultCounts)[]) sums[name] += counts[name]
}
