/** What a scenario file may say: the options of the command line by name, groups, and a command that starts the server. */
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Mistake } from '../errors.ts'
import type { RawOption } from './option.ts'
import { findOption, GROUP_OPTIONS, OPTION_NAMES, OPTIONS } from './option-table.ts'
import { readScenarioFile, type ScenarioFile } from './scenario-file.ts'
import { suggestName } from './suggest.ts'

export interface ScenarioGroup {
  readonly name: string
  readonly where: string
  readonly options: readonly RawOption[]
}

export interface Scenario {
  readonly options: readonly RawOption[]
  /** Empty: the options describe one group. */
  readonly groups: readonly ScenarioGroup[]
  /** Starts the server; null: nothing to start. */
  readonly command: readonly string[] | null
}

const EXAMPLES: Readonly<Record<string, string>> = {
  name: 'name: readers',
  groups: 'groups: [{ name: readers, connections: 10 }]',
  command: 'command: [node, server.js]',
  stages: 'stages: [{ to: 1k/s, over: 10s }]',
  to: 'to: 1k/s',
  over: 'over: 10s',
}

const text = z.string()
const textOrList = z.union([text, z.array(text).min(1)])
const rateSchema = z.union([
  text,
  z.strictObject({
    from: text.optional(),
    stages: z.array(z.strictObject({ to: text, over: text })).min(1),
  }),
])
const headerSchema = z.union([text, z.array(text).min(1), z.record(text, text)])

const groupSchema = z.strictObject({
  name: text.regex(/^[A-Za-z][\w-]*$/),
  ...Object.fromEntries(GROUP_OPTIONS.map((name) => [name, schemaOf(name).optional()])),
})

type Place = Pick<ScenarioFile, 'locate'>

/** Every value is a text, as on the command line; the options' own parsers read it. */
export const scenarioSchema = z.strictObject({
  ...Object.fromEntries(OPTION_NAMES.map((name) => [name, schemaOf(name).optional()])),
  ...Object.fromEntries(listPlurals().map(([plural, name]) => [plural, schemaOf(name).optional()])),
  groups: z.array(groupSchema).min(1).optional(),
  command: textOrList.optional(),
})

/** Reads a scenario file's content; mistakes come with line and column. `path` is also where its `@file`s start from. */
export function parseScenario(path: string, content: Buffer, mistakes: Mistake[]): Scenario {
  const file = readScenarioFile(path, content)
  mistakes.push(...file.mistakes)
  return readScenario(file, dirname(path), mistakes)
}

/** The scenario in a tree of texts, wherever that comes from. `folder`: where its `@file`s start from. */
export function readScenario(
  file: Pick<ScenarioFile, 'tree' | 'locate'>,
  folder: string,
  mistakes: Mistake[],
): Scenario {
  const checked = scenarioSchema.safeParse(file.tree, { reportInput: true })
  const issues = checked.error?.issues ?? []
  mistakes.push(...issues.flatMap((issue) => describeIssue(issue, [], file)))
  const broken = new Set(issues.flatMap(listBrokenKeys))
  // Without its groups, or as a whole, it would be another scenario, with mistakes that are not in this one.
  if (broken.has('') || broken.has('groups')) return { options: [], groups: [], command: null }
  // The schema changes nothing, and the tree itself has the order of the file.
  const sound = Object.entries(file.tree as object).filter(([key]) => !broken.has(key))
  const { groups = [], command, ...options } = Object.fromEntries(sound) as z.infer<typeof scenarioSchema>
  return {
    options: toRawOptions(options, [], folder, file),
    groups: groups.map(({ name, ...own }, index) => ({
      name: String(name),
      where: file.locate(['groups', index]),
      options: toRawOptions(own, ['groups', index], folder, file),
    })),
    command: command === undefined ? null : splitCommand(command),
  }
}

function schemaOf(name: (typeof OPTION_NAMES)[number]): z.ZodType {
  if (name === 'rate' || name === 'messageRate') return rateSchema
  if (name === 'header') return headerSchema
  return OPTIONS[name].kind === 'list' ? textOrList : text
}

function listPlurals(): [plural: string, name: (typeof OPTION_NAMES)[number]][] {
  return OPTION_NAMES.flatMap((name) => {
    const option = findOption(name)
    return option?.kind === 'list' ? [[option.plural, name]] : []
  })
}

