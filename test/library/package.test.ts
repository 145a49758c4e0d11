/** The package as it is installed: packed, unpacked into another project, imported, required, and read by a compiler. Needs dist. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as library from '../../src/index.ts'

const execute = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'stress-package-'))
const modules = join(project, 'node_modules')
afterAll(() => rmSync(project, { recursive: true }))

/** Into the project's node_modules; what it needs itself is found where it really is. */
function link(name: string): void {
  const place = join(modules, name)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), place)
}

function write(name: string, text: string): string {
  writeFileSync(join(project, name), text)
  return name
}

beforeAll(async () => {
  write('package.json', '{ "name": "user", "private": true }')
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: root })
  mkdirSync(join(modules, 'ws-stress'), { recursive: true })
  const { name, version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const archive = join(project, `${name}-${version}.tgz`)
  await execute('tar', ['-xzf', archive, '-C', join(modules, 'ws-stress'), '--strip-components=1'])
  for (const dependency of Object.keys(dependencies)) link(dependency)
  link('@types/node')
})

describe('the package', () => {
  it('is imported with what index.ts exports, and nothing else', async () => {
    const script = "console.log(JSON.stringify(Object.keys(await import('ws-stress')).sort()))"
    const { stdout, stderr } = await execute(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
    })
    expect(JSON.parse(stdout)).toEqual(Object.keys(library).sort())
    expect(stderr).toBe('')
  })

  it('is required as well, on every Node that it supports', async () => {
    const script =
      "const { run } = require('ws-stress'); run({ connections: 2, messages: 3 }).then(({ summary }) => console.log(summary.messagesReceived))"
    const { stdout } = await execute(process.execPath, ['-e', script], { cwd: project })
    expect(stdout).toBe('6\n')
  })

  it('has its schema, its version and its command', async () => {
    const script = [
      "import schema from 'ws-stress/result-schema.json' with { type: 'json' }",
      "import about from 'ws-stress/package.json' with { type: 'json' }",
      'console.log(typeof schema.properties, about.bin.stress)',
    ].join('\n')
    const run = execute(process.execPath, ['--input-type=module', '-e', script], { cwd: project })
    expect((await run).stdout).toBe('object dist/bin.js\n')
    const bin = join(modules, 'ws-stress', 'dist', 'bin.js')
    const { stdout } = await execute(process.execPath, [bin, '--version'])
    expect(stdout).toMatch(/^stress \d/)
  })

  it('hides the rest', async () => {
    const script = "await import('ws-stress/dist/run/run.js')"
    const run = execute(process.execPath, ['--input-type=module', '-e', script], { cwd: project })
    await expect(run).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})

const PROGRAM = `
import { createPlan, type Dialect, formatTable, type RunResult, run, UsageError } from 'ws-stress'
const mine: Dialect = { name: 'mine', audience: 'sender', write: (content) => content }
export async function gate(): Promise<number> {
  const plan = await createPlan({ connections: 10, rate: '1k/s', duration: 5, dialect: mine, thresholds: ['p99<50ms'] })
  const result: RunResult = await run(plan, { onProgress: ({ phase }) => phase === 'hold' })
  const p99: number | null = result.summary.p99Us
  return formatTable(result, { width: 100 }).length + (p99 ?? 0)
}
export const isMistake = (error: unknown): boolean => error instanceof UsageError && error.mistakes.length > 0
// @ts-expect-error a test type that there is not
export const wrong = run({ testType: 'strom' })
`

describe('its types are found', () => {
  it.each([
    ['node16', 'program.mts'],
    ['nodenext', 'program.mts'],
    ['nodenext', 'program.cts'],
    ['bundler', 'program.ts'],
  ])('with moduleResolution %s from %s', async (moduleResolution, name) => {
    write(name, PROGRAM)
    const compilerOptions = {
      target: 'ES2023',
      lib: ['ES2023'],
      module: moduleResolution === 'bundler' ? 'preserve' : moduleResolution,
      moduleResolution,
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    }
    const config = write(
      `tsconfig.${moduleResolution}.json`,
      JSON.stringify({ compilerOptions, files: [name] }),
    )
    const compiler = join(root, 'node_modules', '.bin', 'tsc')
    const { stdout } = await execute(compiler, ['-p', config], { cwd: project }).catch((error) => error)
    expect(stdout).toBe('')
  })
})
