/** A server that is restarted in the midst of a run, and one that is gone for good: exit codes, counts and reports. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { waitForPort } from '../../src/observe/wait-for-port.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { findFreePort, runForResult, runStress } from './stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-restart-'))
const pidFile = join(folder, 'pid')
const script = fileURLToPath(new URL('../support/restart-server.mjs', import.meta.url))
afterAll(() => {
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
  rmSync(folder, { recursive: true })
})

function countsOf({ tests }: RunResult): Record<string, number | null> {
  const names = [
    'reconnects_due',
    'reconnects',
    'reconnects_given_up',
    'connections_closed',
    'connections_opened',
  ]
  return Object.fromEntries(
    names.map((name) => {
      const metric = tests[0]!.metrics[name]
      return [name, metric?.type === 'counter' ? metric.count : null]
    }),
  )
}

it('restarted by a command: everybody is back, counted exactly, and the run has passed', async () => {
  const port = await findFreePort()
  await promisify(execFile)(process.execPath, [script, String(port), pidFile, 'start'])
  await waitForPort({ host: '127.0.0.1', port }, AbortSignal.timeout(20_000))
  const command = `${process.execPath} ${script} ${port} ${pidFile}`
  const options = ['--reconnect', 'fixed:200ms', '--max-retries', '100', '--cut-after', '500ms', '-d', '8s']
  const { code, result } = await runForResult([
    `ws://127.0.0.1:${port}`,
    ...['--test-type', 'reconnect', '-c', '20', '--restart-command', command, ...options],
  ])
  expect(result.tests[0]!.warnings.filter(({ code: name }) => name === 'restart-failed')).toEqual([])
  expect(countsOf(result)).toEqual({
    reconnects_due: 20,
    reconnects: 20,
    reconnects_given_up: 0,
    connections_closed: 20,
    connections_opened: 20,
  })
  expect(result.tests[0]!.findings).toMatchObject([{ code: 'recovery', verdict: 'good' }])
  // The server went politely.
  expect([code, result.status, result.tests[0]!.closeCodes]).toEqual([0, 'completed', { 1001: 20 }])
  expect(JSON.stringify(result)).not.toContain(pidFile)
})

it('gone for good: exit code 3, and the report is written', async () => {
  const serve = 'echo --cut-after 300ms --refuse 1m'
  const { code, stdout } = await runStress([
    ...['--test-type', 'reconnect', '--serve', serve, '--cut', 'watch', '-c', '10'],
    ...['--reconnect', 'fixed:50ms', '--max-retries', '2', '-d', '1500ms'],
  ])
  expect(code).toBe(3)
  expect(stdout).toContain('NOT COMPLETED')
  expect(stdout).toContain('all 10 never came back: they gave up after 2 retries')
})

it('a restart command that does not work is said', async () => {
  const { result } = await runForResult([
    ...['--test-type', 'reconnect', '-c', '3', '-d', '800ms', '--cut-after', '100ms'],
    ...['--restart-command', '/nowhere/restart --password secret'],
  ])
  expect(result.tests[0]!.warnings).toContainEqual({
    code: 'restart-failed',
    message: "the restart command '/nowhere/restart' failed: no such program",
  })
  expect(JSON.stringify(result)).not.toContain('secret')
})
