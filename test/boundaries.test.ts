/** The shape of the program, read from its import lines: one way through the folders, and one owner for each dangerous thing. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

interface SourceFile {
  /** Below src/. */
  readonly path: string
  readonly folder: string
  /** Without comments. */
  readonly code: string
  readonly imports: readonly { readonly from: string; readonly typeOnly: boolean }[]
}

const files: SourceFile[] = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const code = readFileSync(join(SRC, path), 'utf8')
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/^\s*\/\/.*$/gm, '')
    const lines = code.matchAll(/^(?:import|export)\s+(type\s+)?[^'"();]*?from\s+'([^']+)'/gms)
    const bare = code.matchAll(/^import\s+'([^']+)'/gm)
    const late = code.matchAll(/(typeof )?\b(?:import|require|load)(?:\.resolve)?\(\s*'([^']+)'/g)
    return {
      path,
      folder: path.includes('/') ? path.slice(0, path.indexOf('/')) : '',
      code,
      imports: [
        ...[...lines, ...late].map(([, type, from]) => ({ from: from!, typeOnly: type !== undefined })),
        ...[...bare].map(([, from]) => ({ from: from!, typeOnly: false })),
      ],
    }
  })

/** Folder or top-level file that a relative import leads to. */
function targetOf(file: SourceFile, from: string): string {
  const path = normalize(join(dirname(file.path), from))
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path
}

/** What each folder may import of ours, beside itself. `type …`: types only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  websocket: [],
  dialects: ['type plan', 'errors.ts'],
  record: ['type plan'],
  // What a user's flow is, and how it is loaded; the engine runs it.
  flows: ['plan', 'type record'],
  har: ['plan', 'flows'],
  // plan/matching asks the dialects what they can find again; plan/view makes the result's picture of a plan.
  plan: ['errors.ts', 'dialects', 'type result'],
  engine: ['errors.ts', 'plan', 'websocket', 'dialects', 'record', 'flows'],
  observe: ['errors.ts'],
  result: ['errors.ts', 'plan', 'record', 'type observe'],
  tokens: [],
  // Runs one test after the other, and holds each against the objectives.
  capacity: ['plan', 'result', 'thresholds'],
  run: [
    'errors.ts',
    'plan',
    'engine',
    'observe',
    'result',
    'record',
    'dialects',
    'websocket',
    'tokens',
    'capacity',
    'flows',
  ],
  // Measures the engine as run() runs it; its null server writes as the engine does.
  floor: ['errors.ts', 'plan', 'run', 'result', 'observe', 'engine', 'websocket'],
  thresholds: ['errors.ts', 'plan', 'result'],
  // A figure is named, read and gated on as a threshold does it.
  compare: ['errors.ts', 'plan', 'result', 'thresholds'],
  report: ['errors.ts', 'plan', 'result', 'type observe'],
  servers: ['type dialects', 'tokens'],
  client: ['errors.ts', 'plan', 'report'],
  // The command line without a terminal.
  library: ['errors.ts', 'plan', 'cli', 'run', 'result', 'report', 'dialects'],
  verify: ['errors.ts', 'plan', 'run', 'result', 'report', 'observe', 'dialects', 'tokens'],
}

describe('imports go one way', () => {
  it.each(Object.keys(MAY_IMPORT))('%s', (folder) => {
    const allowed = MAY_IMPORT[folder]!
    const wrong = files
      .filter((file) => file.folder === folder)
      .flatMap((file) =>
        file.imports
          .filter(({ from }) => from.startsWith('.'))
          .map(({ from, typeOnly }) => ({ target: targetOf(file, from), from, typeOnly }))
          .filter(
            ({ target, typeOnly }) =>
              target !== folder &&
              !allowed.includes(target) &&
              !(typeOnly && allowed.includes(`type ${target}`)),
          )
          .map(({ from }) => `${file.path} imports ${from}`),
      )
    expect(wrong).toEqual([])
  })

  it('every folder has a rule, and cli, index.ts and bin.ts may see all', () => {
    const folders = new Set(files.map(({ folder }) => folder))
    const known = new Set([...Object.keys(MAY_IMPORT), 'cli', ''])
    expect([...folders].filter((folder) => !known.has(folder))).toEqual([])
    expect(
      files
        .filter(({ folder }) => folder === '')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['bin.ts', 'errors.ts', 'index.ts'])
  })

  it('errors.ts imports nothing', () => {
    expect(files.find(({ path }) => path === 'errors.ts')?.imports).toEqual([])
  })

  it('with their extension, so that they run as they stand', () => {
    const wrong = files.flatMap((file) =>
      file.imports.filter(({ from }) => /^\.\.?\//.test(from) && !from.endsWith('.ts')).map(() => file.path),
    )
    expect(wrong).toEqual([])
  })
})

/** Files that import a module, types left out. */
function importersOf(name: string): string[] {
  const found = files.filter(({ imports }) =>
    imports.some(({ from, typeOnly }) => !typeOnly && (from === name || from.startsWith(`${name}/`))),
  )
  return found.map(({ path }) => path).sort()
}

