/** What a shell offers for the word at the cursor. Pure. */
import { DIALECTS } from '../dialects/registry.ts'
import { toCamel, toKebab } from '../plan/option.ts'
import { findOption, OPTION_NAMES } from '../plan/option-table.ts'
import { ALL, SERVER_NAMES } from '../servers/names.ts'
import { METRICS } from '../thresholds/metric-catalog.ts'
import type { CommandSpec } from './command-options.ts'
import { TOPIC_NAMES } from './help-topics.ts'
import { CLIENT_SPEC } from './parse-client.ts'
import { COMPARE_FILES_SPEC, COMPARE_SERVERS_SPEC } from './parse-compare.ts'
import { IMPORT_SPEC } from './parse-import.ts'
import { REPORT_SPEC } from './parse-report.ts'
import { SERVE_SPEC } from './parse-serve.ts'
import { VERIFY_SPEC } from './parse-verify.ts'

export interface Candidate {
  readonly word: string
  /** Shown beside it where the shell can. */
  readonly about: string
}

interface Flag extends Candidate {
  readonly takesValue: boolean
  /** May be given again. */
  readonly isList: boolean
  /** `-c`. */
  readonly alias: string | null
}

/** What each command is for. */
export const COMMANDS: Readonly<Record<string, string>> = {
  run: 'load a server (may be left out)',
  serve: 'run a demo server',
  client: 'talk to a server by hand',
  verify: 'check what a server does',
  doctor: 'can this machine do that?',
  report: 'a saved result once more',
  compare: 'better, worse, or the same?',
  import: 'a flow from what a browser recorded',
  help: 'on a topic',
  completion: 'the script that makes a shell complete all this',
  version: 'of this tool',
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * `words`: those behind the program's name up to the cursor; the last is the one to complete, and may be empty. None is
 * offered where a file is meant: shells know files themselves, but for scenarios, of which `listFiles` tells a folder's.
 */
export function listCandidates(
  words: readonly string[],
  listFiles: (folder: string) => readonly string[],
): Candidate[] {
  // bash makes three words of `--dialect=rooms`.
  const own = words.filter((word, index) => word !== '=' || index === words.length - 1)
  const last = own.at(-1) ?? ''
  const before = own.slice(0, -1)
  // What stands there is somebody else's command, and no word of ours.
  if (before.includes('--')) return []
  const command = Object.hasOwn(COMMANDS, before[0] ?? '') ? before[0]! : 'run'
  const flags = listFlags(command)
  const find = (word: string) => flags.find((flag) => flag.word === word || flag.alias === word)

  const joined = /^(--[a-z-]+)=(.*)$/.exec(last)
  if (joined !== null) {
    const [, name = '', text = ''] = joined
    return startingWith(text, listValues(command, name)).map(({ word, about }) => ({
      word: `${name}=${word}`,
      about,
    }))
  }
  const current = last === '=' ? '' : last
  const owner = find(before.at(-1) ?? '')
  if (owner?.takesValue === true) return startingWith(current, listValues(command, owner.word))
  if (current.startsWith('-')) {
    const unused = flags.filter((flag) => flag.isList || !before.some((word) => find(word) === flag))
    return startingWith(current, unused)
  }
  return startingWith(current, listWords(command, before, current, listFiles))
}

/** What needs no option. */
function listWords(
  command: string,
  before: readonly string[],
  current: string,
  listFiles: (folder: string) => readonly string[],
): Candidate[] {
  const isFirst = before.length === 1
  if (command === 'help') return isFirst ? named(TOPIC_NAMES) : []
  if (command === 'serve') return isFirst ? named([...SERVER_NAMES, ALL]) : []
  if (command === 'import') return isFirst ? named(['har']) : []
  if (command === 'completion') return isFirst ? named(SHELLS) : []
  if (command !== 'run' && command !== 'doctor') return []
  const scenarios = listFiles(current.slice(0, current.lastIndexOf('/') + 1)).filter((path) =>
    /\.ya?ml$/i.test(path),
  )
  const commands =
    before.length === 0 ? Object.entries(COMMANDS).map(([word, about]) => ({ word, about })) : []
  return [...commands, ...named(scenarios)]
}

function listFlags(command: string): Flag[] {
  if (command === 'serve') return ofSpec(SERVE_SPEC)
  if (command === 'client') return ofSpec(CLIENT_SPEC)
  if (command === 'verify') return ofSpec(VERIFY_SPEC)
  if (command === 'report') return ofSpec(REPORT_SPEC)
  if (command === 'import') return ofSpec(IMPORT_SPEC)
  if (command === 'compare')
    return [...ofSpec(COMPARE_FILES_SPEC), ...ofSpec(COMPARE_SERVERS_SPEC)].filter(isFirstOfName)
  if (command === 'doctor') return [...ofRun(), makeFlag('measure', 'what its generator can do')]
  return command === 'run' ? ofRun() : []
}

function isFirstOfName(flag: Flag, index: number, all: readonly Flag[]): boolean {
  return all.findIndex(({ word }) => word === flag.word) === index
}

function ofRun(): Flag[] {
  const flags = OPTION_NAMES.map((name) => {
    const { kind, help, alias } = findOption(name)!
    return makeFlag(toKebab(name), help, kind, alias)
  })
  return [...flags, makeFlag('help', 'the short help'), makeFlag('version', 'of this tool')]
}

function ofSpec({ options }: CommandSpec): Flag[] {
  const flags = Object.entries(options).map(([name, { kind, alias }]) =>
    // Many are the same as a run's, and mean the same.
    makeFlag(name, findOption(toCamel(name))?.help ?? '', kind, alias),
  )
  return [...flags, makeFlag('help', 'of this command')]
}

function makeFlag(
  name: string,
  about: string,
  kind: 'switch' | 'value' | 'list' = 'switch',
  alias?: string,
): Flag {
  return {
    word: `--${name}`,
    about,
    takesValue: kind !== 'switch',
    isList: kind === 'list',
    alias: alias === undefined ? null : `-${alias}`,
  }
}

/** Words that an option takes; empty where any text or a file will do. */
function listValues(command: string, option: string): Candidate[] {
  if (command === 'client' && option === '--dialect') return named(['momentum', 'text'])
  const { parse = null } = findOption(toCamel(option.slice(2))) as { parse?: unknown }
  if (typeof parse === 'function' && 'words' in parse) return named(parse.words as readonly string[])
  return VALUES[option]?.() ?? []
}

const VALUES: Readonly<Record<string, () => Candidate[]>> = {
  '--dialect': () =>
    Object.values(DIALECTS).map(({ name, description }) => ({ word: name, about: description ?? '' })),
  '--serve': () => named(SERVER_NAMES),
  '--match': () => named(['auto', 'fifo']),
  '--threshold': () => named([...METRICS.keys()]),
  '--metric': () => named([...METRICS.keys()]),
}

function named(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word, about: '' }))
}

function startingWith<T extends Candidate>(text: string, candidates: readonly T[]): Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(text)).map(({ word, about }) => ({ word, about }))
}
