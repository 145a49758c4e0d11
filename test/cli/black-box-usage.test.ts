import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { TOPICS } from '../../src/cli/help-topics.ts'
import { TOOL } from '../../src/result/tool.ts'
import { startBadServer } from '../support/bad-server.ts'
import { linesOf, runStress, widthOf } from './stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-usage-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a mistake in the command line', () => {
  it('exits 2 with every mistake on stderr, nothing on stdout and nothing started', async () => {
    const server = await startBadServer('echo')
    const { code, stdout, stderr } = await runStress([
      server.url,
      ...['-c', '0', '--duratoin', '5s', '-q', '1000'],
      ...['--threshold', 'p99<50', '--threshold', 'respnse_time:p(99)<1s'],
    ])
    const connections = server.log.connections.length
    await server.close()
    expect([code, stdout, connections]).toEqual([2, '', 0])
    const [head, ...mistakes] = linesOf(stderr)
    expect(head).toBe(`${mistakes.length} mistakes in the command line or scenario; nothing was started`)
    for (const part of ['--connections', '--duration', '-R 1000', 'has no unit', 'response_time'])
      expect(stderr).toContain(part)
    for (const mistake of mistakes) expect(mistake).toMatch(/^.+: .+; accepted: .+; for example: .+$/)
  })

  it('in a scenario is named with line and column', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), 'connections: 10\nmesages: 5\nduration: soon\n')
    const { code, stdout, stderr } = await runStress(['wrong.yaml'], { cwd: folder })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('wrong.yaml:2:1 mesages')
    expect(stderr).toContain('did you mean messages')
  })

  it.each([
    [['--zzz'], '--zzz'],
    [['-z', '30s'], '--duration 30s'],
    [['--vus', '10'], '--connections 100'],
    [['serv'], 'did you mean serve'],
    [['help', 'treshold'], 'stress help thresholds'],
    [['serve', 'ecko'], 'echo'],
    [['-c', '5', '--threshold', 'connect_time:p(99)<1s'], 'needs 100'],
    [['--', 'node', 'server.js'], 'nothing says where it will listen'],
    [['missing.yaml'], 'missing.yaml'],
  ])('%j exits 2 and says %j', async (args, part) => {
    const { code, stdout, stderr } = await runStress(args, { cwd: folder })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(part)
  })

  it('in an output path is found before anything is started', async () => {
    const server = await startBadServer('echo')
    const args = [server.url, '-m', '1', '-o', join(folder, 'no', 'such.json'), '-o', join(folder, 'a.txt')]
    const { code, stdout, stderr } = await runStress(args)
    const connections = server.log.connections.length
    await server.close()
    expect([code, stdout, connections]).toEqual([2, '', 0])
    expect(stderr).toContain('a folder that does not exist')
    expect(readdirSync(folder).filter((name) => name.includes('a.txt'))).toEqual([])
  })

  it('in a STRESS_ variable is named; one of another program is left alone', async () => {
    const wrong = await runStress(['--dry-run'], { env: { STRESS_CONNECTIONS: 'many' } })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('STRESS_CONNECTIONS')
    const foreign = await runStress(['--dry-run'], { env: { STRESS_PORT: 'tcp://10.0.0.1:9001' } })
    expect([foreign.code, foreign.stderr]).toEqual([0, ''])
  })
})

describe('help', () => {
  it('fits on a screen of 40 lines and 80 columns', async () => {
    const { code, stdout, stderr } = await runStress(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout).length).toBeLessThanOrEqual(40)
    expect(widthOf(stdout)).toBeLessThanOrEqual(80)
  })

  it.each([...Object.keys(TOPICS), 'options', 'serve'])('has the topic %s', async (topic) => {
    const { code, stdout, stderr } = await runStress(['help', topic])
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout).length).toBeGreaterThan(3)
    expect(widthOf(stdout)).toBeLessThanOrEqual(80)
  })
})

test('--version prints name and version', async () => {
  const { code, stdout, stderr } = await runStress(['--version'])
  expect([code, stdout, stderr]).toEqual([0, `${TOOL.name} ${TOOL.version}\n`, ''])
})

describe('--dry-run', () => {
  it('starts no server and writes no file', async () => {
    const started = join(folder, 'started')
    const code = `require('node:fs').writeFileSync(${JSON.stringify(started)}, '')`
    const ended = await runStress(
      ['ws://127.0.0.1:9', '-o', 'r.json', '--dry-run', '--', process.execPath, '-e', code],
      { cwd: folder },
    )
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toContain('nothing was started')
    expect(existsSync(started)).toBe(false)
    expect(readdirSync(folder)).not.toContain('r.json')
  })

  it('with --json is one document', async () => {
    const { code, stdout, stderr } = await runStress(['--test-type', 'all', '--dry-run', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    const { dryRun, tests } = JSON.parse(stdout)
    expect(dryRun).toBe(true)
    expect(tests.map((one: { testType: string }) => one.testType)).toEqual([
      'throughput',
      'storm',
      'sustained',
    ])
  })
})
