import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { childrenOf, findFreePort, listRunning, runStress, startStress } from '../cli/stress.ts'

const SECRET = 'hush-hush-hush-hush-hush-hush-32'

describe('stress verify', () => {
  it('without a URL verifies our own Momentum server, and passes', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await runStress(['verify', '--jwt-secret', SECRET])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^TAP version 14\n# momentum at ws:\/\/127\.0\.0\.1:\d+\/ws\n1\.\.\d+\nok 1 - /)
    expect(stdout).toContain('- performance: sustained')
    expect(stdout).not.toMatch(/^not ok/m)
    expect(stdout).not.toContain(SECRET)
    expect(code).toBe(0)
  })

  it('tells its own server the interval', async () => {
    const args = ['verify', '--dialect', 'heartbeat', '--interval', '200ms', '--skip-performance']
    const { code, stdout } = await runStress(args)
    expect(stdout).not.toContain('# SKIP')
    expect(code).toBe(0)
  })

  it('exits with 99 when a check fails, and writes JUnit', async () => {
    const junit = join(mkdtempSync(join(tmpdir(), 'verify-')), 'out.xml')
    const args = ['--serve', 'echo', '--dialect', 'chat-json', '--timeout', '500ms', '--skip-performance']
    const { code, stdout } = await runStress(['verify', ...args, '--junit', junit])
    expect(code).toBe(99)
    expect(stdout).toMatch(/^not ok \d+ - chat-json: a message reaches the others$/m)
    const failures = stdout.match(/^not ok/gm)?.length
    expect(readFileSync(junit, 'utf8')).toContain(`failures="${failures}"`)
  })

  it('shows a list on a terminal', async () => {
    const args = ['verify', '--dialect', 'echo', '--skip-performance']
    const { code, stdout } = await runStress(args, { terminal: true, env: { TERM: 'xterm' } })
    expect(stdout).toContain('✓')
    expect(stdout).toContain('10 passed, 0 failed, 0 skipped')
    expect(code).toBe(0)
  })

  it('exits with 3 when nothing is there', async () => {
    const port = await findFreePort()
    const { code, stderr } = await runStress(['verify', `ws://127.0.0.1:${port}`, '--dialect', 'echo'])
    expect(stderr).toContain(`127.0.0.1 port ${port} does not accept connections`)
    expect(code).toBe(3)
  })

  it('exits with 2 for a mistake, before anything is started', async () => {
    const { code, stderr, stdout } = await runStress(['verify', '--dialect', 'ecko', '--junit', '/'])
    expect(stderr).toContain("--dialect 'ecko': has no checks; did you mean echo")
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('ends its server and says so when it is interrupted', async () => {
    const running = startStress(['verify', '--dialect', 'notifications'])
    await running.sees('stdout', /^ok 4/m)
    const children = childrenOf(running.pid)
    expect(children).not.toEqual([])
    running.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(stdout).toMatch(/\nBail out! interrupted\n$/)
    expect(code).toBe(130)
    expect(listRunning(children)).toEqual([])
  })
})
