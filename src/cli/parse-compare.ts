/** `stress compare`: of saved runs, or of two servers that are started in turn. */

import { DEFAULT_MARGIN } from '../compare/default-margin.ts'
import { type Figure, makeFigure } from '../compare/figures.ts'
import { UsageError } from '../errors.ts'
import { parseOutput as parseAnyOutput } from '../plan/option-parsers.ts'
import type { Output, OutputFormat } from '../plan/plan.ts'
import { accept, type Parsed, reject } from '../plan/units.ts'
import { parseFigureName, parseThreshold } from '../thresholds/grammar.ts'
import { CommandOptions, type CommandSpec, type Environment } from './command-options.ts'
import type { RunCommand } from './parse-arguments.ts'

/** What both kinds of comparison have. */
interface CompareCommon {
  readonly margin: number
  readonly figures: readonly { readonly test: string | null; readonly figure: Figure }[]
  /** Compare what is not comparable, and say so. */
  readonly anyway: boolean
  readonly failOnWorse: boolean
}

export interface CompareFiles extends CompareCommon {
  readonly command: 'compare'
  readonly base: readonly string[]
  readonly head: readonly string[]
  readonly thresholds: readonly string[]
  readonly requireValid: boolean
  readonly outputs: readonly Output[]
  readonly quiet: boolean
  readonly color: boolean
}

export interface CompareServers extends CompareCommon {
  readonly command: 'compare-servers'
  /** On each side. */
  readonly runs: number
  readonly base: ServerSide
  readonly head: ServerSide
  /** Folder for the result of every run; null: they are not kept. */
  readonly keep: string | null
  /** The plan of every run, without server and address. */
  readonly run: RunCommand
}

export interface ServerSide {
  /** A line for the shell. */
  readonly command: string
  /** Null: the one address that both have. */
  readonly url: string | null
}

const COMMON = {
  margin: { kind: 'value', accepted: 'a share such as 5%, up to 100%', example: '--margin 5%' },
  metric: {
    kind: 'list',
    accepted: '[test/]metric[:aggregation], as in a threshold',
    example: "--metric 'response_time:p(99.9)'",
  },
  anyway: { kind: 'switch' },
  'fail-on-worse': { kind: 'switch' },
} as const
export const COMPARE_FILES_SPEC = {
  command: 'compare',
  argument: {
    many: true,
    where: 'argument',
    accepted: 'saved results of stress run: BASE.json… -- RUN.json…',
    example: 'base.json run.json',
  },
  options: {
    ...COMMON,
    threshold: {
      kind: 'list',
      accepted: '[test/]metric[:aggregation] op value, +10% or -5% against the base',
      example: "--threshold 'p99<+10%'",
    },
    output: {
      kind: 'list',
      alias: 'o',
      accepted: 'a file ending in .json, .md, .html or .txt, or FORMAT=FILE; - is standard output',
      example: '-o comparison.json',
    },
    json: { kind: 'switch' },
    quiet: { kind: 'switch', alias: 'q' },
    'require-valid': { kind: 'switch' },
    'no-color': { kind: 'switch' },
  },
} as const satisfies CommandSpec
export const COMPARE_SERVERS_SPEC = {
  command: 'compare',
  argument: {
    many: true,
    where: 'argument',
    accepted: 'the options of stress run',
    example: 'ws://127.0.0.1:9001',
  },
  options: {
    ...COMMON,
    base: {
      kind: 'value',
      accepted: 'the command that starts the old server',
      example: "--base 'node old.js'",
    },
    head: {
      kind: 'value',
      accepted: 'the command that starts the new server',
      example: "--head 'node new.js'",
    },
    'base-url': { kind: 'value', accepted: 'its address', example: '--base-url ws://127.0.0.1:9001' },
    'head-url': { kind: 'value', accepted: 'its address', example: '--head-url ws://127.0.0.1:9002' },
    runs: { kind: 'value', accepted: 'runs of each server, 2 to 100', example: '--runs 10' },
    keep: { kind: 'value', accepted: 'a folder for the results of the runs', example: '--keep runs' },
  },
} as const satisfies CommandSpec

const DEFAULT_RUNS = 10
const MOST_RUNS = 100

/**
 * Reads what stands behind `stress compare`; `behind` is what follows `--`, null without one. `parseRun` reads the options
 * of a run.
 * @throws UsageError with every mistake
 */
export function parseCompare(
  argv: readonly string[],
  behind: readonly string[] | null,
  env: Environment,
  parseRun: (argv: readonly string[], behind: readonly string[] | null) => RunCommand,
): CompareFiles | CompareServers {
  const startsServers = argv.some((arg) => /^--(?:base|head|runs)(?:=|$)/.test(arg))
  return startsServers ? parseServers(argv, behind, env, parseRun) : parseFiles(argv, behind, env)
}

