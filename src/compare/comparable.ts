/** May runs stand beside one another? Only when nothing differs but the server under test. */
import { isDeepStrictEqual } from 'node:util'
import type { RunResult, TestResult } from '../result/run-result.ts'

/** A run and what it is called: its file, or `base 3`. */
export interface NamedRun {
  readonly name: string
  readonly result: RunResult
}

export interface Difference {
  readonly code: 'plan' | 'machine' | 'not-valid' | 'not-completed'
  readonly message: string
}

const MOST_NAMED = 3
/** Of the plan; it only seeds random arrivals, which are to differ from run to run. */
const FREE_FIELDS: ReadonlySet<string> = new Set(['seed'])

/** Why these runs are not comparable, each reason once; empty when they are. */
export function listDifferences(runs: readonly NamedRun[]): Difference[] {
  const [first, ...others] = runs
  if (first === undefined) return []
  return [
    ...group('plan', others, (run) => diffPlans(first.result.tests, run.result.tests), first),
    ...group('machine', others, (run) => diffMachines(first.result, run.result), first),
    ...group('not-completed', runs, ({ result }) =>
      result.status === 'completed'
        ? []
        : [`was ${result.status === 'aborted' ? 'interrupted' : 'not completed'}`],
    ),
    ...group('not-valid', runs, ({ result }) =>
      result.tests
        .filter(({ validity }) => validity.state !== 'valid')
        .map(({ testType, validity }) => `is ${validity.state} in ${testType}`),
    ),
  ]
}

/** One message for all runs that differ in the same way. */
function group(
  code: Difference['code'],
  runs: readonly NamedRun[],
  explain: (run: NamedRun) => readonly string[],
  first: NamedRun | null = null,
): Difference[] {
  const byText = new Map<string, string[]>()
  for (const run of runs) {
    const text = explain(run).slice(0, MOST_NAMED).join('; ')
    if (text !== '') byText.set(text, [...(byText.get(text) ?? []), run.name])
  }
  return [...byText].map(([text, names]) => ({
    code,
    message: `${listNames(names)}: ${text}${first === null ? '' : ` (against ${first.name})`}`,
  }))
}

function listNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function diffPlans(base: readonly TestResult[], head: readonly TestResult[]): string[] {
  const types = [base, head].map((tests) => tests.map(({ testType }) => testType).join(', '))
  if (types[0] !== types[1]) return [`tests ${types[1] || 'none'}, not ${types[0] || 'none'}`]
  return base.flatMap(({ plan, testType }, index) => {
    const prefix = base.length > 1 ? `${testType} ` : ''
    return diffValues(plan, head[index]!.plan, '').map((text) => `${prefix}${text}`)
  })
}

function diffValues(base: unknown, head: unknown, path: string): string[] {
  if (isDeepStrictEqual(base, head) || FREE_FIELDS.has(path)) return []
  if (!isObject(base) || !isObject(head))
    return [`${path} ${JSON.stringify(head)}, not ${JSON.stringify(base)}`]
  const keys = [...new Set([...Object.keys(base), ...Object.keys(head)])]
  return keys.flatMap((key) => diffValues(base[key], head[key], path === '' ? key : `${path}.${key}`))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function diffMachines({ environment: base }: RunResult, { environment: head }: RunResult): string[] {
  const major = (version: string): string => version.split('.')[0]!
  const facts = (one: RunResult['environment']): [string, unknown][] => [
    ['CPU', one.cpuModel],
    ['cores', one.cpus],
    ['cores allowed', one.cpusAllowed],
    ['system', one.os],
    ['Node', major(one.node)],
  ]
  const before = facts(base)
  return facts(head).flatMap(([name, value], index) => {
    const [, was] = before[index]!
    return value === was ? [] : [`${name} ${value}, not ${was}`]
  })
}

/** Files that hold the same run: counted twice, it would look like two that agree. */
export function findRepeated(runs: readonly NamedRun[]): string | null {
  const seen = new Map<string, string>()
  for (const { name, result } of runs) {
    const key = `${result.startedAt} ${result.finishedAt} ${JSON.stringify(result.summary)}`
    const before = seen.get(key)
    if (before !== undefined) return `${name} is the same run as ${before}`
    seen.set(key, name)
  }
  return null
}
