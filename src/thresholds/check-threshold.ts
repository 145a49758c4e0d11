/** Is a threshold sense, held against the plan? Asked before anything is started. */
import type { Mistake } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import { suggestName } from '../plan/suggest.ts'
import { headlineIndex, type TestKind } from '../result/headline.ts'
import { samplesNeeded } from '../result/histogram.ts'
import type { RunResult } from '../result/run-result.ts'
import { specialOf, WHOLE_WITH_FAN_OUT, WITHOUT_FLOW } from '../result/special-metrics.ts'
import {
  formatAggregation,
  makeMistake,
  metricOf,
  parseThreshold,
  type Threshold,
  tagMetric,
} from './grammar.ts'
import { KEPT_PERCENTILES, METRICS } from './metric-catalog.ts'
import { canProduce, factsOfPlan, factsOfView, mostSamples, type TestFacts } from './test-facts.ts'

/** What of a test, planned or run, a threshold is held against. */
interface CheckedTest extends TestKind {
  readonly fanOut: Plan['fanOut']
  readonly groups: readonly { readonly name: string }[]
  /** Of one group, or of all when null. */
  readonly factsOf: (group: string | null) => TestFacts
}

/**
 * What is wrong with the expression for these tests; null when it can be held against at least one of them.
 * `hasBaseline`: there are runs that a change can be held against.
 */
export function checkThreshold(
  expression: string,
  tests: readonly Plan[],
  hasBaseline = false,
): Mistake | null {
  const checked = tests.map((plan) => ({
    ...plan,
    factsOf: (group: string | null) => factsOfPlan(plan, group),
  }))
  return check(expression, checked, hasBaseline)
}

/** The same of a result. */
export function checkThresholdOfResult(
  expression: string,
  { tests }: Pick<RunResult, 'tests'>,
): Mistake | null {
  const checked = tests.map(({ testType, plan }) => ({
    ...plan,
    testType,
    factsOf: (group: string | null) => factsOfView(plan, group),
  }))
  return check(expression, checked, false)
}

function check(expression: string, tests: readonly CheckedTest[], hasBaseline: boolean): Mistake | null {
  const parsed = parseThreshold(expression, hasBaseline)
  if (!parsed.ok) return parsed.mistake
  const { threshold } = parsed
  const named = choosePlans(threshold, tests)
  if (named.length === 0) return failOnTest(threshold, tests)
  const groupMistake = threshold.group === null ? null : checkGroup(threshold, threshold.group, named)
  if (groupMistake !== null) return groupMistake
  const candidates = named.map((test) => ({
    metric: metricOf(threshold, test),
    facts: test.factsOf(threshold.group),
  }))
  const producing = candidates.filter(({ metric, facts }) => canProduce(metric, facts))
  if (producing.length === 0) {
    const { metric, facts } = candidates[0]!
    return facts.hasFlow && WITHOUT_FLOW.has(metric)
      ? makeMistake(
          expression,
          `${metric} is not known of a flow`,
          'flow_time, flows_failed, step_time{step=…}',
          'flows_failed==0',
        )
      : failOnProduction(threshold, metric)
  }
  const { aggregation } = threshold
  if (aggregation.kind !== 'percentile') return null
  const needed = samplesNeeded(aggregation.percentile)
  if (producing.some(({ metric, facts }) => mostSamples(metric, facts) >= needed)) return null
  return failOnSamples(threshold, needed, producing)
}

/** The tests that an expression is about, whether or not they produce its metric. */
export function choosePlans<T extends { readonly testType: string }>(
  threshold: Threshold,
  tests: readonly T[],
): T[] {
  if (threshold.test !== null) return tests.filter((test) => test.testType === threshold.test)
  if (threshold.metric === null) return tests.slice(headlineIndex(tests)).slice(0, 1)
  return [...tests]
}

/** Only what a recorder counts by itself is kept by group. */
function checkGroup(threshold: Threshold, group: string, plans: readonly CheckedTest[]): Mistake | null {
  const { expression, metric, aggregation } = threshold
  const names = [...new Set(plans.flatMap((plan) => plan.groups.map(({ name }) => name)))]
  const withGroup = (text: string): string => expression.replace(`{group=${group}}`, text)
  if (!names.includes(group)) {
    const example = withGroup(`{group=${suggestName(group, names) ?? names[0]}}`)
    return makeMistake(
      expression,
      `names the group '${group}', which this run has not`,
      `a group of this run: ${names.join(', ')}`,
      example,
    )
  }
  if (metric !== null && isOfWhole(metric, plans)) {
    return makeMistake(
      expression,
      `${metric} is of the whole run, not of a group`,
      'it without {group=…}',
      withGroup(''),
    )
  }
  if (aggregation.kind === 'percentile' && !KEPT_PERCENTILES.has(aggregation.percentile)) {
    const kept = [...KEPT_PERCENTILES.keys()].map((percentile) => `p(${percentile})`).join(', ')
    return makeMistake(expression, 'of a group only some percentiles are kept', kept, withGroup(''))
  }
  return null
}

