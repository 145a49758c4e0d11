/** `stress compare` of saved runs, as a user starts it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { comparison as schema } from '../../src/result/comparison-schema.ts'
import { type Figures, makeSets, spreadOut } from '../compare/sets.ts'
import { linesOf, runStress, widthOf } from './stress.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

const steady = spreadOut(0.02).map((factor): Figures => ({ rate: 100_000 * factor }))
const slower = spreadOut(0.02).map((factor): Figures => ({ rate: 85_000 * factor }))
const [base, head] = save('slower', steady, slower)
const [first, second] = save('alike', steady, [...steady].reverse())

/** The files of two sets that were made in turn. */
function save(name: string, before: readonly Figures[], after: readonly Figures[]): [string[], string[]] {
  const [one, other] = makeSets(before, after)
  const write = (run: (typeof one)[number]): string => {
    const path = join(folder, `${name}-${run.name}.json`)
    writeFileSync(path, JSON.stringify(run.result))
    return path
  }
  return [one.map(write), other.map(write)]
}

function compare(before: readonly string[], after: readonly string[], ...options: string[]) {
  return runStress(['compare', ...before, ...options, '--', ...after], { cwd: folder })
}

describe('stress compare', () => {
  it('says what became worse in a table of 80 columns, and that is no failure by itself', async () => {
    const { code, stdout, stderr } = await compare(base, head)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^WORSE {3}messages\/s -15(\.\d)? %$/m)
    expect(stdout).toMatch(/^messages\/s +100,\d{3} +85,\d{3} +-15(\.\d)? % +-\d.* worse$/m)
    expect(stdout).toMatch(/^response P99 .* same$/m)
    expect(widthOf(stdout)).toBeLessThanOrEqual(80)
  })

  it('exits with 99 when that was asked for, and not when nothing is worse', async () => {
    expect((await compare(base, head, '--fail-on-worse')).code).toBe(99)
    expect((await compare(first, second, '--fail-on-worse')).code).toBe(0)
  })

  it.each([
    ['messages_received:rate>-5%', 99, '✗'],
    ['messages_received:rate>-20%', 0, '✓'],
    ['p99<+10%', 0, '✓'],
  ])('holds %s against the change: %s', async (expression, code, mark) => {
    const ended = await compare(base, head, '--threshold', expression)
    expect(ended).toMatchObject({ code, stderr: '' })
    expect(ended.stdout).toContain(`${mark}  ${expression}`)
  })

  it('writes JSON, Markdown, text and a page, and one line with --quiet', async () => {
    const files = ['comparison.json', 'comparison.md', 'comparison.txt', 'comparison.html']
    const { code, stdout } = await compare(base, head, '-q', ...files.flatMap((file) => ['-o', file]))
    expect(code).toBe(0)
    expect(linesOf(stdout).length).toBe(1)
    expect(stdout).toMatch(/^WORSE {3}messages\/s -15.* % \(.*\) {3}10 \+ 10 runs$/m)
    const [json = '', markdown = '', text = '', page = ''] = files.map((file) =>
      readFileSync(join(folder, file), 'utf8'),
    )
    const result = JSON.parse(json)
    expect(result).toMatchObject({ schemaVersion: 1, kind: 'comparison', exitCode: 0, thresholds: [] })
    expect(schema.parse(result.comparison)).toEqual(result.comparison)
    expect(markdown).toMatch(/^\| messages\/s \| 100,\d{3} \| .* \| \*\*worse\*\* \|$/m)
    expect(text).toBe(stdout)
    expect(page).toMatch(/^<!doctype html>.*New against base: worse/s)
    const piped = await compare(base, head, '--json')
    expect(JSON.parse(piped.stdout)).toEqual(result)
  })

  it('adds itself to the page of a job in GitHub Actions', async () => {
    const summary = join(folder, 'summary.md')
    writeFileSync(summary, 'of another step\n')
    const args = ['compare', ...base, '--', ...head]
    const { code } = await runStress(args, { cwd: folder, env: { GITHUB_STEP_SUMMARY: summary } })
    expect(code).toBe(0)
    const text = readFileSync(summary, 'utf8')
    expect(text).toMatch(/^of another step\n\n<!-- stress comparison -->\n\n## stress compare: worse\n/)
    const nowhere = join(folder, 'no', 'summary.md')
    const warned = await runStress(args, { cwd: folder, env: { GITHUB_STEP_SUMMARY: nowhere } })
    expect(warned.code).toBe(0)
    expect(warned.stderr).toContain('warning: GITHUB_STEP_SUMMARY cannot be written')
  })

  it('takes one file a side without --, and cannot tell', async () => {
    const { code, stdout } = await runStress(['compare', base[0]!, head[0]!])
    expect(code).toBe(0)
    expect(stdout).toContain('CANNOT TELL')
    expect(stdout).toMatch(/one run\s+a\s+side\s+has\s+no\s+spread/)
    const gated = await runStress(['compare', base[0]!, head[0]!, '--threshold', 'p99<+10%'])
    expect(gated.code).toBe(99)
    expect(gated.stdout).toContain('no data: one run a side')
  })

  it('refuses what is not comparable, and compares it anyway', async () => {
    const other = join(folder, 'other.json')
    const run = JSON.parse(readFileSync(head[0]!, 'utf8'))
    run.tests[0].plan.connections = 7
    run.tests[0].validity.state = 'generator-limited'
    writeFileSync(other, JSON.stringify(run))
    const refused = await compare(base, [other])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('2 mistakes')
    expect(refused.stderr).toMatch(/connections 7, not 100 \(against .*\).*for example: --anyway/)
    expect(refused.stderr).toContain('is generator-limited in throughput')
    const compared = await compare(base, [other], '--anyway')
    expect(compared.code).toBe(0)
    expect(compared.stdout).toContain('connections 7, not 100')
    expect(compared.stdout).toContain('not comparable')
    expect((await compare(base, [other], '--anyway', '--require-valid')).code).toBe(4)
  })

  it.each<[string, string[], RegExp]>([
    ['no files', [], /two are needed/],
    ['three files', ['a.json', 'b.json', 'c.json'], /-- parts them/],
    ['nothing behind --', ['a.json', '--'], /there is none behind --/],
    ['a file that is not there', ['a.json', 'b.json'], /'a\.json'.*does not exist.*'b\.json'/s],
    ['a mistyped option', ['a.json', 'b.json', '--margn', '5%'], /did you mean --margin/],
    ['a margin that is none', ['a.json', 'b.json', '--margin', 'much'], /is not a share/],
    [
      'an unknown metric',
      ['a.json', 'b.json', '--metric', 'response_tme:p(99)'],
      /did you mean response_time/,
    ],
    ['a threshold that is none', ['a.json', 'b.json', '--threshold', 'p99'], /is not a threshold/],
    ['a format it has not', ['a.json', 'b.json', '-o', 'x.csv'], /a format that a comparison has not/],
    ['the same run twice', [base[0]!, head[0]!, '--', base[0]!], /is given twice/],
  ])('refuses %s', async (_, args, problem) => {
    const { code, stdout, stderr } = await runStress(['compare', ...args], { cwd: folder })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(problem)
  })

  it('shows published figures beside runs, and gates nothing on them', async () => {
    const published = fileURLToPath(new URL('../../reports/published.json', import.meta.url))
    const { code, stdout } = await runStress(['compare', published, head[0]!])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Axum WS +85,000 msg\/s/m)
    for (const gate of [['--threshold', 'p99<+10%'], ['--fail-on-worse']]) {
      const refused = await runStress(['compare', published, head[0]!, ...gate])
      expect(refused).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr).toContain('which are for reading')
    }
  })

  it('refuses a copy of a run under another name', async () => {
    const copy = join(folder, 'copy.json')
    writeFileSync(copy, readFileSync(base[0]!))
    expect((await compare(base, [copy])).stderr).toContain('is the same run as')
  })
})
