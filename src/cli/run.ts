/** `stress run`: plan, run, hold against thresholds, report. */

import { UsageError } from '../errors.ts'
import type { OutputFormat, RunPlan } from '../plan/plan.ts'
import { renderJson } from '../report/json.ts'
import { createProgress } from '../report/progress.ts'
import { renderReport, renderTest } from '../report/table.ts'
import { openOutputs, writeText } from '../report/write.ts'
import { decideExitCode } from '../result/exit-code.ts'
import type { RunResult } from '../result/run-result.ts'
import { debugConnection } from '../run/debug.ts'
import { run } from '../run/run.ts'
import { evaluateThresholds, mayStillHold } from '../thresholds/evaluate-thresholds.ts'
import { resolveCommand } from './create-plan.ts'
import { describePlan, describePlanAsJson } from './dry-run.ts'
import type { RunCommand } from './parse-arguments.ts'
import { checkMachine } from './plan-needs.ts'
import type { Signals } from './signals.ts'

const FILE_WIDTH = 100

export async function runCommand(command: RunCommand, signals: Signals): Promise<number> {
  const { stdout, stderr, env } = process
  const { plan, dryRun, debug } = await resolveCommand(command, env)
  if (dryRun) {
    const asJson = plan.outputs.some(({ format, path }) => format === 'json' && path === null)
    await writeText(stdout, asJson ? describePlanAsJson(plan) : `${describePlan(plan).join('\n')}\n`)
    return 0
  }
  if (debug)
    return debugConnection(plan.tests[0]!, { signal: signals.signal, write: (text) => stdout.write(text) })

  checkServerPid(plan.tests[0]?.target.serverPid ?? null)
  const warnings = checkMachine(plan)
  const outputs = openOutputs(plan.outputs, stdout)
  try {
    for (const message of warnings) await writeText(stderr, `warning: ${message}\n`)
    const { result, streamed } = await runAndShow(plan, signals, !outputs.usesStdout)
    const render = (format: OutputFormat): string =>
      format === 'json'
        ? renderJson(result)
        : renderReport(result, {
            width: FILE_WIDTH,
            color: false,
            verbosity: plan.verbosity,
            streamed: false,
            written: [],
          })
    // A file that cannot be written must not cost the reader the report.
    let failure: unknown = null
    const written = await outputs.write(render).catch((error: unknown) => {
      failure = error
      return []
    })
    if (!outputs.usesStdout) {
      const { color, verbosity } = plan
      await writeText(
        stdout,
        renderReport(result, {
          width: stdout.columns ?? 80,
          color: color && useColor(stdout),
          verbosity,
          streamed,
          written,
        }),
      )
    }
    if (failure !== null) throw failure
    return result.exitCode
  } finally {
    outputs.discard()
  }
}

/** Runs with a progress line on stderr; tests of several are printed as they end when `print`. */
async function runAndShow(
  plan: RunPlan,
  signals: Signals,
  print: boolean,
): Promise<{ result: RunResult; streamed: boolean }> {
  const { stdout, stderr } = process
  const color = plan.color && useColor(stdout)
  const streamed =
    print && plan.tests.length > 1 && plan.verbosity === 'default' && plan.thresholds.length === 0
  const live = stderr.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI
  const progress = plan.progress
    ? createProgress(stderr, {
        live,
        color: plan.color && useColor(stderr),
        columns: () => stderr.columns ?? 80,
      })
    : null
  const failed = new AbortController()
  const result = await run(plan, {
    signal: AbortSignal.any([signals.signal, failed.signal]),
    onProgress: (now) => progress?.update(now),
    onTestEnd: (test, soFar) => {
      progress?.clear()
      if (streamed) stdout.write(renderTest(test, soFar, { width: stdout.columns ?? 80, color }))
      if (plan.abortOnFail && hasFailed(soFar, plan)) failed.abort()
    },
    ...(plan.abortOnFail
      ? { onInterval: (soFar: () => RunResult) => hasFailed(soFar(), plan) && failed.abort() }
      : {}),
  })
  progress?.clear()
  const thresholds = evaluateThresholds(result, plan.thresholds)
  const exit = signals.exitCode()
  const interruptedBy = exit === null ? null : exit === 130 ? 'SIGINT' : 'SIGTERM'
  const judged = { ...result, thresholds }
  return {
    result: {
      ...judged,
      exitCode: decideExitCode(judged, plan.requireValid, interruptedBy),
      summary: {
        ...result.summary,
        thresholdsFailed: thresholds.filter((row) => row.result !== 'pass').length,
      },
    },
    streamed,
  }
}

/** @throws UsageError when there is no such process: a run that cannot see its server is judged otherwise */
function checkServerPid(pid: number | null): void {
  if (pid === null) return
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') return
    const problem = 'is no process on this machine'
    const accepted = 'the id of the server process'
    throw new UsageError([
      { where: '--server-pid', value: String(pid), problem, accepted, example: '--server-pid 1234' },
    ])
  }
}

/** A threshold that has data, fails, and cannot come right any more by going on. */
function hasFailed(soFar: RunResult, plan: RunPlan): boolean {
  const rows = evaluateThresholds(soFar, plan.thresholds)
  return rows.some((row) => row.result === 'fail' && !mayStillHold(row))
}

/** NO_COLOR (no-color.org) and dumb terminals are honoured by hasColors. */
function useColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors()
}
