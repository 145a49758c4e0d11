/** `stress doctor [options of a run]`. */
import { UsageError } from '../errors.ts'
import type { RunCommand } from './parse-arguments.ts'

export interface DoctorCommand {
  readonly command: 'doctor'
  /** The plan to hold against this machine; null: none, the machine is described. */
  readonly run: RunCommand | null
  /** Measure the floor first, and keep it. */
  readonly measure: boolean
  readonly json: boolean
  readonly color: boolean
}

const MEASURE = '--measure'
/** Options of a run that are about the output, and make no plan. */
const OUTPUT: readonly string[] = ['json', 'noColor']

/**
 * Reads what stands behind `stress doctor`: the options of `stress run`, read by `parseRun`, and `--measure`.
 * @throws UsageError with every mistake, when there is no plan that would report them with its own
 */
export function parseDoctor(
  argv: readonly string[],
  parseRun: (argv: readonly string[], others: readonly string[]) => RunCommand,
): DoctorCommand {
  const given = parseRun(
    argv.filter((arg) => arg !== MEASURE),
    [MEASURE.slice(2)],
  )
  const { flags, scenarioPath, serverCommand, mistakes } = given
  const planFlags = flags.filter(({ name }) => !OUTPUT.includes(name))
  const hasPlan = planFlags.length > 0 || scenarioPath !== null || serverCommand !== null
  if (!hasPlan && mistakes.length > 0) throw new UsageError(mistakes)
  return {
    command: 'doctor',
    run: hasPlan ? { ...given, flags: planFlags } : null,
    measure: argv.includes(MEASURE),
    json: flags.some(({ name }) => name === 'json'),
    color: !flags.some(({ name }) => name === 'noColor'),
  }
}
