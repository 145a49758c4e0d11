#!/usr/bin/env node
/**
 * Takes the published figures again: builds the Rust reference servers, loads each with 1000 connections of text on a
 * core of its own, without a rate for saturation and then at half of that rate, and prints published against measured.
 * Uses dist/: build first. Options: --help.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { BIN } from './contestants.mjs'
import { runWatched, start, stopAll, whyNotPinned } from './processes.mjs'
import { readReport, summarizeSystem } from './published-summary.mjs'
import { formatMarkdown, formatText } from './published-table.mjs'
import { buildServers, findCargo, readVersions } from './rust-servers.mjs'

const HELP = `node test/bench/published.mjs [options]
  --rounds 3           runs of each system; the figures are their medians
  --seconds 5          --warmup 1   of each run
  --connections 1000   --size 32    other numbers of connections than the published give no ratios
  --json FILE          every round, for machines
  --markdown           the table as Markdown
  --bin FILE           the built bin.js to load with (this checkout's dist/bin.js)
`
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '1' },
    connections: { type: 'string', default: '1000' },
    size: { type: 'string', default: '32' },
    json: { type: 'string' },
    markdown: { type: 'boolean', default: false },
    bin: { type: 'string', default: BIN },
    help: { type: 'boolean', default: false },
  },
})

/** The server that stands for each published system. */
const SERVERS = { 'Axum WS': 'echo-axum', 'tokio-tungstenite': 'echo' }

async function main() {
  const work = readWork()
  const cargo = findCargo()
  if (cargo === null) {
    process.stdout.write('cargo is not installed, so the published figures cannot be taken again here\n')
    return
  }
  const binary = buildServers()
  const { note, figures } = JSON.parse(
    readFileSync(new URL('../../reports/published.json', import.meta.url), 'utf8'),
  )
  const unpinned = whyNotPinned() ?? whyNoTaskset()
  const systems = figures.map((published) => ({ published, rounds: [] }))
  for (let round = 0; round < work.rounds; round++) {
    for (const { published, rounds } of round % 2 === 0 ? systems : systems.toReversed()) {
      const server = SERVERS[published.system]
      const measured = await measure(binary, server, published.system, work, unpinned === null)
      rounds.push(measured)
      process.stderr.write(`round ${round + 1} ${server}: ${describe(measured)}\n`)
    }
  }
  const taken = {
    takenAt: new Date().toISOString(),
    machine: describeMachine(cargo),
    pinning: unpinned === null ? 'server on core 0, generator on core 1' : `not pinned: ${unpinned}`,
    note,
    work,
    systems: systems.map(({ published, rounds }) => summarizeSystem(published, rounds)),
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(taken, null, 2)}\n`)
  process.stdout.write(options.markdown ? formatMarkdown(taken) : formatText(taken))
}

function readWork() {
  const number = (name, isAccepted, accepted) => {
    const value = Number(options[name])
    if (!isAccepted(value)) throw new Error(`--${name} '${options[name]}': ${accepted}`)
    return value
  }
  const count = (name) =>
    number(name, (value) => Number.isInteger(value) && value > 0, 'a whole number from 1')
  return {
    rounds: count('rounds'),
    connections: count('connections'),
    size: count('size'),
    seconds: number('seconds', (value) => value >= 1, 'at least 1, for less gives no rate'),
    warmup: number('warmup', (value) => value >= 0, 'a number from 0'),
  }
}

function whyNoTaskset() {
  return spawnSync('taskset', ['--version']).error === undefined ? null : 'no taskset'
}

/** One fresh server, so that its peak memory is of this round: saturation, then half of the rate that this reached. */
async function measure(binary, name, system, work, isPinned) {
  const server = start([binary, name, '0'], isPinned ? 0 : null)
  try {
    const url = await readAddress(server, name)
    const load = async (...pacing) => {
      const command = [process.execPath, options.bin, url, '-c', work.connections, '-s', work.size]
      command.push('-d', work.seconds, '-W', work.warmup, '--server-pid', server.child.pid)
      command.push('--json', '--no-progress', ...pacing)
      const limitSeconds = work.seconds + work.warmup + 20 + work.connections / 500
      return runWatched(command.map(String), isPinned ? 1 : null, limitSeconds, work.seconds)
    }
    const saturated = readReport(await load(), system)
    if (saturated.messagesPerSecond === null) throw new Error(`${name}: no rate at saturation`)
    const halfRate = Math.round(saturated.messagesPerSecond / 2)
    return { saturated, halfRate, half: readReport(await load('-R', halfRate), system) }
  } finally {
    server.child.kill('SIGKILL')
    await server.ended
  }
}

/** From the one line that a server writes when it accepts connections. */
async function readAddress({ child, output, ended }, name) {
  const hasLine = new Promise((resolve) => {
    child.stdout.on('data', () => output.out.includes('\n') && resolve())
  })
  await Promise.race([hasLine, ended])
  const address = /ws:\/\/\S+/.exec(output.out)
  if (address === null) throw new Error(`${name} did not start: ${output.err.trim()}`)
  return address[0]
}

function describe({ saturated, halfRate, half }) {
  const ms = (us) => (us === null ? '-' : `${(us / 1000).toFixed(1)} ms`)
  const rate = `${Math.round(saturated.messagesPerSecond)} msg/s, P99 ${ms(saturated.p99Us)} (${saturated.validity})`
  return `${rate}; at ${halfRate} msg/s P99 ${ms(half.p99Us)} (${half.validity})`
}

function describeMachine(cargo) {
  const cpus = os.cpus()
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`
  const system = `${os.type()} ${os.release()} ${os.arch()}`
  const { axum, 'tokio-tungstenite': tungstenite } = readVersions('axum', 'tokio-tungstenite')
  return [
    `${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${cpus.length} cores, ${memory}`,
    system,
    `Node ${process.versions.node}`,
    cargo,
    `axum ${axum}`,
    `tokio-tungstenite ${tungstenite}`,
  ].join(', ')
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
