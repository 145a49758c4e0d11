/** Looks at a flow before anything starts, in a thread that can be ended: its module may wait or loop for ever. */
import { Worker } from 'node:worker_threads'

/** More than any module needs that only says what a client does. */
const LOAD_MS = 10_000

/** What the thread says: null, or what is wrong in one clause. */
export type FlowFinding = string | null

/** What is wrong with the module at an absolute path, in one clause; null: it exports a function. */
export async function checkFlow(path: string): Promise<FlowFinding> {
  const worker = new Worker(new URL('./check-flow-thread.js', import.meta.url), {
    workerData: path,
    execArgv: [],
    // What a module prints while it is loaded, it prints again when it runs.
    stdout: true,
    stderr: true,
  })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<FlowFinding>((resolve) => {
      timer = setTimeout(() => resolve(`has not been loaded after ${LOAD_MS / 1000} s`), LOAD_MS)
      worker.on('message', resolve)
      worker.on('error', (error) => resolve(`cannot be loaded: ${error.message.split('\n')[0]}`))
      worker.on('exit', () => resolve('ends its thread while it is loaded (process.exit?)'))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
