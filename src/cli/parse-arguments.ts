/** The command line as texts: which command, which options. Values are read in plan/. */
import { Parser } from 'yargs/helpers'
import type { Mistake } from '../errors.ts'
import { type RawOption, toCamel, toKebab } from '../plan/option.ts'
import { isFlowPath } from '../plan/option-parsers.ts'
import { findOption, OPTION_NAMES } from '../plan/option-table.ts'
import { suggestName } from '../plan/suggest.ts'
import { looksLikeAddress, redactUrl } from '../plan/target-url.ts'
import { COMMANDS } from './complete.ts'
import { HABITS } from './habits.ts'
import { type ClientCommand, parseClient, type WatchCommand } from './parse-client.ts'
import { type CompareFiles, type CompareServers, parseCompare } from './parse-compare.ts'
import { type CompletionCommand, parseCompletion } from './parse-completion.ts'
import { type DoctorCommand, parseDoctor } from './parse-doctor.ts'
import { type ImportCommand, parseImport } from './parse-import.ts'
import { parseReport, type ReportCommand } from './parse-report.ts'
import { parseServe, type ServeCommand } from './parse-serve.ts'
import { parseVerify, type VerifyCommand } from './parse-verify.ts'

export interface RunCommand {
  readonly command: 'run'
  readonly flags: readonly RawOption[]
  readonly scenarioPath: string | null
  /** What stood behind `--`. */
  readonly serverCommand: readonly string[] | null
  /** For resolvePlan, which reports them with its own. */
  readonly mistakes: readonly Mistake[]
}

export type CommandLine =
  | RunCommand
  | ServeCommand
  | VerifyCommand
  | ClientCommand
  | WatchCommand
  | DoctorCommand
  | ImportCommand
  | ReportCommand
  | CompareFiles
  | CompareServers
  | CompletionCommand
  | { readonly command: 'help'; readonly topic: string | null }
  | { readonly command: 'version' }

/** Those that `--help` explains; of the others it gives the short help. */
const COMMANDS_WITH_HELP: readonly string[] = [
  'serve',
  'verify',
  'client',
  'doctor',
  'report',
  'compare',
  'import',
  'completion',
]

const VALUE_NAMES = OPTION_NAMES.filter((name) => findOption(name)?.kind !== 'switch').map(toKebab)
const SWITCH_NAMES = OPTION_NAMES.filter((name) => findOption(name)?.kind === 'switch').map(toKebab)
const ALIASES = new Map(
  OPTION_NAMES.flatMap((name) => {
    const alias = findOption(name)?.alias
    return alias === undefined ? [] : [[alias, toKebab(name)] as const]
  }),
)

/**
 * Reads the arguments behind the program's name. Wrong options of `run` are in its `mistakes`.
 * @throws UsageError for `serve` and `verify`
 */
export function parseCommandLine(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const [first, ...rest] = own
  if (first === 'help') return { command: 'help', topic: rest[0] ?? null }
  if (first === 'version') return { command: 'version' }
  if (asksFor(own, ['-h', '--help']))
    return { command: 'help', topic: COMMANDS_WITH_HELP.find((name) => name === first) ?? null }
  if (asksFor(own, ['-V', '-v', '--version'])) return { command: 'version' }
  if (first === 'completion') return parseCompletion(rest, env)
  if (first === 'serve') return parseServe(rest, env)
  if (first === 'verify') return parseVerify(rest, env)
  if (first === 'client') return parseClient(rest, env)
  const behind = end < 0 ? null : argv.slice(end + 1)
  if (first === 'import') return parseImport(rest, env)
  if (first === 'report') return parseReport(rest, env, behind ?? [])
  if (first === 'compare') return parseCompare(rest, behind, env, parseRun)
  if (first === 'doctor') return parseDoctor(rest, (args, others) => parseRun(args, behind, others))
  return parseRun(first === 'run' ? rest : own, behind)
}

/** Only where an option can stand: not as the value of another. */
function asksFor(argv: readonly string[], options: readonly string[]): boolean {
  return argv.some((arg, index) => options.includes(arg) && valueNameOf(argv[index - 1] ?? '') === null)
}

/** `others`: names of options that are read by somebody else, for suggestions. */
function parseRun(
  argv: readonly string[],
  behind: readonly string[] | null,
  others: readonly string[] = [],
): RunCommand {
  const mistakes: Mistake[] = []
  const { _: positionals, ...options } = Parser(joinValues(argv, mistakes), {
    string: ['_', ...VALUE_NAMES],
    boolean: SWITCH_NAMES,
    alias: Object.fromEntries([...ALIASES].map(([alias, name]) => [name, [alias]])),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    },
  })
  const flags: RawOption[] = []
  for (const [name, value] of Object.entries(options)) {
    if (findOption(toCamel(name)) === undefined || (name !== toKebab(name) && name.length > 1)) {
      mistakes.push(describeUnknown(name, value, others))
      continue
    }
    const where = `--${name}`
    // A switch given twice says nothing new; a value given twice is for parseLayer to refuse.
    const texts = [value].flat().slice(SWITCH_NAMES.includes(name) ? -1 : 0)
    for (const text of texts) flags.push({ name: toCamel(name), text: String(text), where, folder: '' })
  }
  const scenarioPath = readPositionals(positionals.map(String), flags, mistakes)
  const serverCommand = behind !== null && behind.length > 0 ? behind : null
  if (behind !== null && serverCommand === null) {
    const accepted = 'the command that starts your server'
    mistakes.push({
      where: '--',
      value: '',
      problem: 'has nothing after it',
      accepted,
      example: '-- node server.js',
    })
  }
  return { command: 'run', flags, scenarioPath, serverCommand, mistakes }
}

