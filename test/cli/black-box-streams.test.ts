import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { BIN, linesOf, parseResult, runForResult, runStress } from './stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-streams-'))
let server: BadServer
beforeAll(async () => {
  server = await startBadServer('echo')
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await server.close()
})

const execute = promisify(execFile)
const LOAD = ['-c', '4', '-m', '50']
/** Progress begins after a second. */
const LONGER = ['-c', '4', '-r', '10', '-d', '2500ms', '-W', '0']

describe('standard output', () => {
  it('is the report, and standard error the progress', async () => {
    const { code, stdout, stderr } = await runStress([server.url, ...LONGER])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^stress \d/)
    expect(stdout).toContain('response time')
    expect(stderr).toMatch(/^throughput/)
    expect(stderr).not.toContain('response time')
  })

  it('is JSON and nothing else with --json, which the shipped schema accepts', async () => {
    const { code, result, stderr } = await runForResult([server.url, ...LOAD])
    expect(code).toBe(0)
    expect(() => parseResult(JSON.stringify({ ...result, status: 'fine' }))).toThrow('/status')
    expect(stderr).not.toContain('{')
  })

  it('is one line with --quiet', async () => {
    const { stdout } = await runStress([server.url, ...LOAD, '--quiet', '--threshold', 'error_ratio==0'])
    expect(linesOf(stdout)).toHaveLength(1)
    expect(stdout).toContain('PASS  1 of 1 threshold')
  })

  it('leaves standard error empty with --no-progress', async () => {
    const { code, stderr } = await runStress([server.url, ...LONGER, '--no-progress'])
    expect([code, stderr]).toEqual([0, ''])
  })
})

describe('a reader that goes away', () => {
  it.each([
    ['as rows of several tests are printed', ['--test-type', 'all', '-r', '10']],
    ['as frames are shown', ['--debug']],
  ])('%s is no error', async (_, args) => {
    const command = [process.execPath, BIN, server.url, '-c', '4', '-m', '3', ...args]
    const { stdout, stderr } = await execute('sh', ['-c', '"$@" | head -n 1', 'sh', ...command])
    expect(linesOf(stdout)).toHaveLength(1)
    expect(stderr).not.toContain('Error')
  })
})

describe('-o', () => {
  it('writes one run in several formats, whole, and names the files', async () => {
    const { code, stdout } = await runStress([server.url, ...LOAD, '-o', 'a.json', '-o', 'b.txt'], {
      cwd: folder,
    })
    expect(code).toBe(0)
    expect(linesOf(stdout).find((line) => line.startsWith('written:'))).toBe('written: a.json, b.txt')
    expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')).summary.messagesReceived).toBe(200)
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toContain('response time')
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'b.txt'])
  })

  it('json=- beside a text file puts JSON alone on standard output', async () => {
    const { stdout } = await runStress([server.url, ...LOAD, '-o', 'json=-', '-o', 'c.txt'], { cwd: folder })
    expect(JSON.parse(stdout).schemaVersion).toBe(1)
    expect(readFileSync(join(folder, 'c.txt'), 'utf8')).toContain('VALID')
  })
})

describe('colour', () => {
  const ESCAPE = '\u001b'

  it('is nowhere when standard output is no terminal', async () => {
    const { stdout, stderr } = await runStress([server.url, ...LOAD], { env: { TERM: 'xterm-256color' } })
    expect(stdout + stderr).not.toContain(ESCAPE)
  })

  it.each([
    [['--no-color'], {}],
    [[], { NO_COLOR: '1' }],
    [[], { TERM: 'dumb' }],
  ])('is not used in a terminal with %j %j', async (args, env) => {
    const options = { terminal: true, env: { TERM: 'xterm-256color', ...env } }
    const { stdout } = await runStress([server.url, ...LOAD, '--no-progress', ...args], options)
    expect(stdout).toContain('VALID')
    expect(stdout).not.toContain(ESCAPE)
  })

  it('is used in a terminal', async () => {
    const options = { terminal: true, env: { TERM: 'xterm-256color' } }
    const { stdout } = await runStress([server.url, ...LOAD, '--no-progress'], options)
    expect(stdout).toContain(`${ESCAPE}[`)
  })
})