/** Most gauges are of a process; of deliveries only the whole balances. */
function isOfWhole(metric: string, plans: readonly CheckedTest[]): boolean {
  if (METRICS.get(metric)?.type === 'gauge') return specialOf(metric) !== 'reconnect'
  return WHOLE_WITH_FAN_OUT.has(metric) && plans.some((plan) => plan.fanOut !== null)
}

function failOnTest(threshold: Threshold, tests: readonly CheckedTest[]): Mistake {
  const names = tests.map((test) => test.testType)
  const near = suggestName(threshold.test ?? '', names) ?? names[0]
  return makeMistake(
    threshold.expression,
    `names the test '${threshold.test}', which does not run`,
    `a test of this run: ${names.join(', ')}`,
    threshold.expression.replace(threshold.test ?? '', near ?? ''),
  )
}

function failOnProduction(threshold: Threshold, metric: string): Mistake {
  const reasons = {
    open: ['a closed workload has no due times, so no pacer lag', 'a run with --rate or --message-rate'],
    messages: ['no group of this run sends messages', 'a metric of connections'],
    tls: ['no URL of this run is wss://', 'a wss:// URL'],
    sequence: [
      'replies are matched in order of arrival (--match fifo), so these cannot be told',
      '--match auto',
    ],
    'fan-out': [
      'no message of this run goes to more than its sender',
      'a test of fan-out: --test-type broadcast, or a dialect such as chat-json',
    ],
    push: ['no server of this run sends by itself', 'a run with --test-type push'],
    promised: ['the server promises no interval', '--push-interval TIME, or push_interval'],
    pings: ['no client of this run pings', 'a run with --ping-interval, or --test-type heartbeat'],
    silent: ['every client answers pings', 'a run with --test-type heartbeat, or --ignore-pings'],
    flow: ['no group of this run runs a flow', 'a run of a flow: stress flow.mjs'],
    stream: ['no event stream is opened', 'a run with --test-type push --dialect sse'],
    search: ['no load is searched for', '--test-type capacity'],
    returns: ['nobody of this run comes back', 'a run with --test-type reconnect'],
    reconnect: ['nobody of this run comes back', 'a run with --test-type reconnect'],
    leak: ['no cycle of this run ends with a look at the server', 'a run with --test-type leak'],
    count: [
      'the server is not asked for its own count',
      '--test-type leak with --count-url and --count-path',
    ],
    slow: ['nobody of this run becomes a slow reader', 'a run with --test-type slow-consumer'],
    nothing: ['this run does not produce it', 'a metric of `stress help metrics`'],
  }
  const [problem, accepted] = reasons[METRICS.get(metric)?.needs ?? 'nothing']
  return makeMistake(threshold.expression, problem!, accepted!, EXAMPLE)
}
const EXAMPLE = 'connect_time:max<1s'

function failOnSamples(
  threshold: Threshold,
  needed: number,
  producing: readonly { readonly metric: string; readonly facts: TestFacts }[],
): Mistake {
  const { metric, facts } = producing.reduce((a, b) =>
    mostSamples(b.metric, b.facts) > mostSamples(a.metric, a.facts) ? b : a,
  )
  const noun = METRICS.get(metric)?.samples ?? 'messages'
  const most = mostSamples(metric, facts)
  const aggregation = formatAggregation(threshold.aggregation)
  const possible = [99.9, 99, 95, 90, 50].find((p) => samplesNeeded(p) <= most)
  const instead = possible === undefined ? 'max' : `p(${possible})`
  return makeMistake(
    threshold.expression,
    `${aggregation} of ${metric} needs ${needed} ${noun} (one beyond it), this run has ${most}`,
    `${needed} ${noun} or more, or ${possible === undefined ? 'max' : `up to p(${possible})`}`,
    `${tagMetric(metric, threshold)}:${instead}${/(?:<=|>=|==|!=|<|>).*$/.exec(threshold.expression)![0].trim()}`,
  )
}
