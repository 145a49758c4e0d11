/** Child processes of a comparison: pinned, watched through /proc, and always stopped by their own id. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'

const TICKS_PER_SECOND = 100
const children = new Set()

/** Kills what is still running; for the end of the program, however it comes. */
export function stopAll() {
  for (const child of children) child.kill('SIGKILL')
}

/** Can a process be tied to one core here? Null when it can, else why not. */
export function whyNotPinned() {
  if (os.availableParallelism() < 2) return 'only one core'
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    const first = /Cpus_allowed_list:\s*0[-,]1/.test(status) || /Cpus_allowed_list:\s*0-/.test(status)
    return first ? null : 'cores 0 and 1 are not both allowed'
  } catch {
    return 'no /proc'
  }
}

/** Starts `command` (argv), on that core when `core` is a number. stdout and stderr are collected. */
export function start(command, core) {
  const [program, ...rest] = core === null ? command : ['taskset', '-c', String(core), ...command]
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    output.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.err = (output.err + chunk).slice(-2000)
  })
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, error }))
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  ended.then(() => children.delete(child))
  return { child, output, ended }
}

/** CPU microseconds so far, and peak memory in bytes; null when the process is gone or there is no /proc. */
function sample(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const peak = /VmHWM:\s*(\d+) kB/.exec(status)
    if (peak === null) return null
    const cpuUs = ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6
    return { atUs: performance.now() * 1000, cpuUs, peakBytes: Number(peak[1]) * 1024 }
  } catch {
    return null
  }
}

/**
 * Runs to the end, at most `limitSeconds`. `cpuShare` is CPU time ÷ time over the last `windowSeconds` before the end
 * (its last tenth left out, where connections are closed); `peakBytes` the peak resident memory.
 */
export async function runWatched(command, core, limitSeconds, windowSeconds) {
  const { child, output, ended } = start(command, core)
  const samples = []
  const sampler = setInterval(() => {
    const one = sample(child.pid)
    if (one !== null) samples.push(one)
  }, 50)
  const limit = setTimeout(() => child.kill('SIGKILL'), limitSeconds * 1000)
  const end = await ended
  clearInterval(sampler)
  clearTimeout(limit)
  if (end.error !== undefined) throw new Error(`${command[0]} did not start: ${end.error.message}`)
  return { ...output, code: end.code, signal: end.signal, ...summarize(samples, windowSeconds) }
}

function summarize(samples, windowSeconds) {
  const last = samples.at(-1)
  if (last === undefined) return { cpuShare: null, peakBytes: null }
  const from = last.atUs - windowSeconds * 1e6
  const until = last.atUs - windowSeconds * 1e5
  const inside = samples.filter(({ atUs }) => atUs >= from && atUs <= until)
  const [a, b] = [inside[0], inside.at(-1)]
  const cpuShare = inside.length < 3 ? null : (b.cpuUs - a.cpuUs) / (b.atUs - a.atUs)
  return { cpuShare, peakBytes: last.peakBytes }
}

/** A port that was free a moment ago. */
export async function findFreePort() {
  const server = net.createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Resolves when something accepts on that port; fails after 10 s, or when `server` has ended. */
export async function waitForPort(port, server) {
  let gone = false
  server.ended.then(() => {
    gone = true
  })
  for (let attempt = 0; attempt < 200; attempt++) {
    if (gone) throw new Error(`the server ended: ${server.output.err.trim()}`)
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing accepts on port ${port} after 10 s`)
}