/** Package or module → paths (or folders, ending in /) that may import it. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  ws: ['servers/', 'client/', 'verify/', 'engine/compressed-connection.ts'],
  yargs: ['cli/'],
  'hdr-histogram-js': ['record/', 'result/', 'report/hlog.ts'],
  'cli-table3': ['report/'],
  uplot: ['report/html/assets.ts'],
  'p-limit': ['engine/'],
  zod: ['plan/scenario.ts', 'plan/scenario-schema.ts', 'result/'],
  yaml: ['plan/scenario-file.ts'],
  'parse-duration': ['plan/units.ts'],
  jose: ['tokens/', 'servers/momentum/', 'verify/'],
  'eventsource-parser': ['engine/event-reader.ts', 'verify/'],
  'fastest-levenshtein': ['plan/', 'thresholds/', 'cli/'],
  'node:worker_threads': [
    'engine/worker.ts',
    'engine/thread-shard.ts',
    'flows/check-flow.ts',
    'flows/check-flow-thread.ts',
  ],
  '@swc/wasm-typescript': ['flows/typescript-hooks.ts'],
  // engine/ is held to its connections below.
  'node:net': [
    'engine/',
    'observe/',
    'servers/',
    'floor/null-server.ts',
    'plan/option-parsers.ts',
    'cli/plan-needs.ts',
  ],
  'node:child_process': ['observe/', 'cli/', 'engine/fork-shard.ts'],
}

describe('one owner each', () => {
  it.each(Object.entries(OWNERS))('%s', (name, owners) => {
    const strangers = importersOf(name).filter(
      (path) => !owners.some((owner) => path === owner || (owner.endsWith('/') && path.startsWith(owner))),
    )
    expect(strangers).toEqual([])
  })

  it('every dependency of the package is imported, and nothing else is', () => {
    const { dependencies } = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { dependencies: Record<string, string> }
    const used = new Set(
      files
        .flatMap(({ imports }) => imports.map(({ from }) => from))
        .filter((from) => !from.startsWith('.') && !from.startsWith('node:'))
        .map((from) => (from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : from.split('/')[0]!)),
    )
    expect([...used].sort()).toEqual(Object.keys(dependencies).sort())
  })
})

const PURE = ['websocket', 'dialects', 'engine', 'record']
const pureFiles = files.filter(({ folder }) => PURE.includes(folder))

function pathsWith(list: readonly SourceFile[], pattern: RegExp): string[] {
  return list
    .filter(({ code }) => pattern.test(code))
    .map(({ path }) => path)
    .sort()
}

describe('in the folders that make and measure traffic', () => {
  it('only the connections open sockets', () => {
    // link.ts: for the type of TLS options only.
    const allowed = [
      'engine/compressed-connection.ts',
      'engine/connection.ts',
      'engine/event-stream.ts',
      'engine/link.ts',
    ]
    for (const name of ['node:net', 'node:tls', 'node:http', 'node:https', 'node:dns', 'node:dgram']) {
      const found = importersOf(name).filter((path) => PURE.some((folder) => path.startsWith(`${folder}/`)))
      expect(found.filter((path) => !allowed.includes(path))).toEqual([])
    }
  })

  it('only engine/clock.ts reads a clock', () => {
    // `new Date(seconds)` only writes a time that is known.
    const clocks = /performance\s*\.\s*(?:now|timeOrigin)|\bhrtime\b|\bDate\b(?!\([^)])|process\.uptime/
    expect(pathsWith(pureFiles, clocks)).toEqual(['engine/clock.ts'])
  })

  it("nobody touches files but the reader of a thread's own times", () => {
    const found = [...importersOf('node:fs'), ...importersOf('fs')]
    const pure = found.filter((path) => PURE.some((folder) => path.startsWith(`${folder}/`)))
    // The scheduler speaks to each thread through a file of its own.
    expect(pure).toEqual(['engine/core-wait.ts'])
  })

  it('websocket, dialects and record have no timers either', () => {
    const still = pureFiles.filter(({ folder }) => folder !== 'engine')
    expect(pathsWith(still, /\bset(?:Timeout|Interval|Immediate)\b/)).toEqual([])
  })
})

/** What reads the wall clock, and why it may: nobody makes a duration of it, as it may be stepped at any time. */
const WALL_CLOCK: Readonly<Record<string, string>> = {
  'engine/clock.ts': 'unixSeconds, for contents of messages',
  'run/run.ts': 'startedAt and finishedAt',
  'observe/machine-clock.ts': 'to notice that it is stepped',
  'floor/measure-floor.ts': 'measuredAt',
  'tokens/mint-token.ts': 'iat and exp',
  'cli/client.ts': 'the time beside a line',
  'har/write-flow.ts': 'only as words of the flow that it writes',
  'client/momentum-speech.ts': 'timestamp',
}
/** They speak of the time of day, or look whether a server does. */
const WALL_CLOCK_FOLDERS = ['servers', 'verify']

