/** `stress report RESULT… [options]`. */
import { parseOutput, parseThresholdText } from '../plan/option-parsers.ts'
import type { Output, RunPlan } from '../plan/plan.ts'
import { parseThreshold } from '../thresholds/grammar.ts'
import { CommandOptions, type CommandSpec, type Environment } from './command-options.ts'

export interface ReportCommand {
  readonly command: 'report'
  /** Saved results, at least one; `-` is standard input. */
  readonly files: readonly string[]
  /** They are parts of one run, to be added up. */
  readonly merge: boolean
  /** Held against the results in place of those they were run with; empty: none. */
  readonly thresholds: readonly string[]
  readonly requireValid: boolean
  readonly outputs: readonly Output[]
  readonly verbosity: RunPlan['verbosity']
  readonly color: boolean
}

export const REPORT_SPEC = {
  command: 'report',
  argument: {
    where: 'argument',
    accepted: 'files that stress run wrote with -o FILE.json, or - for standard input',
    example: 'stress report result.json',
    many: true,
  },
  options: {
    output: {
      kind: 'list',
      alias: 'o',
      accepted: 'a file whose ending names the format, or FORMAT=FILE; - is standard output',
      example: '-o report.txt',
    },
    merge: { kind: 'switch' },
    threshold: {
      kind: 'list',
      accepted: '[test/]metric[:aggregation] op value',
      example: "--threshold 'p99<50ms'",
    },
    'require-valid': { kind: 'switch' },
    json: { kind: 'switch' },
    full: { kind: 'switch' },
    quiet: { kind: 'switch', alias: 'q' },
    'no-color': { kind: 'switch' },
  },
} as const satisfies CommandSpec
type ReportOptions = CommandOptions<typeof REPORT_SPEC>

/**
 * Reads what stands behind `stress report`; STRESS_* are read as well. `behind`: what stands behind `--`, files in any case.
 * @throws UsageError with every mistake
 */
export function parseReport(
  argv: readonly string[],
  env: Environment,
  behind: readonly string[] = [],
): ReportCommand {
  const options = new CommandOptions(REPORT_SPEC, argv, env)
  const files = [...options.arguments, ...behind]
  if (files.length === 0) {
    const { where, accepted, example } = REPORT_SPEC.argument
    options.add({ where, value: '', problem: 'is missing: no result is named', accepted, example })
  }
  if (options.has('full') && options.has('quiet')) {
    const accepted = 'one of them'
    options.add({
      where: '--quiet',
      value: '',
      problem: 'says the opposite of --full',
      accepted,
      example: '--full',
    })
  }
  if (options.has('merge') && files.length === 1) {
    const accepted = 'two results or more, parts of one run'
    options.add({
      where: '--merge',
      value: '',
      problem: 'has one result',
      accepted,
      example: 'a.json b.json --merge',
    })
  }
  const command: ReportCommand = {
    command: 'report',
    files,
    merge: options.has('merge'),
    thresholds: readThresholds(options),
    requireValid: options.has('require-valid'),
    outputs: readOutputs(options),
    verbosity: options.has('quiet') ? 'quiet' : options.has('full') ? 'full' : 'default',
    color: !options.has('no-color'),
  }
  options.check()
  return command
}

/** What they mean for a result is checked when it has been read. */
function readThresholds(options: ReportOptions): string[] {
  const expressions = options.all('threshold', parseThresholdText).flat()
  for (const expression of expressions) {
    const parsed = parseThreshold(expression)
    if (!parsed.ok) options.add({ ...parsed.mistake, where: options.whereOf('threshold') })
  }
  return expressions
}

/** As for a run: the text goes to standard output unless something else does. */
function readOutputs(options: ReportOptions): Output[] {
  const outputs = options.all('output', parseOutput).flat()
  const isJsonThere = outputs.some(({ format, path }) => format === 'json' && path === null)
  if (options.has('json') && !isJsonThere) outputs.push({ format: 'json', path: null })
  if (outputs.every(({ path }) => path !== null)) outputs.push({ format: 'txt', path: null })
  return outputs
}
