/** From what people wrote to a frozen plan: flags win over variables, those over the scenario, and that over presets. */
import { type Mistake, UsageError } from '../errors.ts'
import { checkGroups, checkTokens } from './check-plan.ts'
import type { RawOption } from './option.ts'
import type { TestChoice } from './option-parsers.ts'
import type { Plan, RunPlan } from './plan.ts'
import { listExclusive, listTests } from './presets.ts'
import { placeFile, type ReadFile, readNamedFile } from './read-source.ts'
import { chooseDialect } from './resolve-dialect.ts'
import { resolveOutputs } from './resolve-output.ts'
import { dealOutThresholds } from './resolve-search.ts'
import { resolveTarget } from './resolve-target.ts'
import { resolveTest } from './resolve-test.ts'
import type { Scenario } from './scenario.ts'
import { describeConflict, type Layer, mergeLayers, parseLayer, readVariables } from './settings.ts'

export interface PlanSources {
  readonly flags: readonly RawOption[]
  /** What stood behind `--`. */
  readonly serverCommand: readonly string[] | null
  readonly scenarioPath: string | null
  /** scenario.ts, loaded only for a scenario: its schema library costs 15 MB. Null without one. */
  readonly parseScenario: ((path: string, content: Buffer, mistakes: Mistake[]) => Scenario) | null
  /** A scenario that is in no file; null: `scenarioPath` names one, or there is none. */
  readonly scenario: Scenario | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** Cores this process may use; one is left to the server. */
  readonly cores: number
  readonly readFile: ReadFile
  /** Is the expression sense for these tests? */
  readonly checkThreshold: (
    expression: string,
    tests: readonly Plan[],
    hasBaseline: boolean,
  ) => Mistake | null
  /** There will be runs to compare with, though `--baseline` names none. */
  readonly hasBaseline?: boolean
  /** Found before, in the shape of the command line. */
  readonly mistakes: readonly Mistake[]
}

export interface ResolvedPlan {
  /** Frozen, all the way down. */
  readonly plan: RunPlan
  readonly dryRun: boolean
  readonly debug: boolean
}

const EMPTY_SCENARIO: Scenario = { options: [], groups: [], command: null }

/**
 * Makes the plan of a run.
 * @throws UsageError with every mistake in the command line, the variables and the scenario
 */
export function resolvePlan(sources: PlanSources): ResolvedPlan {
  const { env, readFile } = sources
  const mistakes = [...sources.mistakes]
  const scenario = loadScenario(sources, mistakes)
  const strong = [parseLayer(sources.flags, mistakes), parseLayer(readVariables(env), mistakes)]
  const weak = parseLayer(scenario.options, mistakes)
  const all = mergeLayers([...strong, weak], [])
  const choice = all.settings.testType?.value ?? usualTest(all, scenario)
  const exclusive = listExclusive(choice)
  const layer = mergeLayers([...strong, weak], exclusive)
  const { settings } = layer

  const groups = scenario.groups.map(({ name, options }) => ({
    name,
    layer: mergeLayers([...strong, parseLayer(options, mistakes), weak], exclusive),
  }))
  checkGroups(scenario, layer, mistakes)
  if (choice === 'all' && settings.flow !== undefined) {
    const problem = 'cannot go with --test-type all, whose tests send messages of their own'
    mistakes.push(describeConflict('flow', settings.flow, problem, 'without --test-type', 'stress flow.mjs'))
  }
  const command = sources.serverCommand ?? scenario.command
  const first = listTests(choice)[0]![0]
  const target = resolveTarget(layer, { command, env, testType: first }, readFile, mistakes)
  const found: Mistake[] = []
  const inAll = choice === 'all'
  const shared = { inAll, settings, target, layer, cores: sources.cores, env, readFile }
  const tests = listTests(choice).map(([testType, preset]) => {
    return resolveTest({ ...shared, testType, preset, groups: groups.length > 0 ? groups : null }, found)
  })
  mistakes.push(...dropRepeated(found))
  checkTokens(layer, tests, mistakes)
  const plan = makeRunPlan(layer, tests, sources, mistakes)
  if (mistakes.length > 0) throw new UsageError(mistakes)
  return {
    plan: freezeDeep(plan),
    dryRun: settings.dryRun?.value ?? false,
    debug: settings.debug?.value ?? false,
  }
}

/** A dialect that only pushes has one test that makes sense, and so has a flow. */
function usualTest(layer: Layer, { groups }: Scenario): TestChoice {
  const hasFlow = groups.some(({ options }) => options.some(({ name }) => name === 'flow'))
  if (hasFlow || layer.given.has('flow')) return 'flow'
  return chooseDialect(layer, 'throughput').audience === 'nobody' ? 'push' : 'throughput'
}

function loadScenario(sources: PlanSources, mistakes: Mistake[]): Scenario {
  const { scenario, scenarioPath, parseScenario, readFile } = sources
  if (scenario !== null) return scenario
  if (scenarioPath === null || parseScenario === null) return EMPTY_SCENARIO
  const content = readNamedFile(scenarioPath, '', readFile)
  if (content.ok) return parseScenario(scenarioPath, content.value, mistakes)
  const accepted = 'a scenario file that can be read'
  mistakes.push({
    where: scenarioPath,
    value: '',
    problem: content.problem,
    accepted,
    example: 'stress storm.yaml',
  })
  return EMPTY_SCENARIO
}

function makeRunPlan(
  layer: Layer,
  tests: readonly Plan[],
  sources: PlanSources,
  mistakes: Mistake[],
): RunPlan {
  const { settings, given } = layer
  const thresholds = settings.threshold ?? []
  const baseline = settings.baseline ?? []
  const hasBaseline = baseline.length > 0 || sources.hasBaseline === true
  const dealt = dealOutThresholds(
    tests,
    thresholds.map(({ value }) => value),
  )
  for (const { value, where } of thresholds) {
    const mistake = sources.checkThreshold(value, dealt.tests, hasBaseline)
    if (mistake !== null) mistakes.push({ ...mistake, where })
  }
  if (settings.abortOnFail?.value === true && !given.has('threshold')) {
    const problem = 'has no threshold that could fail'
    mistakes.push(
      describeConflict(
        'abortOnFail',
        settings.abortOnFail,
        problem,
        'with --threshold',
        "--threshold 'p99<50ms'",
      ),
    )
  }
  const quiet = settings.quiet?.value ?? false
  const full = settings.full?.value ?? false
  if (settings.quiet !== undefined && quiet && full) {
    mistakes.push(
      describeConflict('quiet', settings.quiet, 'cannot go with --full', 'one of the two', '--full'),
    )
  }
  return {
    ...dealt,
    baseline: baseline.map(({ value, folder }) => placeFile(value, folder)),
    anyway: settings.anyway?.value ?? false,
    abortOnFail: settings.abortOnFail?.value ?? false,
    requireValid: settings.requireValid?.value ?? dealt.thresholds.length > 0,
    outputs: resolveOutputs(layer, mistakes),
    verbosity: quiet ? 'quiet' : full ? 'full' : 'default',
    metricsAt: settings.metricsPort?.value ?? null,
    progress: !quiet && settings.noProgress?.value !== true,
    color: settings.noColor?.value !== true && (sources.env.NO_COLOR ?? '') === '',
  }
}

/** The same mistake in several tests of `all`, or in groups through a flag, is one mistake. */
function dropRepeated(mistakes: readonly Mistake[]): Mistake[] {
  return [...new Map(mistakes.map((mistake) => [`${mistake.where} ${mistake.problem}`, mistake])).values()]
}

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) freezeDeep(inner)
    Object.freeze(value)
  }
  return value
}
