/** `stress compare --base CMD --head CMD`: starts two servers in turn, runs the same plan against each, and compares. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, RunError, UsageError } from '../errors.ts'
import type { RunPlan } from '../plan/plan.ts'
import { formatCount, formatDurationUs, formatRate } from '../report/format.ts'
import { renderJson } from '../report/json.ts'
import { openOutputs, writeText } from '../report/write.ts'
import type { RunResult } from '../result/run-result.ts'
import { run } from '../run/run.ts'
import { judgeComparison, writeComparison } from './compare.ts'
import { resolveCommand } from './create-plan.ts'
import { describePlan } from './dry-run.ts'
import { isLive, openProgress } from './open-progress.ts'
import { type CompareServers, FORMATS, type ServerSide } from './parse-compare.ts'
import { checkMachine } from './plan-needs.ts'
import { runInTurn, type Side, type Turn } from './run-in-turn.ts'
import type { Signals } from './signals.ts'

export interface ServersContext {
  readonly process: NodeJS.Process
  readonly signals: Pick<Signals, 'signal' | 'exitCode'>
}

const TITLES: Readonly<Record<Side, string>> = { base: 'base', head: 'new' }

/**
 * Returns the exit code.
 * @throws UsageError with every mistake, RunError when a server does not start or ends during a run
 */
export async function compareServers(command: CompareServers, context: ServersContext): Promise<number> {
  const { process, signals } = context
  const { stdout, stderr, env } = process
  const { plan: base, dryRun } = await resolveSide(command, 'base', env)
  const { plan: head } = await resolveSide(command, 'head', env)
  const plans = { base, head }
  checkOptions(base)
  if (dryRun) {
    const total = `${formatCount(command.runs)} runs of each server, in turn`
    await writeText(stdout, `${[...describePlan(base), total].join('\n')}\n`)
    return EXIT.passed
  }
  const warnings = checkMachine(base)
  const outputs = openOutputs(base.outputs, stdout)
  try {
    const keep = openFolder(command.keep)
    for (const message of [...warnings, ...adviseRate(base)]) await writeText(stderr, `warning: ${message}\n`)
    const progress = base.progress && isLive(stderr, env) ? openProgress(base, process) : null
    const say = (text: string): void => {
      progress?.clear()
      if (base.verbosity !== 'quiet') stderr.write(`${text}\n`)
    }
    const runOnce = async (turn: Turn): Promise<RunResult | null> => {
      const title = describeTurn(turn, command.runs)
      const result = await runNamed(plans[turn.side], title, { signal: signals.signal, ...progress?.options })
      if (result !== null) say(`${title.padEnd(TITLE_WIDTH)}  ${describeRun(result)}`)
      return result
    }
    const kept = await runInTurn({ runs: command.runs, runOnce, onKept: keep, signal: signals.signal })
    progress?.close()
    if (kept.base.length === 0 || kept.head.length === 0) {
      await writeText(stderr, 'stress: interrupted before there was a run of each side\n')
      return signals.exitCode() ?? EXIT.unreachable
    }
    const judged = judgeComparison(kept.base, kept.head, {
      ...command,
      thresholds: base.thresholds,
      requireValid: !command.anyway && (base.requireValid || command.failOnWorse),
    })
    const result = { ...judged, exitCode: signals.exitCode() ?? judged.exitCode }
    const shown = { quiet: base.verbosity === 'quiet', color: base.color }
    await writeComparison(result, kept, outputs, shown, process)
    return result.exitCode
  } finally {
    outputs.discard()
  }
}
const TITLE_WIDTH = 14

