/**
 * A saved result again. A file may be from anywhere: nothing of it is believed before it was checked, and no text of it
 * keeps a character that does something to a terminal.
 */
import type { z } from 'zod'
import { type Mistake, UsageError } from '../errors.ts'
import { escapeControls } from '../plan/escape-controls.ts'
import { TRENDS } from '../record/series.ts'
import { type Flaw, findExcess } from './file-limits.ts'
import { findFlaws } from './find-flaws.ts'
import { type RunResult, runResult, type TestResult } from './run-result.ts'
import { SCHEMA_VERSION, TOOL } from './tool.ts'

/** Of one file, so that a broken one does not bury what is wrong with it. */
const MAX_MISTAKES = 5
const MAX_SHOWN = 60
const ACCEPTED = `a result of stress (schemaVersion ${SCHEMA_VERSION}), as -o FILE.json and --json write it`
const EXAMPLE = 'stress … -o result.json'

/**
 * The result in a text; `name` is the file's, for messages. What a file of the same version has besides is left out, and
 * what an older one has not is as the schema says: not measured.
 * @throws UsageError with file, field and what is accepted
 */
export function readResult(text: string, name: string): RunResult {
  const file = parseJson(text, name)
  const mistake = checkKind(file, name)
  if (mistake !== null) throw new UsageError([mistake])
  const excess = findExcess(file)
  if (excess !== null) throw new UsageError([describe(excess, name)])
  const parsed = runResult.safeParse(file, { reportInput: true })
  if (!parsed.success) throw refuse(parsed.error.issues.map(describeIssue), name)
  const flaws = findFlaws(parsed.data)
  if (flaws.length > 0) throw refuse(flaws, name)
  const result = cleanTexts(parsed.data) as RunResult
  return { ...result, tests: result.tests.map((test) => ({ ...test, histograms: inOrder(test.histograms) })) }
}

/** In a file they are sorted by name; a report shows them in the order in which a run records them. */
function inOrder(histograms: TestResult['histograms']): TestResult['histograms'] {
  const rank = (name: string): number => (TRENDS as readonly string[]).indexOf(name) >>> 0
  return Object.fromEntries(Object.entries(histograms).sort(([a], [b]) => rank(a) - rank(b)))
}

function parseJson(text: string, name: string): unknown {
  const content = text.replace(/^\ufeff/, '')
  try {
    return JSON.parse(content) as unknown
  } catch (error) {
    const problem = content.trim() === '' ? 'is empty' : describeSyntax(content, (error as Error).message)
    throw new UsageError([{ where: name, value: '', problem, accepted: ACCEPTED, example: EXAMPLE }])
  }
}

/** The engine's own message shows pieces of the text. */
function describeSyntax(text: string, message: string): string {
  const [, position] = /at position (\d+)/.exec(message) ?? []
  const isCut = /^Unexpected end/.test(message) || Number(position) >= text.trimEnd().length
  if (isCut) return 'ends too early: it was cut off'
  if (position === undefined) return 'is not JSON'
  const before = text.slice(0, Number(position)).split('\n')
  return `is not JSON: line ${before.length}, column ${before.at(-1)!.length + 1}`
}

/** Null: a result that this program can read. */
function checkKind(file: unknown, name: string): Mistake | null {
  if (!isObject(file))
    return describe({ path: [], value: '', problem: 'is no result', accepted: ACCEPTED }, name)
  if (!Object.hasOwn(file, 'schemaVersion')) {
    const what =
      Object.hasOwn(file, 'tests') && Object.hasOwn(file, 'outputs')
        ? 'is a plan (--dry-run)'
        : 'is no result of stress'
    return describe(
      { path: [], value: '', problem: `${what}: it has no schemaVersion`, accepted: ACCEPTED },
      name,
    )
  }
  const { schemaVersion, tool } = file
  if (schemaVersion !== SCHEMA_VERSION) {
    const isNewer = typeof schemaVersion === 'number' && schemaVersion > SCHEMA_VERSION
    const problem = isNewer
      ? `is newer than this program (${TOOL.version})`
      : 'is no version that there ever was'
    const accepted = `${SCHEMA_VERSION}${isNewer ? '; a newer program reads both' : ''}`
    return describe({ path: ['schemaVersion'], value: schemaVersion, problem, accepted }, name)
  }
  if (file.kind === 'comparison')
    return describe({ path: [], value: '', problem: 'is a comparison, not a run', accepted: ACCEPTED }, name)
  const writer = isObject(tool) ? tool.name : undefined
  if (writer === TOOL.name) return null
  return describe(
    { path: ['tool', 'name'], value: writer, problem: 'is another program', accepted: TOOL.name },
    name,
  )
}

function describeIssue(issue: z.core.$ZodIssue): Flaw {
  const { path, input: value } = issue
  if (issue.code === 'invalid_type') {
    const problem = value === undefined ? 'is missing' : `is no ${issue.expected}`
    return { path, value, problem, accepted: `a ${issue.expected}` }
  }
  const accepted = issue.code === 'invalid_value' ? issue.values.map(String).join(', ') : ACCEPTED
  return { path, value, problem: 'is not one that this program knows', accepted }
}

function refuse(flaws: readonly Flaw[], name: string): UsageError {
  const mistakes = flaws.slice(0, MAX_MISTAKES).map((flaw) => describe(flaw, name))
  const left = flaws.length - mistakes.length
  if (left > 0)
    mistakes.push({
      where: name,
      value: '',
      problem: `has ${left} more such mistakes`,
      accepted: ACCEPTED,
      example: EXAMPLE,
    })
  return new UsageError(mistakes)
}

function describe({ path, value, problem, accepted }: Flaw, name: string): Mistake {
  const field = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  const where = field === '' ? name : `${name}: ${shorten(field.slice(1), 2 * MAX_SHOWN)}`
  return { where, value: shorten(show(value), MAX_SHOWN), problem, accepted, example: EXAMPLE }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return '[…]'
  if (isObject(value)) return '{…}'
  return value === undefined ? '' : String(value)
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Texts and names of fields as one harmless line each. */
function cleanTexts(value: unknown): unknown {
  if (typeof value === 'string') return escapeControls(value)
  if (Array.isArray(value)) return value.map(cleanTexts)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [escapeControls(key), cleanTexts(one)]))
}
