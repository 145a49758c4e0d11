/**
 * Real runs to draw sets from: of one server, and of the same server slowed by known amounts, in random order within
 * rounds, so that each kind is spread over the whole time. The file is written after every run: a second start goes on
 * where the first was ended.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findFreePort, start } from '../bench/processes.mjs'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const SERVER = fileURLToPath(new URL('./slow-server.mjs', import.meta.url))

export const LOADS = {
  closed: ['-d', '2', '-W', '500ms'],
  open: ['-d', '2', '-W', '500ms', '-R', '5k'],
}
/** Of these the equal sets are drawn, so there are more of them. */
const BASE_RUNS_A_ROUND = 3
const CALIBRATION_RUNS = 3
/** A run that is not valid is taken again so often, then left out. */
const ATTEMPTS = 4
const LIMIT_MS = 30_000

/** What is kept of a run: enough for every headline metric. */
export const KEPT = [
  'messages_received:rate',
  'response_time:p(50)',
  'response_time:p(99)',
  'error_ratio',
  'server_cpu_mean',
  'server_rss',
]

export async function collectPool(path, { rounds, keepAll, log }) {
  const pool = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
  const whole = pool ?? { ...(await calibrate(log)), rounds: [] }
  const save = () => {
    writeFileSync(`${path}.tmp`, `${JSON.stringify(whole)}\n`)
    renameSync(`${path}.tmp`, path)
  }
  while (whole.rounds.length < rounds) {
    const order = shuffle(
      whole.variants.flatMap((variant, index) =>
        Array(variant.percent === 0 ? BASE_RUNS_A_ROUND : 1).fill(index),
      ),
    )
    const round = []
    for (const index of order) {
      const run = await runValid(whole.variants[index], keepAll)
      if (run === null) log(`left out: ${whole.variants[index].name} was not valid ${ATTEMPTS} times`)
      else round.push({ variant: index, ...run })
    }
    whole.rounds.push(round)
    save()
    log(`round ${whole.rounds.length} of ${rounds}`)
  }
  return whole
}

/** How much the server is slowed: shares of what the server as it is needs a message, or makes its messages wait. */
async function calibrate(log) {
  const base = {
    closed: { load: 'closed', burnUs: 0, every: 1 },
    open: { load: 'open', burnUs: 0, every: 1 },
  }
  const runs = { closed: [], open: [] }
  for (let n = 0; n < CALIBRATION_RUNS; n++)
    for (const load of ['closed', 'open']) runs[load].push((await runOnce(base[load])).values)
  const middle = (load, column) => runs[load].map((row) => row[column]).sort((a, b) => a - b)[1]
  const calibration = {
    serverUsAMessage: 1e6 / middle('closed', 0),
    p50Us: middle('open', 1),
    p99Us: middle('open', 2),
  }
  log(`calibrated: ${JSON.stringify(calibration)}`)
  const slowed = (load, what, ofUs, every, percents) =>
    percents.map((percent) => ({
      name: `${load} ${what} +${percent} %`,
      load,
      what,
      percent,
      burnUs: Number(((ofUs * percent) / 100).toFixed(3)),
      every,
    }))
  const variants = [
    { name: 'closed', what: '', percent: 0, ...base.closed },
    { name: 'open', what: '', percent: 0, ...base.open },
    ...slowed('closed', 'messages/s', calibration.serverUsAMessage, 1, [5, 10, 15]),
    ...slowed('open', 'P50', calibration.p50Us, 1, [10, 15, 20]),
    ...slowed('open', 'P99', calibration.p99Us, 100, [25, 50, 100]),
  ]
  return { calibration, machine: null, kept: KEPT, variants }
}

async function runValid(variant, keepAll) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const run = await runOnce(variant)
    if (run !== null && (keepAll || run.state === 'valid')) return run
  }
  return null
}

async function runOnce({ load, burnUs, every }) {
  const port = await findFreePort()
  const server = ['taskset', '-c', '1', process.execPath, SERVER, port, burnUs, every]
  const command = [process.execPath, BIN, `ws://127.0.0.1:${port}`, ...LOADS[load], '--json', '--no-progress']
  const { child, output, ended } = start([...command, '--', ...server].map(String), 0)
  const limit = setTimeout(() => child.kill('SIGTERM'), LIMIT_MS)
  await ended
  clearTimeout(limit)
  if (output.out === '') throw new Error(`a run gave no result: ${output.err}`)
  return readRun(JSON.parse(output.out))
}

function readRun({ startedAt, status, summary, tests }) {
  if (status !== 'completed') return null
  const { metrics } = tests[0]
  return {
    at: startedAt,
    state: summary.validity,
    values: [
      metrics.messages_received.rate,
      metrics.response_time.p50,
      metrics.response_time.p99,
      metrics.error_ratio.value,
      metrics.server_cpu_mean.value,
      metrics.server_rss.value,
    ],
  }
}

function shuffle(items) {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[order[last], order[other]] = [order[other], order[last]]
  }
  return order
}
