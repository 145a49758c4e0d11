/** compare() of the library: what `stress compare` does with saved runs. */
import { findMistakes, judgeComparison } from '../cli/compare.ts'
import { parseCompare } from '../cli/parse-compare.ts'
import { type Mistake, UsageError } from '../errors.ts'
import type { ComparisonResult } from '../result/comparison-schema.ts'
import type { RunResult } from '../result/run-result.ts'

/** How two sets of runs are compared. */
export interface CompareOptions {
  /** Conditions for passing; with a sign they are held against the change: `'p99<+10%'`. */
  readonly thresholds?: string | readonly string[]
  /** Changes within it count as none: a share, or `'5%'`. Default: 0.05. */
  readonly margin?: number | string
  /** Further figures, as a threshold names them: `'response_time:p(99.9)'`. */
  readonly metrics?: string | readonly string[]
  /** Compare runs of different plans or machines, or that are not valid, too; the result says so. */
  readonly anyway?: boolean
  /** A figure that is worse is a failed gate. */
  readonly failOnWorse?: boolean
  /** Runs that are not valid are exit code 4, when `anyway` lets them through. */
  readonly requireValid?: boolean
}

/**
 * Holds two sets of runs of one plan against one another: of each figure the change with its interval, and whether it is
 * better, the same, worse, or cannot be told. Pure. One run a side cannot tell; take six or more, made in turn.
 * @throws UsageError for runs that are not comparable, and for every mistake in the options
 */
export function compare(
  base: RunResult | readonly RunResult[],
  head: RunResult | readonly RunResult[],
  options: CompareOptions = {},
): ComparisonResult {
  const [before, after] = [nameRuns('base', base), nameRuns('head', head)]
  const command = readOptions(options)
  const mistakes: Mistake[] = [
    ...[before, after].flatMap((runs, side) =>
      runs.length > 0 ? [] : [describeEmpty(['base', 'head'][side]!)],
    ),
  ]
  if (mistakes.length === 0) mistakes.push(...findMistakes(before, after, command.anyway))
  if (mistakes.length > 0) throw new UsageError(mistakes.map(nameSetting))
  return judgeComparison(before, after, command)
}

function nameRuns(side: string, results: RunResult | readonly RunResult[]) {
  return [results]
    .flat()
    .map((result, index) => ({ name: `${side} ${index + 1}`, result: result as RunResult }))
}

/** Through the reader of the command line: the same values, and the same words for what is wrong. */
function readOptions(options: CompareOptions) {
  const { thresholds = [], metrics = [], margin, anyway, failOnWorse, requireValid } = options
  const words = [
    ...[thresholds].flat().map((text) => `--threshold=${text}`),
    ...[metrics].flat().map((text) => `--metric=${text}`),
    ...(margin === undefined ? [] : [`--margin=${margin}`]),
    ...(anyway ? ['--anyway'] : []),
    ...(failOnWorse ? ['--fail-on-worse'] : []),
    ...(requireValid ? ['--require-valid'] : []),
  ]
  try {
    const command = parseCompare([...words, 'base'], ['head'], {}, refuseServers)
    if (command.command === 'compare') return command
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(error.mistakes.map(nameSetting))
  }
  return refuseServers()
}

function refuseServers(): never {
  throw new Error('a comparison of results starts no servers')
}

const SETTINGS: Readonly<Record<string, string>> = {
  '--threshold': 'thresholds',
  '--metric': 'metrics',
  '--margin': 'margin',
  files: 'runs',
}

function nameSetting(mistake: Mistake): Mistake {
  return { ...mistake, where: SETTINGS[mistake.where] ?? mistake.where }
}

function describeEmpty(where: string): Mistake {
  const accepted = 'at least one result on each side'
  return { where, value: '', problem: 'has no run', accepted, example: 'compare([before], [after])' }
}
