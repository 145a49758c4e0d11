/** `stress report`: saved results rendered again, added up or side by side. */
import type { Readable } from 'node:stream'
import { EXIT, UsageError } from '../errors.ts'
import type { OutputFormat } from '../plan/plan.ts'
import { FORMATS_OF_SEVERAL, render, renderTogether } from '../report/render.ts'
import { type NamedResult, renderSideBySide, shortenNames } from '../report/side-by-side.ts'
import { type ReportOptions, renderReport, renderTest } from '../report/table.ts'
import { openOutputs, writeText } from '../report/write.ts'
import { decideExitCode } from '../result/exit-code.ts'
import { checkShards } from '../result/merge/check-shards.ts'
import { mergeResults } from '../result/merge/merge-results.ts'
import type { RunResult } from '../result/run-result.ts'
import { checkThresholdOfResult } from '../thresholds/check-threshold.ts'
import { parseThreshold } from '../thresholds/grammar.ts'
import { judgeResult } from '../thresholds/judge-result.ts'
import type { ReportCommand } from './parse-report.ts'
import { readResults } from './read-results.ts'
import type { Signals } from './signals.ts'

export interface ReportContext {
  readonly stdin: Readable
  readonly stdout: NodeJS.WriteStream
  readonly signals: Pick<Signals, 'signal' | 'exitCode'>
}

/**
 * Returns the exit code: the verdict's when it is asked for here (`--threshold`, `--require-valid`) or comes through a
 * pipe, where the shell forgets that of the run; else 0, since a report of a failed run is no failure.
 * @throws UsageError for a file that is no result
 */
export async function runReport(command: ReportCommand, context: ReportContext): Promise<number> {
  const { stdin, stdout, signals } = context
  const read = await readResults(command.files, { stdin, signal: signals.signal })
  const asked = command.merge ? [merge(read, command.thresholds)] : read
  checkThresholds(asked, command.thresholds)
  const runs = asked.map((run) => ({ ...run, result: judge(run.result, command) }))
  if (runs.length > 1) checkFormats(command)
  const outputs = openOutputs(command.outputs, stdout)
  try {
    const color = command.color && stdout.isTTY === true && stdout.hasColors()
    const width = stdout.columns ?? 80
    const { written, failure } = await outputs.write((format) => renderFile(format, runs, command))
    if (!outputs.usesStdout) await writeText(stdout, renderTerminal(runs, command, { width, color, written }))
    if (failure !== null) throw failure
    return signals.exitCode() ?? decideExit(runs, command)
  } finally {
    outputs.discard()
  }
}

/** `expressions`: thresholds of the command. @throws UsageError when they are not parts of one run */
function merge(runs: readonly NamedResult[], expressions: readonly string[]): NamedResult {
  const mistakes = checkShards(runs)
  if (mistakes.length > 0)
    throw new UsageError(
      mistakes.map(({ name, problem }) => ({
        where: '--merge',
        value: name,
        problem,
        accepted: 'results of the same plan, from generators that ran at the same time',
        example: 'stress report a.json b.json --merge',
      })),
    )
  const labels = shortenNames(runs.map(({ name }) => name))
  const merged = mergeResults(runs.map(({ result }, index) => ({ name: labels[index]!, result })))
  const thresholds = expressions.length > 0 ? [] : findShared(runs)
  const code = worst(runs.map(({ result }) => result.exitCode).filter((code) => INTERRUPTED.includes(code)))
  const judged = judgeResult(merged, { thresholds, requireValid: thresholds.length > 0 }, signalOf(code))
  return { name: labels.join(' + '), result: judged }
}

/** Those that all were run with hold for the whole as well; others would be gone without a word. */
function findShared(runs: readonly NamedResult[]): string[] {
  const lists = runs.map(({ result }) => [...new Set(result.thresholds.map(({ expression }) => expression))])
  const [first = []] = lists
  const isSame = lists.every((list) => list.join('\n') === first.join('\n'))
  if (isSame && first.every((expression) => parseThreshold(expression).ok)) return first
  throw new UsageError([
    {
      where: '--merge',
      value: '',
      problem: 'the parts were run with thresholds that are not the same, or need a baseline',
      accepted: 'those for the whole, with --threshold',
      example: "--merge --threshold 'p99<50ms'",
    },
  ])
}

