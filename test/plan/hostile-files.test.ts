/** Files that options name: what cannot be read is one mistake each, in bounded time and memory, and nothing is started. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/cli/create-plan.ts'
import { parseCommandLine } from '../../src/cli/parse-arguments.ts'
import { UsageError } from '../../src/errors.ts'
import { parseScenario } from '../../src/plan/scenario.ts'
import { mistakesWith, resolveWith } from './resolve.ts'

const folder = mkdtempSync(join(tmpdir(), 'stress-files-'))
const at = (name: string): string => join(folder, name)
const SPARSE_BYTES = 5 * 2 ** 30

/** Each in every form: as a text, as a scenario, as a module. */
function makeAll(ending: string): void {
  mkdirSync(at(`folder${ending}`))
  execFileSync('mkfifo', [at(`pipe${ending}`)])
  writeFileSync(at(`huge${ending}`), '')
  truncateSync(at(`huge${ending}`), SPARSE_BYTES)
  writeFileSync(at(`secret${ending}`), 'x')
  chmodSync(at(`secret${ending}`), 0)
  writeFileSync(at(`empty${ending}`), '')
}

beforeAll(() => {
  for (const ending of ['', '.yaml', '.mjs']) makeAll(ending)
  writeFileSync(at('latin1'), Buffer.from('na\xefve', 'latin1'))
  writeFileSync(at('latin1.yaml'), Buffer.from('payload: na\xefve\n', 'latin1'))
  writeFileSync(at('utf16.yaml'), Buffer.from('\ufeffconnections: 5\n', 'utf16le'))
  writeFileSync(at('big.yaml'), `# ${'x'.repeat(10_000_000)}\n`)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The mistakes of a command line over real files; the empty list when there are none. */
async function mistakesOf(...argv: string[]): Promise<string[]> {
  try {
    await createPlan(argv)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.mistakes.map(({ where, problem }) => `${where} ${problem}`)
  }
}

/** Root may read everything. */
const mayReadAll = process.getuid?.() === 0

describe('a file that cannot be read as one', () => {
  const kinds: [name: string, problem: string][] = [
    ['gone', 'names a file that does not exist'],
    ['folder', 'names a folder'],
    ['pipe', 'names no regular file'],
    ['huge', 'names a file of more than 64 MiB'],
    ...(mayReadAll ? [] : [['secret', 'names a file that may not be read'] as [string, string]]),
  ]
  const options: [option: string, write: (path: string) => string][] = [
    ['--payload', (path) => `@${path}`],
    ['--on-open', (path) => `@${path}`],
    ['--token', (path) => `@${path}`],
    ['--ca', (path) => path],
  ]
  const rows = options.flatMap(([option, write]) =>
    kinds.map(([name, problem]) => [option, name, write, problem] as const),
  )
  it.each(rows)('%s with %s', async (option, name, write, problem) => {
    const found = await mistakesOf('ws://h/{token}', '--token', 't', option, write(at(name)))
    expect(found).toEqual([`${option} ${problem}: ${at(name)}`])
  })

  it.each(kinds)('a scenario that is %s', async (name, problem) => {
    expect(await mistakesOf(at(`${name}.yaml`))).toEqual([
      `${at(`${name}.yaml`)} ${problem}: ${at(`${name}.yaml`)}`,
    ])
  })

  it.each(kinds.filter(([name]) => name !== 'gone' && name !== 'secret'))(
    'an own dialect that is %s',
    async (name, problem) => {
      expect(await mistakesOf('ws://h', '--dialect', at(`${name}.mjs`))).toEqual([`--dialect ${problem}`])
    },
  )

  it.runIf(process.platform === 'linux')('a device without an end', async () => {
    const rss = process.memoryUsage.rss()
    const argv = [
      'ws://h/{token}',
      '--payload',
      '@/dev/zero',
      '--token',
      '@/dev/urandom',
      '--ca',
      '/dev/zero',
    ]
    expect(await mistakesOf(...argv)).toEqual([
      '--ca names no regular file: /dev/zero',
      '--token names no regular file: /dev/urandom',
      '--payload names no regular file: /dev/zero',
    ])
    expect(process.memoryUsage.rss() - rss).toBeLessThan(50e6)
  })

  it.runIf(process.platform === 'linux')(
    'a file of the kernel has no size, and is read all the same',
    async () => {
      const { tests } = await createPlan(['ws://h', '--payload', '@/proc/self/status', '-m', '1'])
      expect(tests[0]?.groups[0]?.payload).toMatchObject({ template: expect.stringContaining('VmRSS') })
    },
  )

  it('all at once', async () => {
    const argv = [
      'ws://h/{token}',
      '--payload',
      `@${at('gone')}`,
      '--on-open',
      `@${at('folder')}`,
      '--cert',
      at('pipe'),
    ]
    expect(await mistakesOf(...argv, '--key', at('huge'), '--token', `@${at('empty')}`)).toHaveLength(5)
  })
})

describe('a file with something else in it than was meant', () => {
  it.each([
    ['an empty message', ['--payload', `@${at('empty')}`], 'is an empty file'],
    ['an empty opening message', ['--on-open', `@${at('empty')}`], 'is an empty file'],
    ['no tokens', ['--token', `@${at('empty')}`], 'names a file without tokens'],
    ['a certificate that is none', ['--ca', at('empty')], 'is no PEM file'],
    [
      'a text that is not UTF-8',
      ['--payload', `@${at('latin1')}`],
      'is not UTF-8 text, so it needs --binary',
    ],
    ['an opening message that is not UTF-8', ['--on-open', `@${at('latin1')}`], 'is not UTF-8 text'],
    ['a scenario that is not UTF-8', [at('latin1.yaml')], 'is not UTF-8 text'],
    ['a scenario in UTF-16', [at('utf16.yaml')], 'is not UTF-8 text'],
    ['a scenario of 10 MB', [at('big.yaml')], 'has 10000003 bytes'],
  ])('%s', async (_, argv, problem) => {
    const found = await mistakesOf('ws://h/{token}', '--token', 't', ...argv)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(problem)
  })

  it('bytes are a message with --binary', async () => {
    expect(await mistakesOf('ws://h', '--payload', `@${at('latin1')}`, '--binary')).toEqual([])
  })

  it('tokens of an editor that writes a mark and CRLF are tokens', () => {
    const files = { 't.txt': '\ufeffone\r\n\r\n  two \r\n' }
    const { plan } = resolveWith({ files }, 'ws://h/{token}', '--token', '@t.txt')
    expect(plan.tests[0]?.target.tokens).toEqual(['one', 'two'])
  })

  it('a message is sent as it stands in its file: with mark, CRLF and the last line end', () => {
    const files = { 'm.txt': '\ufeffa {seq}\r\nb\r\n' }
    const { plan } = resolveWith({ files }, 'ws://h', '--payload', '@m.txt')
    expect(plan.tests[0]?.groups[0]?.payload).toEqual({
      kind: 'template',
      template: '\ufeffa {seq}\r\nb\r\n',
    })
  })
})

describe('a hostile scenario', () => {
  const lines = (count: number, line: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => line(n)).join('\n')
  const TOO_MUCH = 's.yaml: has too much in it'
  const NESTED = 's.yaml: is nested too deeply, or contains itself'
  const refused: [what: string, text: string, mistake: string][] = [
    ['anchors in anchors', bombOf(9), 's.yaml: uses too many aliases'],
    ['a list in itself', 'a: &a [*a]', NESTED],
    ['a map in itself', '&a\nconnections: *a', NESTED],
    ['an anchor that nobody sets', 'size: *gone', 's.yaml:1:7: uses an anchor that nothing before it sets'],
    ['an anchor that is set later', 'size: *a\nrate: &a 5', 's.yaml:1:7: uses an anchor that nothing'],
    ['1,000 anchors in a row', `size: ${'&a '.repeat(1000)}5`, 's.yaml:1:10: is not valid YAML'],
    ['300,000 anchors in a row', `${'&a '.repeat(300_000)}5`, TOO_MUCH],
    ['300,000 tags in a row', `${'!a '.repeat(300_000)}5`, TOO_MUCH],
    ['90,000 keys', lines(90_000, (n) => `k${n}: 1`), TOO_MUCH],
    ['100,000 equal keys', lines(100_000, () => 'k: 1'), TOO_MUCH],
    ['200,000 list items', `headers: [${'a,'.repeat(200_000)}]`, TOO_MUCH],
    ['half a million brackets', '['.repeat(500_000), TOO_MUCH],
    ['half a million errors', '}\n'.repeat(500_000), TOO_MUCH],
    ['a million quotes', '"'.repeat(1_000_000), TOO_MUCH],
    ['a million line ends', '\n'.repeat(1_000_000), TOO_MUCH],
    ['5,000 brackets', `size: ${'['.repeat(5000)}${']'.repeat(5000)}`, NESTED],
    ['1,400 levels of blocks', lines(1400, (n) => `${' '.repeat(n)}a:`), NESTED],
    ['5,000 dashes', `${'- '.repeat(5000)}a`, NESTED],
    ['a key of a megabyte', `${'x'.repeat(1_000_000)}: 1`, 's.yaml:1:1: is not valid YAML: The : indicator'],
    ['a megabyte of indicators', '|'.repeat(1_000_000), 's.yaml:1:2: is not valid YAML: Block scalar header'],
    ['a key twice', 'size: 1\nsize: 2', 's.yaml:2:1: has the same key twice'],
    ['a merge key', '<<: { size: 5 }', 's.yaml:1:1 <<: is not known here'],
    ['a tag', 'size: !!js/function "x"', 's.yaml:1:7: is not valid YAML for a scenario: it has a tag'],
    ['a tag of Python', 'size: !!python/object:os.system x', 's.yaml:1:7: is not valid YAML for a scenario'],
    [
      'two documents',
      'size: 1\n---\nsize: 2',
      's.yaml:2:1: is not valid YAML for a scenario: it begins a second',
    ],
    ['a tab', 'groups:\n\t- name: a', 's.yaml:2:1: is not valid YAML: Tabs are not allowed'],
    ['__proto__', '__proto__: { size: 5 }', 's.yaml:1:1 __proto__: is not known here'],
    [
      '__proto__ in a group',
      'groups: [{ name: a, __proto__: { size: 5 } }]',
      'groups.0.__proto__: is not known here',
    ],
    ['constructor', 'constructor: { prototype: { size: 5 } }', 's.yaml:1:1 constructor: is not known here'],
    ['an escape sequence as a key', '"\\e[31mred": 5', 's.yaml:1:1 \\x1b[31mred: is not known here'],
    ['infinitely many', 'connections: .inf', "s.yaml:1:1 connections '.inf': is not"],
    ['not a number', 'connections: .nan', "s.yaml:1:1 connections '.nan': is not"],
    ['a hexadecimal number', 'connections: 0x10', "s.yaml:1:1 connections '0x10': is not"],
    ['an octal number', 'connections: 0o10', "s.yaml:1:1 connections '0o10': is not"],
    ['a number in base 60', 'connections: 1:30', "s.yaml:1:1 connections '1:30': is not"],
  ]
  it.each(refused)('%s', (_, text, mistake) => {
    const rss = process.memoryUsage.rss()
    const found = mistakesWith({ files: { 's.yaml': text } }, 's.yaml')
    expect(found[0]).toContain(mistake)
    expect(found.length).toBeLessThanOrEqual(20)
    expect(Math.max(0, ...found.map((line) => line.length))).toBeLessThan(400)
    expect(process.memoryUsage.rss() - rss).toBeLessThan(300e6)
  })

  it('does not show what stands where it is broken, which may be a secret', () => {
    const broken = [
      'token: *S3CR3T',
      'token: |S3CR3T',
      'token: "\\S3CR3T"',
      'token: !S3CR3T x',
      'token: "a" S3CR3T',
    ]
    const shown = broken.map((text) => mistakesWith({ files: { 's.yaml': text } }, 's.yaml').join('\n'))
    for (const text of shown) expect(text).toMatch(/^s\.yaml:1:\d+: /)
    expect(shown.join('\n')).not.toContain('S3C')
  })

  it('may have a byte order mark and CRLF', () => {
    const files = { 's.yaml': '\ufeffurl: ws://h\r\nconnections: 5\r\nmessages: 3\r\n' }
    expect(resolveWith({ files }, 's.yaml').plan.tests[0]?.groups[0]).toMatchObject({
      count: 5,
      stop: { messages: 3 },
    })
  })

  it('of 2,000 headers is read', () => {
    const text = `headers:\n${lines(2000, (n) => `  X-${n}: v`)}\n`
    expect(parseScenario('s.yaml', Buffer.from(text), []).options).toHaveLength(2000)
  })

  it('changes nothing in this program', () => {
    mistakesWith({ files: { 's.yaml': '__proto__: { size: 5 }\nheaders: { __proto__: v }' } }, 's.yaml')
    expect(({} as Record<string, unknown>).size).toBeUndefined()
  })
})

/** Each list has the one before nine times. */
function bombOf(levels: number): string {
  const names = [...'abcdefghi'].slice(0, levels)
  const lists = names.map((_, n) => (n === 0 ? 'x' : `*${names[n - 1]}`).concat(','))
  return names.map((name, n) => `${name}: &${name} [${lists[n]!.repeat(9)}]`).join('\n')
}

it('a command that only reads tokens has the same limits', () => {
  for (const command of ['verify', 'client']) {
    const argv = [command, 'ws://127.0.0.1:1', '--token', `@${at('pipe')}`]
    expect(() => parseCommandLine(argv, {})).toThrow(/names no regular file/)
  }
})
