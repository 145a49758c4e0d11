/** `stress report`: saved results rendered again, several side by side. */
import type { Readable } from 'node:stream'
import { EXIT, UsageError } from '../errors.ts'
import type { OutputFormat } from '../plan/plan.ts'
import { FORMATS_OF_SEVERAL, render, renderTogether } from '../report/render.ts'
import { type NamedResult, renderSideBySide } from '../report/side-by-side.ts'
import { type ReportOptions, renderReport, renderTest } from '../report/table.ts'
import { openOutputs, writeText } from '../report/write.ts'
import { decideExitCode } from '../result/exit-code.ts'
import type { RunResult } from '../result/run-result.ts'
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
  const runs = read.map((run) => ({ ...run, result: judge(run.result, command) }))
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

/** Thresholds of the command take the place of those of the run; of an interrupted one nothing passes. */
function judge(result: RunResult, { thresholds, requireValid }: ReportCommand): RunResult {
  const { exitCode } = result
  const interruptedBy =
    exitCode === EXIT.interrupted ? 'SIGINT' : exitCode === EXIT.terminated ? 'SIGTERM' : null
  if (thresholds.length > 0) return judgeResult(result, { thresholds, requireValid: true }, interruptedBy)
  return requireValid ? { ...result, exitCode: decideExitCode(result, true, interruptedBy) } : result
}

function decideExit(runs: readonly NamedResult[], { thresholds, requireValid }: ReportCommand): number {
  const isAsked = thresholds.length > 0 || requireValid
  const codes = runs.flatMap(({ name, result }) => (isAsked || name === '-' ? [result.exitCode] : []))
  return Object.values(EXIT).find((code) => codes.includes(code)) ?? EXIT.passed
}

function renderTerminal(
  runs: readonly NamedResult[],
  { verbosity }: ReportCommand,
  { width, color, written }: Pick<ReportOptions, 'width' | 'color' | 'written'>,
): string {
  const [only] = runs
  if (runs.length > 1 || only === undefined)
    return renderSideBySide(runs, { width, color, verbosity, written })
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
      accepted: `one result, or ${FORMATS_OF_SEVERAL.join(', ')}`,
      example: `-o report.${FORMATS_OF_SEVERAL.at(-1)}`,
    })),
  )
}
