import { availableParallelism } from 'node:os'
import { loadDialect } from '../dialects/load-dialect.ts'
import { type Mistake, UsageError } from '../errors.ts'
import type { RunPlan } from '../plan/plan.ts'
import { checkRegularFile, FileRefused, readRegularFile } from '../plan/read-source.ts'
import { DialectNotLoaded } from '../plan/resolve-dialect.ts'
import { type PlanSources, type ResolvedPlan, resolvePlan } from '../plan/resolve-plan.ts'
import type { Scenario } from '../plan/scenario.ts'
import { checkThreshold } from '../thresholds/check-threshold.ts'
import { parseCommandLine, type RunCommand } from './parse-arguments.ts'
import { parseServe } from './parse-serve.ts'

/** More than any module needs that only says how to speak. */
const LOAD_MS = 10_000

type Env = Readonly<Record<string, string | undefined>>

/**
 * The plan of a parsed command line, with this machine's files and cores. `scenario`: one that is in no file;
 * `hasBaseline`: thresholds may be on the change though no baseline is named.
 * @throws UsageError with every mistake
 */
export async function resolveCommand(
  command: Omit<RunCommand, 'command'>,
  env: Env,
  scenario: Scenario | null = null,
  hasBaseline = false,
): Promise<ResolvedPlan> {
  const { flags, serverCommand, scenarioPath, mistakes } = command
  const parseScenario = scenarioPath === null ? null : (await import('../plan/scenario.ts')).parseScenario
  const sources: PlanSources = {
    flags,
    serverCommand,
    scenarioPath,
    parseScenario,
    scenario,
    mistakes,
    env,
    cores: availableParallelism(),
    readFile: readRegularFile,
    checkThreshold,
    hasBaseline,
  }
  // Which of the user's own dialects are wanted is known only when the plan is being made.
  for (;;) {
    try {
      const resolved = resolvePlan(sources)
      checkServer(resolved.plan)
      await checkFlows(resolved.plan)
      return resolved
    } catch (error) {
      if (!(error instanceof DialectNotLoaded)) throw error
      await loadWithin(error.path, error.where)
    }
  }
}

/** A module that waits for ever at its top would let the program end without a word. */
async function loadWithin(path: string, where: string): Promise<void> {
  const refuse = (problem: string): UsageError => {
    const accepted = 'a module that exports a dialect'
    return new UsageError([{ where, value: path, problem, accepted, example: '--dialect ./mine.mjs' }])
  }
  try {
    checkRegularFile(path)
  } catch (error) {
    // What else is wrong with it, import() will say.
    if (error instanceof FileRefused) throw refuse(error.message)
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(refuse(`has not been loaded after ${LOAD_MS / 1000} s`))
    timer = setTimeout(giveUp, LOAD_MS)
  })
  try {
    await Promise.race([loadDialect(path, where), late])
  } finally {
    clearTimeout(timer)
  }
}

/** @throws UsageError with every flow that cannot be loaded, or is none */
async function checkFlows({ tests }: RunPlan): Promise<void> {
  const paths = new Set(tests.flatMap(({ groups }) => groups.flatMap(({ flow }) => flow?.path ?? [])))
  if (paths.size === 0) return
  const { checkFlow } = await import('../flows/check-flow.ts')
  const mistakes: Mistake[] = []
  for (const path of paths) {
    const problem = await checkFlow(path)
    const accepted = 'a module whose default export is a function: async (client, context) => …'
    const example = 'stress scenarios/flow.mjs'
    if (problem !== null) mistakes.push({ where: '--flow', value: path, problem, accepted, example })
  }
  if (mistakes.length > 0) throw new UsageError(mistakes)
}

/** Options of a demo server are read by the server itself; here, so that a mistake in them starts nothing. */
function checkServer({ tests }: RunPlan): void {
  const words = tests[0]?.target.serve ?? null
  if (words === null || words.length < 2) return
  for (const name of ['--port', '--host', '--list']) {
    if (!words.some((word) => word === name || word.startsWith(`${name}=`))) continue
    const problem = 'is no option of a demo server that is started for a run'
    const accepted = 'what it should do, not where'
    throw new UsageError([
      { where: `--serve: ${name}`, value: '', problem, accepted, example: "--serve 'rooms --drop 1%'" },
    ])
  }
  try {
    parseServe(words, {})
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(
      error.mistakes.map((mistake) => ({ ...mistake, where: `--serve: ${mistake.where}` })),
    )
  }
}

/** The plan that these arguments of `stress run` make. @throws UsageError with every mistake */
export async function createPlan(argv: readonly string[], env: Env = {}): Promise<RunPlan> {
  const command = parseCommandLine(argv, env)
  if (command.command === 'run') return (await resolveCommand(command, env)).plan
  throw new UsageError([
    {
      where: 'argument',
      value: command.command,
      problem: 'is not a run',
      accepted: 'the options of stress run',
      example: "createPlan(['--connections', '10'])",
    },
  ])
}
