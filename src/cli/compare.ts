/** `stress compare`: saved runs held against one another. */
import { findRepeated, listDifferences, type NamedRun } from '../compare/comparable.ts'
import { compareSides, type Judgement } from '../compare/compare-sides.ts'
import { EXIT, type Mistake, UsageError } from '../errors.ts'
import type { OutputFormat } from '../plan/plan.ts'
import { renderComparisonJson } from '../report/comparison/json.ts'
import { renderComparisonMarkdown } from '../report/comparison/markdown.ts'
import { renderComparison } from '../report/comparison/table.ts'
import { type ComparedRuns, renderComparisonHtml } from '../report/html-comparison.ts'
import { type OpenOutputs, openOutputs, writeText } from '../report/write.ts'
import type { ComparisonResult } from '../result/comparison-schema.ts'
import { SCHEMA_VERSION, TOOL } from '../result/tool.ts'
import { isPublished } from './baseline.ts'
import type { CompareFiles } from './parse-compare.ts'
import { readResults } from './read-results.ts'
import type { Signals } from './signals.ts'
import { openStepSummary } from './step-summary.ts'

const FILE_WIDTH = 100

export interface CompareContext {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
  readonly signals: Pick<Signals, 'signal' | 'exitCode'>
}

/** Returns the exit code. @throws UsageError for files that are no results, or not comparable */
export async function compareFiles(command: CompareFiles, context: CompareContext): Promise<number> {
  const { stdin, stdout, signals } = context
  if (command.base.every(isPublished))
    return (await import('./compare-published.ts')).comparePublished(command, context)
  const outputs = openOutputs(command.outputs, stdout)
  try {
    const read = await readResults([...command.base, ...command.head], { stdin, signal: signals.signal })
    const [base, head] = [read.slice(0, command.base.length), read.slice(command.base.length)]
    const mistakes = findMistakes(base, head, command.anyway)
    if (mistakes.length > 0) throw new UsageError(mistakes)
    const result = judgeComparison(base, head, command)
    await writeComparison(result, { base, head }, outputs, command, context)
    return result.exitCode
  } finally {
    outputs.discard()
  }
}

/** What stands in the way of a comparison; `anyway` lets all pass but what is no comparison at all. */
export function findMistakes(
  base: readonly NamedRun[],
  head: readonly NamedRun[],
  anyway: boolean,
): Mistake[] {
  const runs = [...base, ...head]
  const repeated = findRepeated(runs)
  const example = 'stress compare base-1.json base-2.json -- run-1.json run-2.json'
  const mistakes: Mistake[] = []
  if (repeated !== null)
    mistakes.push({ where: 'files', value: '', problem: repeated, accepted: 'every run once', example })
  const types = runs.map(({ result }) => new Set(result.tests.map(({ testType }) => testType)))
  const shared = [...types[0]!].filter((type) => types.every((one) => one.has(type)))
  if (shared.length === 0) {
    const accepted = 'runs of the same tests'
    mistakes.push({ where: 'files', value: '', problem: 'no test is in all of them', accepted, example })
  } else if (!anyway) {
    for (const { message } of listDifferences(runs)) {
      const accepted = 'valid runs of one plan on one machine, or --anyway'
      mistakes.push({ where: 'not comparable', value: '', problem: message, accepted, example: '--anyway' })
    }
  }
  return mistakes
}

/** The verdict on a comparison: what it found, its thresholds and the exit code. */
export function judgeComparison(
  base: readonly NamedRun[],
  head: readonly NamedRun[],
  command: Judgement & Pick<CompareFiles, 'requireValid' | 'failOnWorse'>,
): ComparisonResult {
  const { comparison, thresholds } = compareSides(base, head, command)
  const isInvalid = comparison.differences.some(({ code }) => code === 'not-valid')
  const hasFailed =
    thresholds.some(({ result }) => result !== 'pass') ||
    (command.failOnWorse && comparison.finding === 'worse')
  const exitCode =
    command.requireValid && isInvalid ? EXIT.notValid : hasFailed ? EXIT.threshold : EXIT.passed
  return { schemaVersion: SCHEMA_VERSION, tool: TOOL, kind: 'comparison', exitCode, comparison, thresholds }
}

/** Every output that was asked for; the table on standard output unless something else goes there. */
export async function writeComparison(
  result: ComparisonResult,
  sides: ComparedRuns,
  outputs: OpenOutputs,
  { quiet, color }: Pick<CompareFiles, 'quiet' | 'color'>,
  { stdout, stderr, env }: Pick<CompareContext, 'stdout' | 'stderr' | 'env'>,
): Promise<void> {
  const { failure } = await outputs.write((format) => render(result, sides, format, quiet))
  if (!outputs.usesStdout) {
    const width = stdout.columns || 80
    const isColored = color && stdout.isTTY === true && stdout.hasColors()
    await writeText(stdout, renderComparison(result, { width, color: isColored, quiet }))
  }
  const summary = openStepSummary(env.GITHUB_STEP_SUMMARY)
  const problem = summary.problem ?? summary.append(renderComparisonMarkdown(result))
  summary.close()
  if (problem !== null) await writeText(stderr, `warning: ${problem}\n`)
  if (failure !== null) throw failure
}

function render(result: ComparisonResult, sides: ComparedRuns, format: OutputFormat, quiet: boolean): string {
  if (format === 'html') return renderComparisonHtml(result, sides)
  if (format === 'json') return renderComparisonJson(result)
  if (format === 'md') return renderComparisonMarkdown(result)
  return renderComparison(result, { width: FILE_WIDTH, color: false, quiet })
}
