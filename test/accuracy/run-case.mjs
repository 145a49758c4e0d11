/** One case: a truth server of its own, one run of the built program against it, the server's log. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { start } from '../bench/processes.mjs'
import { skipWarmup } from './truth.mjs'

const SERVER = fileURLToPath(new URL('../support/truth/server.mjs', import.meta.url))
const LIMIT_MS = 40_000
const SAMPLE_MS = 500

/**
 * `cores`: `{ server, generator }` or null. With a `schedule` (perSecond, clients, warmup) the log
 * begins after its warm-up. `tamper(pid)` is done to the generator once there is traffic. Gives `{ code,
 * result, test, metrics, log, waited }`, the last in ms by side: could have run and had no core.
 */
export async function runCase({ server, options, schedule, tamper }, { bin, cores }) {
  const truth = start(
    [process.execPath, '--single-threaded', SERVER, JSON.stringify(server)],
    cores?.server ?? null,
  )
  try {
    const port = await readLine(truth, 1)
    const command = [process.execPath, bin, `ws://127.0.0.1:${port}/{client}`, ...options]
    const run = start([...command, '--json', '--no-progress'], cores?.generator ?? null)
    const limit = setTimeout(() => run.child.kill('SIGKILL'), LIMIT_MS)
    let waited = { generator: 0, server: 0 }
    const sampler = setInterval(() => {
      waited = {
        generator: readWaitMs(run.child.pid) ?? waited.generator,
        server: readWaitMs(truth.child.pid) ?? waited.server,
      }
    }, SAMPLE_MS)
    if (tamper !== undefined) {
      await Promise.race([readLine(truth, 2), run.ended])
      await tamper(run.child.pid)
    }
    const { code } = await run.ended
    clearTimeout(limit)
    clearInterval(sampler)
    truth.child.kill('SIGTERM')
    await truth.ended
    const result = readResult(run.output, code)
    const log = JSON.parse(truth.output.out.trim().split('\n').at(-1))
    const [test] = result.tests
    const counted = schedule === undefined ? log : skipWarmup(log, schedule)
    return { code, result, test, metrics: test.metrics, log: counted, waited }
  } finally {
    truth.child.kill('SIGKILL')
  }
}

function readResult({ out, err }, code) {
  try {
    return JSON.parse(out)
  } catch {
    throw new Error(`no result, exit code ${code}: ${err.trim()}`)
  }
}

/** The server's `number`-th line of output, from 1. */
async function readLine({ child, output, ended }, number) {
  const lines = () => output.out.split('\n')
  const hasLine = new Promise((resolve) => {
    const look = () => lines().length > number && resolve()
    child.stdout.on('data', look)
    look()
  })
  await Promise.race([hasLine, ended])
  if (lines().length <= number) throw new Error(`the truth server ended: ${output.err.trim()}`)
  return lines()[number - 1]
}

/** Time for which the busiest-waiting thread of a process could have run and had no core; null: gone, or no /proc. */
function readWaitMs(pid) {
  try {
    const waits = readdirSync(`/proc/${pid}/task`).map((thread) => {
      const text = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')
      return Number(text.split(' ')[1]) / 1e6
    })
    return Math.max(...waits)
  } catch {
    return null
  }
}