/** The plan of one side: the one of both, with its own server. */
async function resolveSide(command: CompareServers, side: Side, env: NodeJS.ProcessEnv) {
  const { url, command: line }: ServerSide = command[side]
  const { flags } = command.run
  const own = { name: 'url', text: url ?? '', where: `--${side}-url`, folder: '' }
  const run = {
    ...command.run,
    flags: url === null ? flags : [...flags.filter(({ name }) => name !== 'url'), own],
    serverCommand: process.platform === 'win32' ? ['cmd', '/c', line] : ['sh', '-c', line],
  }
  return resolveCommand(run, env, null, true).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error
    const example = 'ws://127.0.0.1:9001'
    const mistakes = error.mistakes.map((mistake) =>
      mistake.where.startsWith('--') && mistake.where.includes('COMMAND')
        ? { ...mistake, where: `--${side}`, value: line, example }
        : mistake,
    )
    throw new UsageError(mistakes)
  })
}

/** Options of a run that a comparison has no use for. */
function checkOptions({ outputs, baseline, abortOnFail }: RunPlan): void {
  const refuse = (where: string, problem: string, accepted: string, example: string) => ({
    where,
    value: '',
    problem,
    accepted,
    example,
  })
  const mistakes = [
    ...outputs
      .filter(({ format }) => !FORMATS.has(format))
      .map(({ format }) =>
        refuse(
          `--output ${format}`,
          'is a format that a comparison has not',
          [...FORMATS].join(', '),
          '-o comparison.json',
        ),
      ),
    ...(baseline.length > 0
      ? [refuse('--baseline', 'is a third side of a comparison', '--base and --head', "--base 'node old.js'")]
      : []),
    ...(abortOnFail
      ? [refuse('--abort-on-fail', 'would end a comparison before it can tell', 'all runs', '--runs 5')]
      : []),
  ]
  if (mistakes.length > 0) throw new UsageError(mistakes)
}

/** Without one a faster server gets more load, and latencies of different loads are compared. */
function adviseRate({ tests }: RunPlan): string[] {
  const isOpen = tests.every(({ groups }) => groups.every(({ pacing }) => pacing.kind !== 'closed'))
  if (isOpen || tests.every(({ testType }) => testType === 'storm')) return []
  return ['without --rate a faster server gets more load: compare latency at a rate both can carry']
}

/** @throws UsageError when it cannot be made */
function openFolder(path: string | null): (turn: Turn, result: RunResult) => void {
  if (path === null) return () => {}
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    const problem = `cannot be made (${(error as NodeJS.ErrnoException).code})`
    const accepted = 'a folder that can be written'
    throw new UsageError([{ where: '--keep', value: path, problem, accepted, example: '--keep runs' }])
  }
  return ({ side, number }, result) => {
    writeFileSync(join(path, `${side}-${String(number).padStart(2, '0')}.json`), renderJson(result))
  }
}

/** Null: interrupted before it ran. @throws RunError that names the side */
async function runNamed(
  plan: RunPlan,
  title: string,
  options: Parameters<typeof run>[1] & { signal: AbortSignal },
): Promise<RunResult | null> {
  const result = await run(plan, options).catch((error: unknown) => {
    if (!(error instanceof RunError)) throw error
    if (options.signal.aborted) return null
    throw new RunError(`${title}: ${error.message}`)
  })
  if (result?.status !== 'failed' || options.signal.aborted) return result
  const why = result.tests.flatMap(({ warnings }) => warnings).find(({ code }) => code === 'server-ended')
  throw new RunError(`${title}: ${why?.message ?? 'the run could not be completed; see it with --debug'}`)
}

function describeTurn({ side, number, attempt }: Turn, runs: number): string {
  return `${TITLES[side]} ${number} of ${runs}${attempt > 1 ? ' again' : ''}`
}

function describeRun({ summary, status }: RunResult): string {
  if (status === 'aborted') return 'interrupted'
  const { messagesPerSecond, p50Us, p99Us, validity } = summary
  const rate = messagesPerSecond === null ? [] : [`${formatRate(messagesPerSecond)} msg/s`]
  const figures = [...rate, `P50 ${formatDurationUs(p50Us)}`, `P99 ${formatDurationUs(p99Us)}`]
  return [...figures, ...(validity === 'valid' ? [] : [validity])].join('   ')
}
