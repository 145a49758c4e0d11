import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { UsageError } from '../errors.ts'
import type { RunPlan } from '../plan/plan.ts'
import { type ResolvedPlan, resolvePlan } from '../plan/resolve-plan.ts'
import { checkThreshold } from '../thresholds/check-threshold.ts'
import { parseCommandLine, type RunCommand } from './parse-arguments.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The plan of a parsed command line, with this machine's files and cores. @throws UsageError with every mistake */
export async function resolveCommand(command: RunCommand, env: Env): Promise<ResolvedPlan> {
  const { flags, serverCommand, scenarioPath, mistakes } = command
  const parseScenario = scenarioPath === null ? null : (await import('../plan/scenario.ts')).parseScenario
  return resolvePlan({
    flags,
    serverCommand,
    scenarioPath,
    parseScenario,
    mistakes,
    env,
    cores: availableParallelism(),
    readFile: (path) => readFileSync(path),
    checkThreshold,
  })
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
