/** One run of one case: starts the server, who takes the core away, and the generator; ends them all; reads the report. */
import { fileURLToPath } from 'node:url'
import { findFreePort, start, waitForPort } from '../bench/processes.mjs'
import { watchThreads } from './watch-threads.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const LIMIT_MS = 90_000
/** When the generator is stopped, after its start; both lie in a hold of 3 s. */
const PAUSES_MS = [2000, 3200]
const PAUSE_MS = 300

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function serverCommand({ server, serverArguments }, port, bin) {
  if (server === 'raw')
    return [process.execPath, here('servers/raw-echo.mjs'), '--port', port, ...serverArguments]
  if (server === 'demo') return [process.execPath, bin, 'serve', 'echo', '--port', port]
  return [process.execPath, here('servers/ws-server.mjs'), '--port', port, ...server]
}

/** taskset also widens: a server that the generator starts would else be tied to the generator's core. */
const pin = (command, core) => ['taskset', '-c', core === null ? '0-1' : String(core), ...command]

function generatorCommand(one, port, bin, serverPid) {
  const server = one.server === null ? [] : [`ws://127.0.0.1:${port}`]
  if (serverPid !== null) server.push('--server-pid', serverPid)
  const command = [process.execPath, bin, ...server, ...one.load, '--json', '--no-progress']
  // One that always holds: so that validity decides about the exit code.
  command.push('--threshold', 'error_ratio<=1')
  const ours = one.by === 'command' || one.ports !== null
  if (ours) command.push('--', ...pin(serverCommand(one, port, bin), one.serverCore))
  return command
}

/** In a network of its own with few ports, some of which are not given out; as superuser only. */
function inSmallNetwork(command, [first, last], reserved) {
  const ports = '/proc/sys/net/ipv4/ip_local'
  const setUp = `ip link set lo up && echo ${first} ${last} > ${ports}_port_range && echo '${reserved}' > ${ports}_reserved_ports && exec "$@"`
  return ['unshare', '-n', 'sh', '-c', setUp, 'sh', ...command]
}

export async function runCase(one, bin) {
  const port = await findFreePort()
  const children = []
  const begin = (command, core) => {
    const child = start(command.map(String), core)
    children.push(child)
    return child
  }
  try {
    const separate = one.server !== null && one.by === 'pid' && one.ports === null
    let serverPid = null
    if (separate) {
      const server = begin(pin(serverCommand(one, port, bin), one.serverCore), null)
      await waitForPort(port, server)
      serverPid = server.child.pid
    }
    for (let n = 0; n < one.hogs; n++)
      begin([process.execPath, here('hog.mjs'), LIMIT_MS / 1000], one.generatorCore)
    let command = pin(generatorCommand(one, port, bin, serverPid), one.generatorCore)
    if (one.files !== null) command = ['prlimit', `--nofile=${one.files}:${one.files}`, ...command]
    if (one.ports !== null) command = inSmallNetwork(command, one.ports, one.reserved)
    const generator = begin(command, null)
    const threads = watchThreads(generator.child.pid)
    const limit = setTimeout(() => generator.child.kill('SIGKILL'), LIMIT_MS)
    if (one.pauses) void pause(generator)
    const { code, signal } = await generator.ended
    clearTimeout(limit)
    return { code, signal, ...readReport(generator.output), ...threads.stop() }
  } finally {
    await Promise.all(children.map(end))
  }
}

async function end({ child, ended }) {
  child.kill()
  const limit = setTimeout(() => child.kill('SIGKILL'), 2000)
  await ended
  clearTimeout(limit)
}

async function pause({ child, ended }) {
  let over = false
  ended.then(() => {
    over = true
  })
  const startMs = performance.now()
  for (const atMs of PAUSES_MS) {
    await sleep(startMs + atMs - performance.now())
    if (over) return
    child.kill('SIGSTOP')
    await sleep(PAUSE_MS)
    child.kill('SIGCONT')
  }
}

function readReport({ out, err }) {
  try {
    return { tests: JSON.parse(out).tests.map(readTest), problem: null }
  } catch {
    return { tests: [], problem: err.trim().split('\n').slice(-3).join(' | ') }
  }
}

function readTest({ testType, validity, phases, metrics, warnings }) {
  const value = (name) => metrics[name]?.value ?? null
  const p99 = (name) => metrics[name]?.p99 ?? null
  const count = (name) => metrics[name]?.count ?? 0
  const owed = count('messages_due') - count('messages_unsent_full') - count('messages_unsent_closed')
  const lag = p99('pacer_lag')
  const response = p99('response_time')
  return {
    testType,
    state: validity.state,
    limitedBy: validity.limitedBy,
    reasons: validity.reasons,
    warnings: warnings.map((warning) => warning.code),
    figures: {
      judgedMs: (testType === 'storm' ? phases.connectUs : phases.holdUs) / 1000,
      perSecond: metrics.replies_in_hold?.rate ?? metrics.messages_received?.rate ?? null,
      sentShare: owed > 0 && metrics.pacer_lag !== undefined ? count('messages_sent') / owed : null,
      lagP99Us: lag,
      responseP99Us: response,
      lagShare: lag === null || response === null ? null : lag / response,
      loopBusy: value('generator_loop_busy'),
      coreWait: value('generator_core_wait'),
      serverCpu: value('server_cpu_mean'),
      busiestThread: validity.reasons.find(({ code }) => code === 'server-thread')?.value ?? null,
    },
  }
}