/** @throws UsageError with those that make no sense for one of the results */
function checkThresholds(runs: readonly NamedResult[], thresholds: readonly string[]): void {
  const mistakes = runs.flatMap(({ name, result }) =>
    thresholds.flatMap((expression) => {
      const mistake = checkThresholdOfResult(expression, result)
      return mistake === null ? [] : [{ ...mistake, where: `--threshold, of ${name}` }]
    }),
  )
  if (mistakes.length > 0) throw new UsageError(mistakes)
}

/** Thresholds of the command take the place of those of the run; of an interrupted one nothing passes. */
function judge(result: RunResult, { thresholds, requireValid }: ReportCommand): RunResult {
  const interruptedBy = signalOf(result.exitCode)
  if (thresholds.length > 0) return judgeResult(result, { thresholds, requireValid: true }, interruptedBy)
  return requireValid ? { ...result, exitCode: decideExitCode(result, true, interruptedBy) } : result
}

const INTERRUPTED: readonly number[] = [EXIT.interrupted, EXIT.terminated]

function signalOf(exitCode: number): 'SIGINT' | 'SIGTERM' | null {
  if (exitCode === EXIT.interrupted) return 'SIGINT'
  return exitCode === EXIT.terminated ? 'SIGTERM' : null
}

function decideExit(runs: readonly NamedResult[], command: ReportCommand): number {
  const isNew = command.thresholds.length > 0 || command.requireValid || command.merge
  return worst(runs.flatMap(({ name, result }) => (isNew || name === '-' ? [result.exitCode] : [])))
}

/** The first that applies. */
function worst(codes: readonly number[]): number {
  return Object.values(EXIT).find((code) => codes.includes(code)) ?? EXIT.passed
}

function renderTerminal(
  runs: readonly NamedResult[],
  { verbosity }: ReportCommand,
  { width, color, written }: Pick<ReportOptions, 'width' | 'color' | 'written'>,
): string {
  const [only] = runs
  const notes =
    checkShards(runs).length === 0 ? ['these look like parts of one run: --merge adds them up'] : []
  if (runs.length > 1 || only === undefined)
    return renderSideBySide(runs, { width, color, verbosity, written, notes })
  const { result } = only
  // As the run printed it: there several tests stand first, each printed when it ended.
  const streamed = result.tests.length > 1 && verbosity === 'default' && result.thresholds.length === 0
  const rows = streamed
    ? result.tests.map((test, index) =>
        renderTest(test, { ...result, tests: result.tests.slice(0, index + 1) }, { width, color }),
      )
    : []
  return rows.join('') + renderReport(result, { width, color, verbosity, streamed, written })
}

function renderFile(
  format: OutputFormat,
  runs: readonly NamedResult[],
  { verbosity }: ReportCommand,
): string {
  const [first, ...others] = runs
  if (first !== undefined && others.length === 0) return render(format, first.result, { verbosity })
  return renderTogether(format, runs, { verbosity }) ?? ''
}

/** Of several results that are not one. */
function checkFormats({ outputs }: ReportCommand): void {
  const wrong = outputs.filter(({ format }) => !FORMATS_OF_SEVERAL.includes(format))
  if (wrong.length === 0) return
  throw new UsageError(
    wrong.map(({ format, path }) => ({
      where: '--output',
      value: `${format}=${path ?? '-'}`,
      problem: 'has place for one result, and there are several',
      accepted: `${FORMATS_OF_SEVERAL.join(', ')}, or --merge when they are parts of one run`,
      example: `-o report.${FORMATS_OF_SEVERAL.at(-1)}`,
    })),
  )
}
