import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { loadDialect } from '../dialects/load-dialect.ts'
import { UsageError } from '../errors.ts'
import type { RunPlan } from '../plan/plan.ts'
import { DialectNotLoaded } from '../plan/resolve-dialect.ts'
import { type PlanSources, type ResolvedPlan, resolvePlan } from '../plan/resolve-plan.ts'
import { checkThreshold } from '../thresholds/check-threshold.ts'
import { parseCommandLine, type RunCommand } from './parse-arguments.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The plan of a parsed command line, with this machine's files and cores. @throws UsageError with every mistake */
export async function resolveCommand(command: RunCommand, env: Env): Promise<ResolvedPlan> {
  const { flags, serverCommand, scenarioPath, mistakes } = command
  const parseScenario = scenarioPath === null ? null : (await import('../plan/scenario.ts')).parseScenario
  const sources: PlanSources = {
    flags,
    serverCommand,
    scenarioPath,
    parseScenario,
    mistakes,
    env,
    cores: availableParallelism(),
    readFile: (path) => readFileSync(path),
    checkThreshold,
  }
  // Which of the user's own dialects are wanted is known only when the plan is being made.
  for (;;) {
    try {
      return resolvePlan(sources)
    } catch (error) {
      if (!(error instanceof DialectNotLoaded)) throw error
      await loadDialect(error.path, error.where)
    }
  }
}

/** The plan that these arguments of `stress run` make: `createPlan(['-c', '10', '-m', '20'])`. @throws UsageError with every mistake */
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
