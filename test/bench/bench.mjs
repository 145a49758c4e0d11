#!/usr/bin/env node
/**
 * Holds the engine against other clients on the same server, in alternating rounds (A B C, C B A, …), and prints the
 * median of the pairwise ratios. Uses dist/: build first. Options: --help.
 */
import { parseArgs } from 'node:util'
import { BIN, fill, ours, parsePeer, plainWs, splitCommand } from './contestants.mjs'
import { findFreePort, runWatched, start, stopAll, waitForPort, whyNotPinned } from './processes.mjs'
import { pairwiseRatios, spread } from './statistics.mjs'
import { formatTable } from './table.mjs'

const HELP = `node test/bench/bench.mjs [options]
  --rounds 10          runs of each contestant
  --mode closed        closed: replies drive the sends; open: --rate messages/s; storm: time until all are open
  --connections 1000   --seconds 3   --warmup 1   --size 32   --in-flight 1   --rate 20000   --concurrency 250
  --url ws://…         a server that runs already     --server 'command with {port}'   (neither: our demo echo server)
  --peer 'name=command with {url} {port} {connections} {seconds} {warmup} {size} {rate}'   repeatable
  --without stress|ws  leave one of the two out; repeatable
  --json               the figures of every round, for machines
`
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    mode: { type: 'string', default: 'closed' },
    connections: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '3' },
    warmup: { type: 'string', default: '1' },
    size: { type: 'string', default: '32' },
    'in-flight': { type: 'string', default: '1' },
    rate: { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '250' },
    url: { type: 'string' },
    server: { type: 'string' },
    peer: { type: 'string', multiple: true, default: [] },
    without: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** The contestants' own limits are shorter: this one is for a client that hangs. */
const limitSeconds = (work) => work.seconds + work.warmup + 20 + work.connections / 500

async function main() {
  const contestants = [ours, plainWs, ...options.peer.map(parsePeer)].filter(
    ({ name }) => !options.without.includes(name),
  )
  const unpinned = whyNotPinned()
  const server = await startServer(unpinned === null ? 0 : null)
  const work = { ...readWork(), ...server }
  const rows = contestants.map(({ name }) => ({ name, rounds: [] }))
  for (let round = 0; round < Number(options.rounds); round++) {
    const order = contestants.map((_, index) => index)
    if (round % 2 === 1) order.reverse()
    for (const index of order) {
      const figures = await measure(contestants[index], work, unpinned === null ? 1 : null)
      rows[index].rounds.push(figures)
      process.stderr.write(`round ${round + 1} ${contestants[index].name}: ${describe(figures, work.mode)}\n`)
    }
  }
  const summaries = summarize(rows, work.mode)
  if (options.json) process.stdout.write(`${JSON.stringify({ work, unpinned, summaries, rows }, null, 2)}\n`)
  else process.stdout.write(formatTable(summaries, work, unpinned))
}

function readWork() {
  if (!['closed', 'open', 'storm'].includes(options.mode))
    throw new Error(`--mode '${options.mode}': closed, open or storm`)
  const number = (name) => {
    const value = Number(options[name])
    if (!(value > 0)) throw new Error(`--${name} '${options[name]}': a number above 0`)
    return value
  }
  return {
    mode: options.mode,
    connections: number('connections'),
    seconds: number('seconds'),
    warmup: number('warmup'),
    size: number('size'),
    inFlight: number('in-flight'),
    rate: number('rate'),
    concurrency: number('concurrency'),
  }
}

async function startServer(core) {
  if (options.url !== undefined) return { url: options.url, port: new URL(options.url).port }
  const port = await findFreePort()
  const command = options.server ?? `'${process.execPath}' '${BIN}' serve echo --port {port}`
  const server = start(splitCommand(fill(command, { port })), core)
  await waitForPort(port, server)
  return { url: `ws://127.0.0.1:${port}`, port, serverPid: server.child.pid }
}

async function measure(contestant, work, core) {
  const run = await runWatched(contestant.command(work), core, limitSeconds(work), work.seconds)
  if (run.signal !== null) return { error: `stopped by ${run.signal}` }
  try {
    const read = contestant.read(run.out)
    const share = read.messagesPerSecond ? run.cpuShare : null
    return {
      ...read,
      cpuUsPerMessage:
        read.cpuUsPerMessage ?? (share === null ? null : (share * 1e6) / read.messagesPerSecond),
      peakBytes: run.peakBytes,
    }
  } catch (error) {
    return { error: `exit ${run.code}: ${error.message} ${run.err.trim().split('\n').at(-1)}` }
  }
}

/** `figure` is what the mode is about: messages/s, response P99 in µs, or µs until all are open. */
const FIGURE = { closed: 'messagesPerSecond', open: 'p99Us', storm: 'openUs' }

function describe(figures, mode) {
  if (figures.error !== undefined) return figures.error
  const figure = figures[FIGURE[mode]] ?? null
  return `${figure === null ? '-' : Math.round(figure)} ${FIGURE[mode]} ${figures.note ?? ''}`.trim()
}

/** `ratio`: ours in units of theirs, above 1 = ours is better; pair by pair. */
function summarize(rows, mode) {
  const key = FIGURE[mode]
  const column = (row, name) => row.rounds.map((figures) => figures[name] ?? null)
  const first = rows.find(({ name }) => name === ours.name)
  return rows.map((row) => {
    const known = (name) => spread(column(row, name).filter((value) => value !== null))
    const pair = first === undefined || row === first ? [] : [column(first, key), column(row, key)]
    if (mode !== 'closed') pair.reverse()
    return {
      name: row.name,
      figure: known(key),
      p50Us: known('p50Us').median,
      p99Us: known('p99Us').median,
      cpuUsPerMessage: known('cpuUsPerMessage').median,
      peakBytes: known('peakBytes').max,
      ratio: pair.length === 0 ? null : spread(pairwiseRatios(...pair)),
      failed: row.rounds.filter(({ error }) => error !== undefined).length,
      notes: [
        ...new Set(row.rounds.map(({ note, error }) => error ?? note ?? '').filter((text) => text !== '')),
      ],
    }
  })
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143))
process.on('exit', stopAll)
if (options.help) {
  process.stdout.write(HELP)
} else {
  await main().catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
process.exit()