function parseFiles(
  argv: readonly string[],
  behind: readonly string[] | null,
  env: Environment,
): CompareFiles {
  const options = new CommandOptions(COMPARE_FILES_SPEC, argv, env)
  const words = options.arguments
  const [base, head] = behind === null ? [words.slice(0, 1), words.slice(1)] : [words, behind]
  const json = options.has('json') ? [{ format: 'json', path: null } as const] : []
  const outputs = [...options.all('output', parseOutput).flat(), ...json]
  const command: CompareFiles = {
    command: 'compare',
    base,
    head,
    ...readCommon(options),
    thresholds: options.all('threshold', parseThresholdOption),
    requireValid: options.has('require-valid'),
    outputs: outputs.some(({ path }) => path === null)
      ? outputs
      : [...outputs, { format: 'txt', path: null }],
    quiet: options.has('quiet'),
    color: !options.has('no-color') && (env.NO_COLOR ?? '') === '',
  }
  const problem = explainFiles(words, behind)
  if (problem !== null) {
    const accepted = 'BASE.json RUN.json, or several: BASE.json… -- RUN.json…'
    const example = 'stress compare base-1.json base-2.json -- run-1.json run-2.json'
    options.add({ where: 'files', value: '', problem, accepted, example })
  }
  options.check()
  return command
}

function explainFiles(words: readonly string[], behind: readonly string[] | null): string | null {
  if (behind !== null) {
    const empty = words.length === 0 ? 'before' : behind.length === 0 ? 'behind' : null
    return empty === null ? null : `there is none ${empty} --`
  }
  if (words.length === 2) return null
  return words.length < 2 ? 'two are needed' : 'which are the base is not said: -- parts them'
}

function parseServers(
  argv: readonly string[],
  behind: readonly string[] | null,
  env: Environment,
  parseRun: (argv: readonly string[], behind: readonly string[] | null) => RunCommand,
): CompareServers {
  const { own, others } = splitOptions(argv)
  const options = new CommandOptions(COMPARE_SERVERS_SPEC, own, env)
  for (const name of ['base', 'head'] as const)
    if (options.text(name) === null) options.refuse(name, 'is missing', '')
  if (behind !== null) {
    const accepted = '--base and --head, which start the two servers'
    const example = "stress compare --base 'node old.js' --head 'node new.js' ws://127.0.0.1:9001"
    options.add({ where: '--', value: '', problem: 'starts a third server', accepted, example })
  }
  const side = (name: 'base' | 'head'): ServerSide => ({
    command: options.text(name) ?? '',
    url: options.text(`${name}-url`),
  })
  const command: CompareServers = {
    command: 'compare-servers',
    runs: options.one('runs', parseRuns) ?? DEFAULT_RUNS,
    base: side('base'),
    head: side('head'),
    keep: options.text('keep'),
    ...readCommon(options),
    run: parseRun(others, null),
  }
  try {
    options.check()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError([...error.mistakes, ...command.run.mistakes])
  }
  return command
}

function readCommon(
  options: CommandOptions<typeof COMPARE_FILES_SPEC> | CommandOptions<typeof COMPARE_SERVERS_SPEC>,
): CompareCommon {
  return {
    margin: options.one('margin', parseMargin) ?? DEFAULT_MARGIN,
    figures: options.all('metric', parseMetric),
    anyway: options.has('anyway'),
    failOnWorse: options.has('fail-on-worse'),
  }
}

/** Those of a comparison and their values, and what is left for a run. */
function splitOptions(argv: readonly string[]): { own: string[]; others: string[] } {
  const own: string[] = []
  const others: string[] = []
  const options: CommandSpec['options'] = COMPARE_SERVERS_SPEC.options
  for (let index = 0; index < argv.length; index++) {
    const arg = argv[index]!
    const [, name = ''] = /^--([a-z-]+)(?:=|$)/.exec(arg) ?? []
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) {
      others.push(arg)
      continue
    }
    own.push(arg)
    const takesNext = option.kind !== 'switch' && !arg.includes('=') && index + 1 < argv.length
    if (takesNext) own.push(argv[++index]!)
  }
  return { own, others }
}

function parseOutput(text: string): Parsed<readonly Output[]> {
  const parsed = parseAnyOutput(text)
  if (!parsed.ok || parsed.value.every(({ format }) => FORMATS.has(format))) return parsed
  return reject('is a format that a comparison has not')
}

/** That a comparison has. */
export const FORMATS: ReadonlySet<OutputFormat> = new Set(['txt', 'json', 'md', 'html'])

function parseRuns(text: string): Parsed<number> {
  const runs = Number(text)
  if (!/^\d+$/.test(text)) return reject('is not a whole number')
  if (runs < 2) return reject('is too few: one run has no spread')
  return runs <= MOST_RUNS ? accept(runs) : reject(`is over ${MOST_RUNS}`)
}

function parseMargin(text: string): Parsed<number> {
  const [, number, percent] = /^(\d+\.?\d*|\.\d+)\s*(%?)$/.exec(text.trim()) ?? []
  if (number === undefined) return reject('is not a share')
  const share = Number(number) / (percent === '%' ? 100 : 1)
  return share <= 1 ? accept(share) : reject('is over 100 %')
}

function parseMetric(text: string): Parsed<{ test: string | null; figure: Figure }> {
  const parsed = parseFigureName(text)
  if (!parsed.ok) return reject(parsed.mistake.problem)
  const { test, metric } = parsed.threshold
  if (metric === null) return reject('names no metric')
  return accept({ test, figure: makeFigure({ ...parsed.threshold, metric }) })
}

function parseThresholdOption(text: string): Parsed<string> {
  const parsed = parseThreshold(text.trim(), true)
  return parsed.ok ? accept(text.trim()) : reject(parsed.mistake.problem)
}
