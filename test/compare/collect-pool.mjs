/**
 * Real runs to draw sets from: of one server, and of the same server slowed by known amounts, in random order within
 * rounds, so that each kind is spread over the whole time. The file is written after every run: a second start goes on
 * where the first was ended.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { findFreePort, start } from '../bench/processes.mjs'
import { watchOthers } from '../validity/other-load.mjs'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const SERVER = fileURLToPath(new URL('./slow-server.mjs', import.meta.url))

const HOLD = ['-d', '2', '-W', '300ms']
const OPTIONS = { closed: HOLD, open: [...HOLD, '-R', '5k'] }
/** The headline figures of each load, in the order in which a run's are kept. */
export const LOADS = {
  closed: ['messages/s', 'P50', 'P99', 'errors', 'memory'],
  open: ['P50', 'P99', 'errors', 'CPU', 'memory'],
}
/** Of these the equal sets are drawn, so there are more of them. */
const BASE_RUNS_A_ROUND = 3
const CALIBRATION_RUNS = 3
/** A run that is not valid, or while which others used over a tenth of a core, is taken again so often, then left out. */
const ATTEMPTS = 4
const MOST_BY_OTHERS = 0.1
const LIMIT_MS = 30_000

/** `evenBusy`: keep runs that others disturbed, too. */
export async function collectPool(path, { rounds, evenBusy, log }) {
  const pool = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : await calibrate(log)
  const started = pool.rounds.at(-1)
  // A round that was not ended goes on.
  if (started !== undefined && pool.left.length > 0) await runRound(pool, started)
  while (pool.rounds.length < rounds) {
    const round = []
    pool.rounds.push(round)
    pool.left = shuffle(
      pool.variants.flatMap(({ percent }, index) => Array(percent === 0 ? BASE_RUNS_A_ROUND : 1).fill(index)),
    )
    await runRound(pool, round)
  }
  return pool

  async function runRound(whole, round) {
    while (whole.left.length > 0) {
      const [index] = whole.left
      const run = await runUndisturbed(whole.variants[index], evenBusy)
      whole.left.shift()
      if (run === null) whole.leftOut++
      else round.push({ variant: index, ...run })
      writeFileSync(`${path}.tmp`, format(whole))
      renameSync(`${path}.tmp`, path)
    }
    log(`round ${whole.rounds.length} of ${rounds}, ${whole.leftOut} runs left out so far`)
  }
}

/** A run a line. */
function format(pool) {
  const rounds = pool.rounds.map((round) => `[\n${round.map((run) => JSON.stringify(run)).join(',\n')}\n]`)
  const { rounds: _, ...rest } = pool
  return `${JSON.stringify(rest).slice(0, -1)},"rounds":[${rounds.join(',')}]}\n`
}

/** How much the server is slowed: shares of what the server as it is needs for a message, or lets its messages wait. */
async function calibrate(log) {
  const plain = {
    closed: { load: 'closed', burnUs: 0, every: 1 },
    open: { load: 'open', burnUs: 0, every: 1 },
  }
  const runs = { closed: [], open: [] }
  for (let n = 0; n < CALIBRATION_RUNS; n++)
    for (const load of ['closed', 'open']) runs[load].push((await runOnce(plain[load])).values)
  const middle = (load, what) =>
    runs[load].map((values) => values[LOADS[load].indexOf(what)]).sort((a, b) => a - b)[1]
  const calibration = {
    serverUsAMessage: 1e6 / middle('closed', 'messages/s'),
    p50Us: middle('open', 'P50'),
    p99Us: middle('open', 'P99'),
  }
  log(`calibrated: ${JSON.stringify(calibration)}`)
  const slowed = (load, what, ofUs, every, percents) =>
    percents.map((percent) => {
      const burnUs = Number(((ofUs * percent) / 100).toFixed(2))
      return { load, what, percent, burnUs, every }
    })
  const variants = [
    { what: '', percent: 0, ...plain.closed },
    { what: '', percent: 0, ...plain.open },
    ...slowed('closed', 'messages/s', calibration.serverUsAMessage, 1, [5, 10, 15]),
    ...slowed('open', 'P50', calibration.p50Us, 1, [10, 15, 20]),
    ...slowed('open', 'P99', calibration.p99Us, 100, [25, 50, 100]),
  ]
  const machine = {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    system: `${os.type()} ${os.release()}`,
    node: process.version,
  }
  return { machine, options: OPTIONS, loads: LOADS, calibration, variants, leftOut: 0, left: [], rounds: [] }
}

async function runUndisturbed(variant, evenBusy) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const byOthers = watchOthers()
    const run = await runOnce(variant)
    if (run === null) continue
    const { state, ...kept } = run
    if (evenBusy || (state === 'valid' && byOthers() <= MOST_BY_OTHERS)) return kept
  }
  return null
}

let current = null

/** A generator ends its server, but not when it is ended by a second signal: Ctrl-C has reached it already. */
export async function waitForCurrentRun() {
  await current
}

async function runOnce({ load, burnUs, every }) {
  const port = await findFreePort()
  const server = ['taskset', '-c', '1', process.execPath, SERVER, port, burnUs, every]
  const command = [
    process.execPath,
    BIN,
    `ws://127.0.0.1:${port}`,
    ...OPTIONS[load],
    '--json',
    '--no-progress',
  ]
  const { child, output, ended } = start([...command, '--', ...server].map(String), 0)
  current = ended
  const limit = setTimeout(() => child.kill('SIGTERM'), LIMIT_MS)
  await ended
  clearTimeout(limit)
  if (output.out === '') throw new Error(`a run gave no result: ${output.err}`)
  return readRun(JSON.parse(output.out), load)
}

function readRun({ startedAt, status, summary, tests }, load) {
  if (status !== 'completed') return null
  const { metrics } = tests[0]
  const figures = {
    'messages/s': Math.round(metrics.messages_received.rate),
    P50: metrics.response_time.p50,
    P99: metrics.response_time.p99,
    errors: metrics.error_ratio.value,
    CPU: Number(metrics.server_cpu_mean.value.toFixed(2)),
    memory: metrics.server_rss.value,
  }
  return { at: startedAt, state: summary.validity, values: LOADS[load].map((what) => figures[what]) }
}

function shuffle(items) {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[order[last], order[other]] = [order[other], order[last]]
  }
  return order
}
