/** From settings given in code to what resolveCommand() takes: texts, each with the place it came from. */
import type { RunCommand } from '../cli/parse-arguments.ts'
import { admitObject } from '../dialects/load-dialect.ts'
import { forgetObject } from '../dialects/registry.ts'
import type { Mistake } from '../errors.ts'
import type { RawOption } from '../plan/option.ts'
import { OUTPUT_OPTIONS } from '../plan/options-output.ts'
import { readScenario, type Scenario } from '../plan/scenario.ts'

/** What is said about output is for the command line, but when a run passes is for all. */
const VERDICTS: readonly string[] = [
  'threshold',
  'thresholds',
  'baseline',
  'baselines',
  'anyway',
  'abortOnFail',
  'requireValid',
]
const OUTPUTS = new Set(
  [...Object.keys(OUTPUT_OPTIONS), 'outputs'].filter((name) => !VERDICTS.includes(name)),
)

export interface ReadSettings {
  readonly command: Omit<RunCommand, 'command'>
  /** The settings as a scenario; null: they lie over the one in a file. */
  readonly scenario: Scenario | null
  /** Forgets the dialects that were given as objects. */
  readonly release: () => void
}

export function readSettings(settings: unknown): ReadSettings {
  const mistakes: Mistake[] = []
  const objects: string[] = []
  if (!isPlain(settings)) {
    const tree = typeof settings === 'object' ? null : settings
    const scenario = readScenario({ tree, locate }, '', mistakes)
    const command = { flags: [], scenarioPath: null, serverCommand: null, mistakes }
    return { command, scenario, release: () => {} }
  }
  const tree = toTree(settings, [], (given, path) => {
    const name = admitObject(given, locate(path), mistakes)
    if (name !== null) objects.push(name)
    return name ?? 'echo'
  })
  if (objects.length > 0) tieToThread(tree, mistakes)
  for (const name of Object.keys(tree).filter((key) => OUTPUTS.has(key))) {
    delete tree[name]
    mistakes.push(describeOutput(name))
  }
  const { scenario: path, ...options } = tree
  const scenarioPath = typeof path === 'string' ? path : null
  if (path !== undefined && scenarioPath === null) mistakes.push(WRONG_PATH)
  const scenario = readScenario({ tree: options, locate }, '', mistakes)
  const shared = { scenarioPath, mistakes }
  const release = (): void => objects.forEach(forgetObject)
  if (scenarioPath === null) {
    return { command: { ...shared, flags: [], serverCommand: null }, scenario, release }
  }
  // Groups of a file and groups of the program could not be told apart by their names.
  if (scenario.groups.length > 0) mistakes.push(GROUPS_TWICE)
  const flags: readonly RawOption[] = scenario.options
  return { command: { ...shared, flags, serverCommand: scenario.command }, scenario: null, release }
}

const WRONG_PATH: Mistake = {
  where: 'scenario',
  value: '',
  problem: 'has the wrong form',
  accepted: 'the path of a scenario file',
  example: "scenario: 'storm.yaml'",
}

const GROUPS_TWICE: Mistake = {
  where: 'groups',
  value: '',
  problem: 'cannot go with a scenario file',
  accepted: 'groups in the file, or all of it in code',
  example: "scenario: 'storm.yaml'",
}

function describeOutput(where: string): Mistake {
  return {
    where,
    value: '',
    problem: 'is for the command line: the library prints and writes nothing',
    accepted: 'formatTable(result), or the result itself',
    example: 'formatTable(result, { full: true })',
  }
}

/** Functions of an object run in the calling thread alone, so one worker is all that there is. */
function tieToThread(tree: Record<string, unknown>, mistakes: Mistake[]): void {
  const { workers = '1' } = tree
  tree.workers = '1'
  if (workers === '1') return
  mistakes.push({
    where: 'workers',
    value: String(workers),
    problem: 'cannot go with a dialect that is an object: its load is made in the thread that calls',
    accepted: '1, or a dialect in a module',
    example: "dialect: new URL('./mine.mjs', import.meta.url)",
  })
}

type TakeDialect = (given: object, path: readonly PropertyKey[]) => string

/** Texts for numbers, booleans and URLs; a setting that is undefined is not there. What has no place here is left as it is. */
function toTree(
  settings: Readonly<Record<string, unknown>>,
  path: readonly PropertyKey[],
  takeDialect: TakeDialect,
): Record<string, unknown> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([key, value]) => [key, toTexts(value, [...path, key], takeDialect)]))
}

function toTexts(value: unknown, path: readonly PropertyKey[], takeDialect: TakeDialect): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (value instanceof URL) return value.href
  if (Array.isArray(value)) return value.map((item, index) => toTexts(item, [...path, index], takeDialect))
  if (typeof value !== 'object' || value === null) return value
  if (path.at(-1) === 'dialect') return takeDialect(value, path)
  return isPlain(value) ? toTree(value, path, takeDialect) : value
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

/** `groups[1].rate`, as a program would write it. */
function locate(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return text.replace(/^\./, '') || 'settings'
}
