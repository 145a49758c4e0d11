/** A plan from a command line, for tests: four cores, files from a table, the real threshold check. */
import { parseCommandLine } from '../../src/cli/parse-arguments.ts'
import { UsageError } from '../../src/errors.ts'
import { type ResolvedPlan, resolvePlan } from '../../src/plan/resolve-plan.ts'
import { parseScenario } from '../../src/plan/scenario.ts'
import { checkThreshold } from '../../src/thresholds/check-threshold.ts'

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string | Buffer>>
  readonly cores?: number
}

/** The plan that these arguments and surroundings make. */
export function resolveWith(
  { env = {}, files = {}, cores = 4 }: Surroundings,
  ...argv: string[]
): ResolvedPlan {
  const line = parseCommandLine(argv, env)
  if (line.command !== 'run') throw new Error(`not a run: ${line.command}`)
  const readFile = (path: string): Buffer => {
    const content = files[path]
    if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
    return Buffer.from(content)
  }
  return resolvePlan({ ...line, parseScenario, scenario: null, env, cores, readFile, checkThreshold })
}

export function resolve(...argv: string[]): ResolvedPlan {
  return resolveWith({}, ...argv)
}

/** The mistakes of a command line, as texts; empty when it has none. */
export function mistakesWith(surroundings: Surroundings, ...argv: string[]): string[] {
  try {
    resolveWith(surroundings, ...argv)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.message.split('\n')
  }
}

export function mistakesOf(...argv: string[]): string[] {
  return mistakesWith({}, ...argv)
}
