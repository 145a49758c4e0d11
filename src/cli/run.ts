/** `stress run`: plan, run, hold against thresholds, report. */

import { EXIT } from '../errors.ts'
import type { RunPlan } from '../plan/plan.ts'
import type { LivePage } from '../report/openmetrics/live-page.ts'
import { renderReport, renderTest } from '../report/table.ts'
import { openOutputs, writeText } from '../report/write.ts'
import type { RunResult } from '../result/run-result.ts'
import { debugConnection } from '../run/debug.ts'
import { resolveCommand } from './create-plan.ts'
import { describePlan, describePlanAsJson } from './dry-run.ts'
import { runJudged } from './judged-run.ts'
import type { MetricsPort } from './metrics-port.ts'
import { openProgress, useColor } from './open-progress.ts'
import type { RunCommand } from './parse-arguments.ts'
import { checkMachine } from './plan-needs.ts'
import type { Signals } from './signals.ts'
import { openStepSummary } from './step-summary.ts'

export async function runCommand(command: RunCommand, signals: Signals): Promise<number> {
  const { stdout, stderr, env } = process
  const { plan, dryRun, debug } = await resolveCommand(command, env)
  if (dryRun) {
    const asJson = plan.outputs.some(({ format, path }) => format === 'json' && path === null)
    await writeText(
      stdout,
      asJson
        ? describePlanAsJson(plan)
        : `${describePlan(plan, env.GITHUB_STEP_SUMMARY || null).join('\n')}\n`,
    )
    return 0
  }
  if (debug)
    return debugConnection(plan.tests[0]!, { signal: signals.signal, write: (text) => stdout.write(text) })

  const warnings = checkMachine(plan)
  const warn = (message: string): Promise<void> => writeText(stderr, `warning: ${message}\n`)
  const outputs = openOutputs(plan.outputs, stdout)
  const summary = openStepSummary(env.GITHUB_STEP_SUMMARY)
  let metrics: MetricsPort | null = null
  try {
    metrics = await listenForReaders(plan)
    if (metrics !== null) await writeText(stderr, `metrics: ${metrics.url} until the run ends\n`)
    // Before the load, and only for those who want more than the text: these are half of the program.
    const isMore =
      summary.isOpen || plan.outputs.some(({ format, path }) => format !== 'txt' || path !== null)
    const formats = isMore ? await import('../report/render.ts') : null
    for (const message of warnings) await warn(message)
    if (summary.problem !== null) await warn(summary.problem)
    const { result, streamed } = await runAndShow(plan, signals, !outputs.usesStdout, metrics?.page ?? null)
    // A file that cannot be written must not cost the reader the report, nor the other files.
    const { written, failure } = await outputs.write((format) =>
      formats!.render(format, result, { verbosity: plan.verbosity }),
    )
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
    if (summary.isOpen) {
      const problem = summary.append(formats!.render('md', result, { verbosity: plan.verbosity }))
      if (problem !== null) await warn(problem)
    }
    if (failure !== null) throw failure
    return result.exitCode
  } finally {
    summary.close()
    outputs.discard()
    await metrics?.close()
  }
}

/** Loaded only for those who want it. */
async function listenForReaders({ metricsAt }: RunPlan): Promise<MetricsPort | null> {
  if (metricsAt === null) return null
  const { openMetricsPort } = await import('./metrics-port.ts')
  return openMetricsPort(metricsAt)
}

/** Runs with a view of it on stderr; tests of several are printed as they end when `print`. */
async function runAndShow(
  plan: RunPlan,
  signals: Signals,
  print: boolean,
  page: LivePage | null,
): Promise<{ result: RunResult; streamed: boolean }> {
  const { stdout } = process
  const color = plan.color && useColor(stdout)
  const streamed =
    print && plan.tests.length > 1 && plan.verbosity === 'default' && plan.thresholds.length === 0
  const progress = plan.progress ? openProgress(plan, process) : null
  signals.onForcedEnd(() => progress?.clear())
  try {
    const result = await runJudged(plan, {
      signal: signals.signal,
      interruptedBy: () => interruptedBy(signals),
      ...progress?.options,
      ...(page && { onReading: (reading) => page.addReading(reading) }),
      onTestEnd: (test, soFar) => {
        page?.endTest(test, soFar)
        progress?.clear()
        if (streamed) stdout.write(renderTest(test, soFar, { width: stdout.columns ?? 80, color }))
      },
    })
    return { result, streamed }
  } finally {
    progress?.close()
  }
}

function interruptedBy(signals: Signals): 'SIGINT' | 'SIGTERM' | null {
  const exit = signals.exitCode()
  return exit === null ? null : exit === EXIT.interrupted ? 'SIGINT' : 'SIGTERM'
}
