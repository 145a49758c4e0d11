/** The plan of a run, from settings or from the arguments of `stress run`. */
import { createPlan as planArguments, resolveCommand } from '../cli/create-plan.ts'
import type { RunPlan } from '../plan/plan.ts'
import type { RunSettings } from './settings.ts'

export interface OwnPlan {
  readonly plan: RunPlan
  /** To be called when the plan is not run any more: what was given as an object is then forgotten. */
  readonly release: () => void
}

/**
 * The plan of a run, frozen, to look at or to run several times: of settings (`createPlan({ connections: 10 })`), or of
 * the arguments of `stress run` (`createPlan(['-c', '10'])`), where `env` may hold STRESS_* variables.
 * @throws UsageError with every mistake
 */
export function createPlan(settings: RunSettings): Promise<RunPlan>
export function createPlan(
  argv: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
): Promise<RunPlan>
export async function createPlan(
  from: RunSettings | readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<RunPlan> {
  return isArguments(from) ? planArguments(from, env) : (await planSettings(from)).plan
}

/** @throws UsageError with every mistake */
export async function planSettings(settings: RunSettings): Promise<OwnPlan> {
  // Loaded here: the schema library is not for who only reads results.
  const { readSettings } = await import('./read-settings.ts')
  const { command, scenario, release } = readSettings(settings)
  try {
    const { plan } = await resolveCommand(command, {}, scenario)
    return { plan, release }
  } catch (error) {
    release()
    throw error
  }
}

function isArguments(from: RunSettings | readonly string[]): from is readonly string[] {
  return Array.isArray(from)
}
