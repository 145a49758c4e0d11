/** `stress compare --base CMD --head CMD`: two servers in one job. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { comparison as schema } from '../../src/result/comparison-schema.ts'
import { childrenOf, findFreePort, listRunning, parseResult, runStress, startStress } from './stress.ts'

const SERVER = fileURLToPath(new URL('../compare/slow-server.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'stress-servers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const LOAD = ['-c', '5', '-m', '20', '--no-progress']
const echo = (port: number): string => `${process.execPath} ${SERVER} ${port} 0`

describe('stress compare of two servers', () => {
  it('starts them in turn, runs the plan against each, keeps the runs and compares', async () => {
    const [one, other] = [await findFreePort(), await findFreePort()]
    const keep = join(folder, 'kept', 'runs')
    const sides = ['--base', echo(one), '--base-url', `ws://127.0.0.1:${one}`]
    const others = ['--head', echo(other), '--head-url', `ws://127.0.0.1:${other}`]
    const args = [
      'compare',
      '--runs',
      '2',
      ...sides,
      ...others,
      ...LOAD,
      '--anyway',
      '--keep',
      keep,
      '--json',
    ]
    const { code, stdout, stderr } = await runStress(args)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const { comparison, kind } = JSON.parse(stdout)
    expect(kind).toBe('comparison')
    expect(schema.parse(comparison)).toMatchObject({
      order: 'alternating',
      base: { runs: 2, names: ['base 1', 'base 2'] },
      head: { runs: 2, names: ['head 1', 'head 2'] },
    })
    const files = readdirSync(keep).sort()
    expect(files).toEqual(['base-01.json', 'base-02.json', 'head-01.json', 'head-02.json'])
    const results = files.map((file) => parseResult(readFileSync(join(keep, file), 'utf8')))
    expect(results.map(({ target }) => target.url)).toEqual([
      ...Array(2).fill(`ws://127.0.0.1:${one}`),
      ...Array(2).fill(`ws://127.0.0.1:${other}`),
    ])
    expect(stderr).toMatch(/^base 1 of 2 .*^new 1 of 2 .*^new 2 of 2 .*^base 2 of 2 /ms)
    expect(stderr).toContain('without --rate a faster server gets more load')
    // What was kept is compared as well.
    const again = await runStress([
      'compare',
      ...files.slice(0, 2).map((file) => join(keep, file)),
      '--anyway',
      '--json',
      '--',
      ...files.slice(2).map((file) => join(keep, file)),
    ])
    expect(JSON.parse(again.stdout).comparison.tests).toEqual(comparison.tests)
  })

  it('names the side whose server does not start', async () => {
    const port = await findFreePort()
    const broken = `${process.execPath} -e 'console.error("no licence"); process.exit(7)'`
    const args = ['compare', '--runs', '2', '--base', echo(port), '--head', broken, `ws://127.0.0.1:${port}`]
    const { code, stdout, stderr } = await runStress([...args, ...LOAD, '--anyway'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^stress: new 1 of 2: the server command .* exit code 7 .*no licence/ms)
  })

  it('names the side whose server ends during a run', async () => {
    const port = await findFreePort()
    const mortal = `${process.execPath} -e 'setTimeout(() => process.exit(5), 1500); process.argv[2] = "${port}"; import("${SERVER}")' x ${port}`
    const args = ['compare', '--runs', '2', '--base', mortal, '--head', echo(port), `ws://127.0.0.1:${port}`]
    const { code, stderr } = await runStress([...args, '-c', '5', '-d', '20', '-R', '100', '--no-progress'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/^stress: base 1 of 2: the server ended with exit code 5 during the test$/m)
  })

  it('stops the server when it is interrupted, and exits with 130', async () => {
    const port = await findFreePort()
    const args = [
      'compare',
      '--runs',
      '50',
      '--base',
      echo(port),
      '--head',
      echo(port),
      `ws://127.0.0.1:${port}`,
    ]
    const running = startStress([...args, ...LOAD, '--anyway'])
    await running.sees('stderr', /^base 2 of 50/m)
    const children = childrenOf(running.pid)
    running.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    expect(stdout).toMatch(/^base {4}\d runs? /m)
    expect(listRunning(children)).toEqual([])
  })

  it.each<[string, string[], RegExp]>([
    ['one side', ['--base', 'node a.js'], /--head: is missing/],
    ['a single run', ['--base', 'a', '--head', 'b', '--runs', '1'], /one run has no spread/],
    ['no address', ['--base', 'a', '--head', 'b'], /--base 'a': starts a server, but nothing says where/],
    ['a third server', ['--base', 'a', '--head', 'b', 'ws://127.0.0.1:1', '--', 'c'], /a third server/],
    [
      'a third side',
      ['--base', 'a', '--head', 'b', 'ws://127.0.0.1:1', '--baseline', 'c.json'],
      /a third side/,
    ],
    [
      'a format it has not',
      ['--base', 'a', '--head', 'b', 'ws://127.0.0.1:1', '-o', 'x.csv'],
      /--output csv/,
    ],
  ])('refuses %s', async (_, args, problem) => {
    const { code, stdout, stderr } = await runStress(['compare', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(problem)
  })
})