describe('time', () => {
  it('of day is read where it is shown or sent, and nowhere else', () => {
    const readers = files
      .filter(({ folder }) => !WALL_CLOCK_FOLDERS.includes(folder))
      .filter(({ code }) => /\bDate\s*\.\s*now\b|\bnew Date\b(?!\([^)])|(?<!new )\bDate\(\)/.test(code))
    expect(readers.map(({ path }) => path).sort()).toEqual(Object.keys(WALL_CLOCK).sort())
  })

  it('of a run is never made a 32-bit number, which ends after 36 or 72 minutes', () => {
    const cut =
      /(?:Us|Ms|Us\(\)|Ms\(\)|\bnow|\bus)\s*(?:\|\s*0\b|>>|<<|&(?!&)|\^)|~~\w*(?:Us|Ms)\b|Math\.(?:imul|clz32|fround)\(\w*(?:Us|Ms)\b/
    // Latencies, of at most 60 s.
    expect(pathsWith(files, cut)).toEqual(['record/spread.ts', 'record/trend.ts', 'run/coarse-trend.ts'])
  })
})

describe('everywhere', () => {
  it('process.exit stands in bin.ts only', () => {
    expect(pathsWith(files, /process\s*\.\s*(?:exit\b|reallyExit|abort)\s*\(/)).toEqual(['bin.ts'])
  })

  it('nobody writes to the console', () => {
    expect(pathsWith(files, /\bconsole\s*\./)).toEqual([])
  })

  it('no drawers: utils.ts, types.ts, helpers.ts, common.ts', () => {
    const drawers = /(?:^|\/)(?:utils?|types|helpers?|common|misc|constants)(?:\.ts|\/)/
    expect(files.map(({ path }) => path).filter((path) => drawers.test(path))).toEqual([])
  })

  it('names are in kebab-case', () => {
    const names = files.map(({ path }) => path)
    expect(names.filter((path) => !/^(?:[a-z0-9-]+\/){0,2}[a-z0-9-]+\.ts$/.test(path))).toEqual([])
  })

  it('no way around the compiler', () => {
    const raw = files.filter(({ path }) =>
      /@ts-(?:ignore|expect-error|nocheck)|biome-ignore|\bas any\b|: any\b|<any>/.test(
        readFileSync(join(SRC, path), 'utf8'),
      ),
    )
    expect(raw.map(({ path }) => path)).toEqual([])
  })
})