function toRawOptions(
  values: Readonly<Record<string, unknown>>,
  path: readonly PropertyKey[],
  folder: string,
  file: Place,
): RawOption[] {
  const plurals = new Map<string, string>(listPlurals())
  return Object.entries(values).flatMap(([key, value]) => {
    const name = plurals.get(key) ?? key
    const make = (item: string, ...steps: PropertyKey[]): RawOption => ({
      name,
      text: item,
      where: file.locate([...path, key, ...steps]),
      folder,
    })
    if (typeof value === 'string') return [make(value)]
    if (Array.isArray(value)) return value.map((item, index) => make(String(item), index))
    if (name === 'header') {
      return Object.entries(value as Record<string, string>).map(([header, item]) =>
        make(`${header}: ${item}`, header),
      )
    }
    return [make(writeSchedule(rateSchema.parse(value)))]
  })
}

/** The form that the option has on the command line: `0..1k/s over 10s, 1k/s..1k/s over 30s`. */
function writeSchedule(rate: z.infer<typeof rateSchema>): string {
  if (typeof rate === 'string') return rate
  let from = rate.from ?? '0'
  const stages = rate.stages.map(({ to, over }) => {
    const stage = `${from}..${to} over ${over}`
    from = to
    return stage
  })
  return stages.join(', ')
}

/** A text is split at spaces; an argument with a space of its own needs the list form. */
function splitCommand(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? command.trim().split(/\s+/) : command
}

/** Keys at the top under which something is wrong; empty: the whole. */
function listBrokenKeys(issue: z.core.$ZodIssue): string[] {
  if (issue.path.length === 0 && issue.code === 'unrecognized_keys') return issue.keys
  return [String(issue.path[0] ?? '')]
}

function describeIssue(issue: z.core.$ZodIssue, base: readonly PropertyKey[], file: Place): Mistake[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'invalid_union') {
    // The form that got furthest is the one that was meant.
    const forms = [...issue.errors].sort((a, b) => depth(b) - depth(a))
    const meant = forms[0] ?? []
    if (depth(meant) > 0) return meant.flatMap((inner) => describeIssue(inner, path, file))
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => describeUnknownKey(key, path, file))
  }
  const key = String(path.at(-1) ?? '')
  const option = findOption(key)
  const missing = issue.code === 'invalid_type' && issue.input === undefined
  return [
    {
      where: file.locate(path),
      value: '',
      problem: describeProblem(issue, key, missing),
      accepted: acceptedFor(key, option),
      example: exampleFor(key, option),
    },
  ]
}

function describeUnknownKey(key: string, path: readonly PropertyKey[], file: Place): Mistake {
  const known = path[0] === 'groups' ? ['name', ...GROUP_OPTIONS] : Object.keys(scenarioSchema.shape)
  const inRate = path.some((step) => step === 'rate' || step === 'messageRate')
  const names = inRate ? ['from', 'stages', 'to', 'over'] : known
  const meant = suggestName(key, names)
  return {
    where: file.locate([...path, key]),
    value: '',
    problem: `is not known here${meant === null ? '' : `; did you mean ${meant}`}`,
    accepted:
      inRate || path[0] === 'groups' ? names.join(', ') : 'the long options in camelCase, groups, command',
    example: `${meant ?? 'connections'}: …`,
  }
}

function describeProblem(issue: z.core.$ZodIssue, key: string, missing: boolean): string {
  if (missing) return 'is missing'
  if (issue.code === 'too_small') return 'is an empty list'
  if (issue.code === 'invalid_format') return 'is not a name'
  return key === '' ? 'is not a map of options' : 'has the wrong form'
}

function acceptedFor(key: string, option: ReturnType<typeof findOption>): string {
  if (option !== undefined) return option.kind === 'switch' ? 'true or false' : option.accepted
  if (key === 'name') return 'letters, digits, _ and -, a letter first'
  if (key === 'groups') return 'a list of groups, each with a name'
  if (key === 'over') return 'a time'
  if (key === 'to' || key === 'from') return 'a rate'
  if (key === 'command') return 'a command, or a list of its words'
  return key === '' ? 'keys and values' : 'one value'
}

function exampleFor(key: string, option: ReturnType<typeof findOption>): string {
  if (option === undefined) return EXAMPLES[key] ?? 'connections: 100'
  return option.kind === 'switch' ? `${key}: true` : option.example
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(
    0,
    ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)),
  )
}
