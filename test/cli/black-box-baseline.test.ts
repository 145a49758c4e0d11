/** `stress run --baseline`: a run and its comparison in one go. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { comparison as schema } from '../../src/result/comparison-schema.ts'
import { makeSets } from '../compare/sets.ts'
import { runForResult, runStress } from './stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-baseline-'))
afterAll(() => rmSync(folder, { recursive: true }))

const published = fileURLToPath(new URL('../../reports/published.json', import.meta.url))
const baseline = makeSets([{ p99: 5e6 }, { p99: 5.1e6 }, { p99: 5.2e6 }], [])[0].map(({ name, result }) => {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, JSON.stringify(result))
  return path
})
const against = baseline.flatMap((path) => ['--baseline', path])
const LOAD = ['-c', '5', '-m', '50', '--no-progress']

describe('a run with a baseline', () => {
  it('keeps the comparison in its result, and holds a threshold against the change', async () => {
    const gate = ['--threshold', 'p99<+10%', '--threshold', 'error_ratio==0']
    const args = [...LOAD, ...against, '--anyway', ...gate]
    const { result } = await runForResult(args, { env: { STRESS_REQUIRE_VALID: 'false' } })
    expect(schema.parse(result.comparison)).toMatchObject({
      base: { runs: 3 },
      head: { runs: 1, names: ['this run'] },
      order: 'apart',
    })
    expect(result.comparison?.differences.map(({ code }) => code)).toContain('plan')
    // Milliseconds against five seconds: better in any case.
    expect(result.thresholds).toMatchObject([
      { expression: 'error_ratio==0', result: 'pass' },
      { expression: 'p99<+10%', result: 'pass', unit: 'change' },
    ])
    expect(result.exitCode).toBe(0)
  })

  it('shows it below the report', async () => {
    const { stdout } = await runStress([...LOAD, ...against, '--anyway'])
    expect(stdout).toMatch(/^response P99 .* better$/m)
    expect(stdout).toContain('these runs are not comparable')
  })

  it.each<[string, string[], RegExp]>([
    ['of another plan', against, /--baseline: .*connections 5, not 100.*for example: --anyway/],
    ['that is no result', ['--baseline', fileURLToPath(import.meta.url)], /is not JSON/],
    ['that is not there', ['--baseline', 'nope.json'], /'nope\.json'.*does not exist/],
    [
      'of published figures under a gate',
      ['--baseline', published, '--threshold', 'p99<+10%'],
      /published figures .* which are for reading/,
    ],
  ])('refuses one %s before it starts anything', async (_, args, problem) => {
    const { code, stdout, stderr } = await runStress([...LOAD, ...args], { cwd: folder })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(problem)
  })

  it('refuses a limit with a sign where there is none', async () => {
    const { code, stderr } = await runStress([...LOAD, '--threshold', 'p99<+10%'])
    expect(code).toBe(2)
    expect(stderr).toContain("'+10%' needs a baseline to compare with")
  })

  it('of published figures is read, and gates nothing', async () => {
    const { code } = await runStress([...LOAD, '--baseline', published])
    expect(code).toBe(0)
  })
})