/**
 * Writes every value into its option: `-c 10k`, `-c10k` and `--connections 10k` become `--connections=10k`, so that no
 * parser can take a URL for a value, a value for an option, or `-5` for five.
 */
function joinValues(argv: readonly string[], mistakes: Mistake[]): string[] {
  const joined: string[] = []
  for (let index = 0; index < argv.length; index++) {
    const arg = argv[index] ?? ''
    const name = valueNameOf(arg)
    const attached = /^-([A-Za-z])=?(.+)$/s.exec(arg)
    const attachedName = attached === null ? undefined : ALIASES.get(attached[1] ?? '')
    if (name !== null) {
      const next = argv[index + 1]
      if (next === undefined || isOption(next)) {
        mistakes.push(describeMissing(name))
      } else {
        joined.push(quote(name, next))
        index++
      }
    } else if (attachedName !== undefined && VALUE_NAMES.includes(attachedName)) {
      joined.push(quote(attachedName, attached?.[2] ?? ''))
    } else if (attached !== null && !ALIASES.has(attached[1] ?? '')) {
      // Unknown, as in `-z30s`: kept in one piece, for one clear message.
      joined.push(`-${attached[1]}=${attached[2]}`)
    } else if (VALUE_NAMES.some((value) => arg.startsWith(`--${value}=`))) {
      const equals = arg.indexOf('=')
      joined.push(quote(arg.slice(2, equals), arg.slice(equals + 1)))
    } else if (SWITCH_NAMES.some((name) => arg.startsWith(`--${name}=`))) {
      mistakes.push(describeSwitchValue(arg))
    } else {
      joined.push(arg)
    }
  }
  return joined
}

/** The parser takes one pair of quotes away, which may be the value's own: `--payload '"x"'`. */
function quote(name: string, value: string): string {
  return `--${name}="${value}"`
}

/** The option whose value comes next, when the argument is one. */
function valueNameOf(arg: string): string | null {
  const name = arg.startsWith('--') ? arg.slice(2) : ALIASES.get(arg.slice(1))
  return arg.startsWith('-') && name !== undefined && VALUE_NAMES.includes(name) ? name : null
}

function isOption(arg: string): boolean {
  return /^--[a-z]/i.test(arg) || (arg.startsWith('-') && ALIASES.has(arg.slice(1)))
}

/** URLs and flows become options; the path of a scenario file is returned. */
function readPositionals(
  positionals: readonly string[],
  flags: RawOption[],
  mistakes: Mistake[],
): string | null {
  let scenarioPath: string | null = null
  const hasSwitch = (name: string): boolean => flags.some((flag) => flag.name === name)
  for (const text of positionals) {
    if (/\.ya?ml$/i.test(text) && !text.includes('://')) {
      if (scenarioPath !== null)
        mistakes.push(describeStray(text, 'is a second scenario', 'stress storm.yaml'))
      scenarioPath = text
    } else if (isFlowPath(text)) {
      flags.push({ name: 'flow', text, where: 'FLOW', folder: '' })
    } else if (/^\d+(?:\.\d+)?[km]?$/i.test(text)) {
      const example = hasSwitch('quiet') ? `-R ${text}` : `--connections ${text}`
      const meant = hasSwitch('quiet') ? `; --quiet (-q) takes no value, did you mean -R ${text}` : ''
      mistakes.push(describeStray(text, `is a number that belongs to no option${meant}`, example))
    } else if (looksLikeAddress(text)) {
      flags.push({ name: 'url', text, where: 'URL', folder: '' })
    } else {
      const meant = suggestName(text, Object.keys(COMMANDS))
      const problem = `is no address, scenario file or command${meant === null ? '' : `; did you mean ${meant}`}`
      mistakes.push(
        describeStray(text, problem, meant === null ? 'stress ws://127.0.0.1:9001' : `stress ${meant}`),
      )
    }
  }
  return scenarioPath
}

function describeStray(text: string, problem: string, example: string): Mistake {
  const accepted = 'a ws:// or wss:// URL, HOST:PORT, one scenario.yaml, a flow.mjs, or a command'
  return { where: 'argument', value: redactUrl(text), problem, accepted, example }
}

function describeMissing(name: string): Mistake {
  const option = findOption(toCamel(name))
  const { accepted, example } =
    option === undefined || option.kind === 'switch' ? { accepted: '', example: '' } : option
  return { where: `--${name}`, value: '', problem: 'has no value', accepted, example }
}

function describeSwitchValue(arg: string): Mistake {
  const [where = '', value = ''] = arg.split('=', 2)
  return { where, value, problem: 'takes no value', accepted: 'the option alone', example: where }
}

/** The value is not shown: an option that nobody knows may well be a secret. */
function describeUnknown(name: string, value: unknown, others: readonly string[]): Mistake {
  const dashed = name.length === 1 ? `-${name}` : `--${name}`
  const habit = Object.hasOwn(HABITS, name) ? HABITS[name] : undefined
  const near = name.length === 1 ? null : suggestName(name, [...VALUE_NAMES, ...SWITCH_NAMES, ...others])
  const example =
    habit ?? (near === null ? 'stress --help' : `--${near}${typeof value === 'string' ? ' …' : ''}`)
  const meant = habit ?? (near === null ? null : `--${near}`)
  return {
    where: dashed,
    value: '',
    problem: `is not an option${meant === null ? '' : `; did you mean ${meant}`}`,
    accepted: 'the options of stress --help',
    example,
  }
}
