/** What README.md says is so: its commands run, its examples parse, its tables are those of the program. */
import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { renderTopic } from '../../src/cli/help.ts'
import { parseCommandLine } from '../../src/cli/parse-arguments.ts'
import { registerDialect } from '../../src/dialects/registry.ts'
import { EXIT } from '../../src/errors.ts'
import { adviseError } from '../../src/report/advice.ts'
import * as limits from '../../src/result/validity.ts'
import { METRICS } from '../../src/thresholds/metric-catalog.ts'
import { mistakesWith } from '../plan/resolve.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const scratch = mkdtempSync(join(tmpdir(), 'stress-readme-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const execute = promisify(execFile)

/** The fenced blocks of a language. */
function listBlocks(language: string): string[] {
  return Array.from(readme.matchAll(/^```(\S+)\n(.*?)^```$/gms))
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '')
}

/** The text between a heading and the next of its level. */
function readSection(title: string): string {
  return readme.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
}

/** The words of a line of shell without variables; single quotes keep words together. */
function splitWords(line: string): string[] {
  return Array.from(line.matchAll(/(?:'[^']*'|[^\s'])+/g), ([word]) => word.replaceAll("'", ''))
}

describe('README', () => {
  it.each(listBlocks('sh').flatMap((block) => block.trim().split('\n')))('runs: %s', async (line) => {
    const command = line.replace(/-o (result\.json|report\.html)/, `-o ${scratch}/$1`)
    // What is valid on a free machine may not be on a busy one.
    const { stdout } = await execute('sh', ['-c', command], { cwd: root }).catch((error) => {
      if (error.code !== EXIT.notValid) throw error
      return error
    })
    expect(stdout).not.toBe('')
  })

  const commands = [...listBlocks('console'), ...listBlocks('yaml')]
    .join('\n')
    .replaceAll(/\n +--/g, ' --')
    .replaceAll(/\n +-o/g, ' -o')
    .replaceAll(/npx stress$/gm, '')
    .split('\n')
    .flatMap((line) => /npx stress (.*)$/.exec(line)?.[1] ?? [])
  const others = /^(?:serve|client|verify|report|compare|import) /

  it.each(commands.filter((line) => others.test(line)))('has no mistake in: stress %s', (line) => {
    const words = splitWords(line.replaceAll(/"\$\w+"/g, 'a.b.c'))
    const known = /^(?:serve|client|watch|verify|report|compare|compare-servers|import)$/
    expect(parseCommandLine(words, {}).command).toMatch(known)
  })

  it.each(commands.filter((line) => !others.test(line)))('has no mistake in: stress %s', (line) => {
    registerDialect(resolve('mine.mjs'), { name: 'mine', audience: 'room' })
    expect(
      mistakesWith({ files: { 'tokens.txt': 'one', 'users.csv': 'user\nann\n' } }, ...splitWords(line)),
    ).toEqual([])
  })

  it('has a scenario that can be run', () => {
    const [scenario = ''] = listBlocks('yaml').filter((block) => block.startsWith('url:'))
    expect(mistakesWith({ files: { 'chat.yaml': scenario } }, 'chat.yaml')).toEqual([])
  })

  it('has a library example that runs', async () => {
    const [code = ''] = listBlocks('js')
    const script = join(scratch, 'example.mjs')
    writeFileSync(script, code)
    // A package of its own, whatever stands above it.
    writeFileSync(join(scratch, 'package.json'), '{}')
    mkdirSync(join(scratch, 'node_modules'))
    symlinkSync(root, join(scratch, 'node_modules', 'ws-stress'))
    // What is valid on a free machine may not be on a busy one.
    const { stdout } = await execute(process.execPath, [script]).catch((error) => {
      if (error.code !== EXIT.notValid) throw error
      return error
    })
    expect(stdout).toContain('✓  error_ratio==0')
  })

  it('shows the options as the program does', () => {
    expect(readSection('Options')).toContain(renderTopic('options').trimEnd())
  })

  it('has every exit code', () => {
    const codes = Array.from(readSection('Exit codes').matchAll(/^\| ([\d, ]+) \|/gm), (match) => match[1])
    expect(codes.join(', ').split(', ').map(Number)).toEqual(Object.values(EXIT))
  })

  it('knows no metric that the program does not', () => {
    const metrics = readSection('Thresholds').split('\nMetrics:\n')[1] ?? ''
    const names = Array.from(metrics.matchAll(/`([a-z]+_[a-z0-9_]+)`/g), (match) => match[1] ?? '')
    expect(names.length).toBeGreaterThan(30)
    expect(names.filter((name) => !METRICS.has(name))).toEqual([])
  })

  it('has the limits of validity', () => {
    const section = readSection('Validity')
    const parts = [
      `under ${limits.MIN_SENT_SHARE * 100} % of the messages due`,
      `over ${limits.MIN_LAG_LIMIT_US / 1000} ms and over ${limits.LAG_SHARE * 100} %`,
      `over ${limits.MIN_RETRY_LAG_US / 1000} ms and over ${limits.LAG_SHARE * 100} % of P99 of the time until`,
      `busy over ${limits.MAX_LOOP_BUSY * 100} %`,
      `under ${limits.SERVER_FULL * 100} % of its cores, and no thread of it at ${limits.SERVER_FULL * 100} %`,
      `under ${limits.SHORTEST_JUDGED_US / 1e6} s is not judged`,
    ]
    for (const part of parts) expect(section).toContain(part)
  })

  it('gives the advice on errors that the report gives', () => {
    const rows = Array.from(readSection('Troubleshooting').matchAll(/^\| `(\S+)` +\| (.+?) +\|$/gm))
    expect(rows.length).toBeGreaterThan(20)
    for (const [, name = '', advice] of rows) expect([name, advice]).toEqual([name, adviseError(name, '')])
  })

  it('names every folder of src, and links to nothing that is missing', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    for (const { name } of folders) expect(readSection('Inside')).toContain(`  ${name}/ `)
    const headings = Array.from(readme.matchAll(/^##+ (.+)$/gm), (match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    )
    for (const [, link = ''] of readme.matchAll(/\]\(([^)]+)\)/g)) {
      expect([
        link,
        link.startsWith('#') ? headings.includes(link.slice(1)) : existsSync(join(root, link)),
      ]).toEqual([link, true])
    }
  })
})
