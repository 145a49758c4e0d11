/** Who is measured, how each is started, and how its figures are read. All figures: messages/s, µs, bytes. */
import { fileURLToPath } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
export const BIN = here('../../dist/bin.js')

/** Our command line (README, "Options"). */
export const ours = {
  name: 'stress',
  command({ url, serverPid, mode, connections, seconds, warmup, size, inFlight, rate, concurrency }) {
    const shared = [
      '--json',
      '--no-progress',
      '-c',
      connections,
      '-s',
      size,
      '--connect-concurrency',
      concurrency,
    ]
    // With the server in sight a saturated server is told from a saturated generator.
    if (serverPid !== undefined) shared.push('--server-pid', serverPid)
    const load =
      mode === 'storm'
        ? ['--test-type', 'storm']
        : ['-d', seconds, '-W', warmup, ...(mode === 'open' ? ['-R', rate] : ['-p', inFlight])]
    return [process.execPath, BIN, url, ...shared, ...load].map(String)
  },
  read(output) {
    const { summary, tests } = JSON.parse(output)
    const metric = (name) => tests[0].metrics[name]?.value ?? null
    return {
      messagesPerSecond: summary.messagesPerSecond,
      p50Us: summary.p50Us,
      p99Us: summary.p99Us,
      openUs: metric('open_100'),
      note: summary.validity === 'valid' ? '' : `${summary.validity} (${summary.limitedBy})`,
    }
  },
}

/** The same work on the `ws` package. */
export const plainWs = {
  name: 'ws',
  command(work) {
    const { url, mode, connections, seconds, warmup, size, inFlight, rate, concurrency } = work
    const options = {
      url,
      mode,
      connections,
      seconds,
      warmup,
      size,
      'in-flight': inFlight,
      rate,
      concurrency,
    }
    return [
      process.execPath,
      here('ws-client.mjs'),
      ...Object.entries(options).flatMap(([k, v]) => [`--${k}`, String(v)]),
    ]
  },
  read: (output) => JSON.parse(output),
}

/**
 * Another program, from `name=command`. {url} {port} {connections} {seconds} {warmup} {size} {rate} are filled in; its
 * output is JSON with messagesPerSecond (and p50Us, p99Us, openUs), or has a number in front of `msg/s`.
 */
export function parsePeer(text) {
  const [, name, template] = /^([\w.-]+)=(.+)$/s.exec(text) ?? []
  if (name === undefined) throw new Error(`--peer '${text}': expected name=command`)
  return {
    name,
    command: (work) => splitCommand(fill(template, work)),
    read: readPeer,
  }
}

function readPeer(output) {
  const json = output.lastIndexOf('{') < 0 ? null : /\{.*\}/s.exec(output)
  if (json !== null) return JSON.parse(json[0])
  const line = /([\d.,_]+)\s*msg\/s/.exec(output)
  if (line === null) throw new Error(`no messagesPerSecond and no "msg/s" in: ${output.slice(0, 200)}`)
  return { messagesPerSecond: Number(line[1].replace(/[,_]/g, '')) }
}

export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole))
}

/** argv of a command with '…' and "…" quotes; no shell is involved. */
export function splitCommand(text) {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare,
  )
}
