/** The runs that `--baseline` names, and a new run held against them. */
import { listDifferences, type NamedRun } from '../compare/comparable.ts'
import { compareSides } from '../compare/compare-sides.ts'
import { DEFAULT_MARGIN } from '../compare/default-margin.ts'
import { type Mistake, UsageError } from '../errors.ts'
import { readEnvironment } from '../observe/environment.ts'
import type { RunPlan } from '../plan/plan.ts'
import { readRegularFile } from '../plan/read-source.ts'
import { viewPlan } from '../plan/view.ts'
import { PUBLISHED } from '../result/published.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { parseThreshold } from '../thresholds/grammar.ts'
import { readResults } from './read-results.ts'

export interface Baseline {
  /** Thresholds that need no baseline. */
  readonly fixed: readonly string[]
  /** What the baseline says of a run. */
  judge(result: RunResult): Pick<RunResult, 'comparison' | 'thresholds'>
}

/**
 * Reads the baseline of a plan before anything is started.
 * @throws UsageError for files that are no results, runs that this one cannot be compared with, and gates that have nothing
 * to be held against
 */
export async function openBaseline(plan: RunPlan, signal: AbortSignal): Promise<Baseline> {
  const isRelative = (expression: string): boolean => {
    const parsed = parseThreshold(expression, true)
    return parsed.ok && parsed.threshold.relative !== null
  }
  const fixed = plan.thresholds.filter((expression) => !isRelative(expression))
  const relative = plan.thresholds.filter(isRelative)
  const paths = plan.baseline.filter((path) => !isPublished(path))
  const runs = await readResults(paths, { stdin: process.stdin, signal })
  const mistakes = runs.length === 0 ? refuseGates(relative) : plan.anyway ? [] : findDifferences(plan, runs)
  if (mistakes.length > 0) throw new UsageError(mistakes)
  return {
    fixed,
    judge(result) {
      if (runs.length === 0) return { comparison: null, thresholds: [] }
      const judgement = { margin: DEFAULT_MARGIN, figures: [], thresholds: relative }
      return compareSides(runs, [{ name: 'this run', result }], judgement)
    },
  }
}

/** Figures without the runs behind them have no spread: every report shows them, and they gate nothing. */
export function refuseGates(expressions: readonly string[]): Mistake[] {
  return expressions.map((expression) => ({
    where: expression.startsWith('--') ? expression : '--threshold',
    value: expression.startsWith('--') ? '' : expression,
    problem: 'has only published figures to be held against, which are for reading',
    accepted: 'a --baseline of saved runs, or a fixed value',
    example: '--baseline base.json',
  }))
}

/** reports/published.json, or a copy of it. */
export function isPublished(path: string): boolean {
  try {
    const file = JSON.parse(readRegularFile(path).toString()) as { figures?: { system?: string }[] }
    const systems = new Set(PUBLISHED.map(({ system }) => system))
    return Array.isArray(file.figures) && file.figures.every(({ system }) => systems.has(system ?? ''))
  } catch {
    // What is wrong with it, reading it as a result will say.
    return false
  }
}

/** Between the baseline and what is about to run, as far as that is known: the machine decides about workers later. */
function findDifferences(plan: RunPlan, runs: readonly NamedRun[]): Mistake[] {
  const [first] = runs
  const tests = plan.tests.map((test, index) => {
    const view = viewPlan(test)
    const known = first!.result.tests[index]?.plan
    const fitted = known === undefined ? {} : { workers: known.workers, processes: known.processes }
    return { ...first!.result.tests[0]!, testType: test.testType, plan: { ...view, ...fitted } } as TestResult
  })
  const environment = { ...first!.result.environment, ...readEnvironment() }
  const valid = tests.map((test) => ({ ...test, validity: { ...test.validity, state: 'valid' as const } }))
  const planned = { ...first!.result, status: 'completed' as const, tests: valid, environment }
  return listDifferences([...runs, { name: 'this run', result: planned }]).map(({ message }) => ({
    where: '--baseline',
    value: '',
    problem: message,
    accepted: 'valid runs of this plan on this machine, or --anyway',
    example: '--anyway',
  }))
}
