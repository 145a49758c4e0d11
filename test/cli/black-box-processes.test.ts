import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { until } from '../observe/child.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { visit } from '../support/ws-client.ts'
import {
  childrenOf,
  findFreePort,
  linesOf,
  listRunning,
  parseResult,
  runForResult,
  startStress,
} from './stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-processes-'))
afterAll(() => rmSync(folder, { recursive: true }))

let server: BadServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A run against the demo server, once that has been started. */
async function startWithDemo(args: readonly string[]) {
  const run = startStress(['-c', '4', ...args])
  await run.sees('stderr', /throughput/)
  const children = childrenOf(run.pid)
  expect(listRunning(children)).not.toEqual([])
  return { run, children }
}

describe('SIGINT', () => {
  it('drains, reports, writes the files and exits with 130', async () => {
    server = await startBadServer('echo')
    const { log, url } = server
    const path = join(folder, 'interrupted.json')
    const run = startStress([url, '-c', '4', '-r', '10', '-d', '10m', '-o', path])
    await until(() => log.messages > 0)
    run.kill('SIGINT')
    const { code, stdout } = await run.ended
    expect(code).toBe(130)
    expect(stdout).toContain('INTERRUPTED (exit 130)')
    expect(parseResult(readFileSync(path, 'utf8'))).toMatchObject({ status: 'aborted', exitCode: 130 })
    expect(log.closesReceived).toEqual([1000, 1000, 1000, 1000])
  })

  it('a second one ends it at once, without a report', async () => {
    server = await startBadServer('ignore-close')
    const { log, url } = server
    const run = startStress([url, '-c', '4', '-r', '10', '-d', '10m'])
    await until(() => log.messages > 0)
    run.kill('SIGINT')
    await until(() => log.closesReceived.length > 0)
    run.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGINT', stdout: '' })
  })
})

it('SIGTERM reports too and exits with 143, whatever the thresholds say', async () => {
  const { run, children } = await startWithDemo(['-d', '10m', '--threshold', 'response_time:max<1us'])
  run.kill('SIGTERM')
  const { code, stdout } = await run.ended
  expect(code).toBe(143)
  expect(stdout).toContain('exit 143')
  expect(listRunning(children)).toEqual([])
})

describe('the demo server', () => {
  it('has ended after Ctrl-C', async () => {
    const { run, children } = await startWithDemo(['-d', '10m'])
    run.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    expect(listRunning(children)).toEqual([])
  })

  it('has ended after a run', async () => {
    const { run, children } = await startWithDemo(['-d', '2500ms', '-W', '0'])
    expect((await run.ended).code).toBe(0)
    expect(listRunning(children)).toEqual([])
  })

  it('ends when its parent is killed', async () => {
    const { run, children } = await startWithDemo(['-d', '10m'])
    run.kill('SIGKILL')
    expect(await run.ended).toMatchObject({ signal: 'SIGKILL' })
    await until(() => listRunning(children).length === 0)
  })
})

describe('stress serve', () => {
  it('prints its address on a free port, serves there, and ends with 0 on SIGTERM', async () => {
    const run = startStress(['serve', 'echo', '--port', '0'])
    const line = await run.sees('stdout', /\n/)
    const url = /^stress serve echo: (ws:\/\/127\.0\.0\.1:\d+)\n$/.exec(line)?.[1] ?? ''
    expect(await visit(url, { send: ['hello'], expect: 1 })).toMatchObject({ messages: ['hello'] })
    run.kill('SIGTERM')
    const { code, stdout } = await run.ended
    expect([code, linesOf(stdout).length]).toEqual([0, 1])
  })
})

describe('-- COMMAND', () => {
  /** An echo on `ws` that leaves its process id in a file and does not end by itself. */
  function writeServer(): { script: string; pidFile: string } {
    const ws = createRequire(import.meta.url).resolve('ws')
    const script = join(folder, 'server.cjs')
    const pidFile = join(folder, 'server.pid')
    writeFileSync(
      script,
      `const { WebSocketServer } = require(${JSON.stringify(ws)})
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))
      const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]) })
      server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))`,
    )
    return { script, pidFile }
  }

  it('starts the server, watches its process and ends it', async () => {
    const { script, pidFile } = writeServer()
    const port = await findFreePort()
    const command = ['sh', '-c', `"${process.execPath}" "${script}" ${port}; true`]
    const args = [`ws://127.0.0.1:${port}`, '-c', '4', '-m', '50']
    const { code, result } = await runForResult(args, { command })
    expect([code, result.target.serverVisible, result.target.demo]).toEqual([0, true, false])
    // The shell in between has a few megabytes; the server's Node has more than 30.
    expect(result.summary.serverRssPeakBytes).toBeGreaterThan(30e6)
    expect(listRunning([Number(readFileSync(pidFile, 'utf8'))])).toEqual([])
  })

  it('that ends in the middle of a run: 3, with what was measured', async () => {
    const { script } = writeServer()
    const port = await findFreePort()
    const dying = `${readFileSync(script, 'utf8')}
      server.on('connection', () => setTimeout(() => process.exit(5), 300))`
    writeFileSync(script, dying)
    const command = [process.execPath, script, String(port)]
    const { code, result } = await runForResult([`ws://127.0.0.1:${port}`, '-c', '4', '-d', '10m'], {
      command,
    })
    expect([code, result.status]).toEqual([3, 'failed'])
    expect(result.tests[0]!.warnings.map((warning) => warning.code)).toContain('server-ended')
  })
})
