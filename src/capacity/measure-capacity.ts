/** A capacity test: one step after the other, each a whole test at one load, until the greatest load that holds is known. */
import type { Plan, Search } from '../plan/plan.ts'
import { withLoad } from '../plan/search-load.ts'
import type { Metric, Step, TestResult, ThresholdResult } from '../result/run-result.ts'
import { evaluateThresholds } from '../thresholds/evaluate-thresholds.ts'
import { describeCapacity } from './describe-capacity.ts'
import { type Outcome, type SearchEnd, searchCapacity } from './search.ts'

/** Of the messages due as many must be answered in the hold: what is behind at its end would grow for ever. */
const LEAST_ANSWERED = 0.95

/** A P99 takes 100 messages, and no step is longer than half a minute. */
const LEAST_RATE = 10

interface Measured {
  readonly step: Step
  readonly test: TestResult
}

/**
 * `measure` runs a plan and gives its result. Its result is that of the step at the capacity found, with all steps and the
 * findings; null: interrupted before there was a step.
 */
export async function measureCapacity(
  plan: Plan,
  search: Search,
  measure: (step: Plan, load: number) => Promise<TestResult>,
  isOver: () => boolean,
): Promise<TestResult | null> {
  const measured: Measured[] = []
  const { from, upTo, precision, repeats } = search
  const range = { from, upTo, precision, repeats, least: search.of === 'rate' ? LEAST_RATE : 1 }
  const end = await searchCapacity(range, async (load) => {
    if (isOver()) return null
    const result = await measure(withLoad(plan, search, load), load)
    const test = { ...result, testType: plan.testType }
    if (test.status !== 'completed' && isOver()) return null
    const step = judgeStep(test, search, load)
    measured.push({ step, test })
    return step.outcome
  })
  const shown = chooseShown(measured, end)
  return shown === null ? null : assemble(shown, measured, search, end)
}

/** The last good step at the capacity, else the last step of all. */
function chooseShown(measured: readonly Measured[], { met }: SearchEnd): TestResult | null {
  const best = measured.findLast(({ step }) => step.load === met && step.outcome === 'met')
  return (best ?? measured.at(-1))?.test ?? null
}

function assemble(
  shown: TestResult,
  measured: readonly Measured[],
  search: Search,
  end: SearchEnd,
): TestResult {
  const steps = measured.map(({ step }) => step)
  const above = measured.findLast(({ step }) => step.load === end.missed && step.outcome !== 'met')?.test
  return {
    ...shown,
    status: end.bound === 'interrupted' ? 'aborted' : shown.status,
    plan: { ...shown.plan, search: { ...search, objectives: [...search.objectives] } },
    metrics: { ...shown.metrics, capacity: { type: 'gauge', unit: 'count', value: end.met } },
    // The answer is as good as the step beyond it: where that one was ours, the server may well do more.
    validity: end.bound === 'generator' && above !== undefined ? above.validity : shown.validity,
    steps,
    findings: describeCapacity(steps, search, end, above?.validity ?? null),
  }
}

/** Met when every objective holds and the server kept up; a step that cannot be believed says nothing. */
function judgeStep(test: TestResult, search: Search, load: number): Step {
  const rows = evaluateThresholds({ tests: [test] }, search.objectives)
  const failed = rows.filter(({ result }) => result !== 'pass').map(describeRow)
  const behind = search.of === 'connect-rate' ? null : describeBehind(test)
  const missed = behind === null ? failed : [...failed, behind]
  const isBelieved = test.validity.state === 'valid'
  const outcome: Outcome = !isBelieved ? 'limited' : missed.length === 0 ? 'met' : 'missed'
  const { metrics } = test
  const response = metrics[search.of === 'connect-rate' ? 'connect_time' : 'response_time']
  const trend = response?.type === 'trend' ? response : null
  return {
    load,
    outcome,
    because: isBelieved ? missed : test.validity.reasons.slice(0, 1).map(({ message }) => message),
    connections: test.plan.connections,
    messagesPerSecond: rateOf(metrics.messages_received),
    meanUs: trend?.mean ?? null,
    p50Us: trend?.p50 ?? null,
    p99Us: trend?.p99 ?? null,
    errorRatio: readValue(metrics.error_ratio),
    serverCpuPercent: readValue(metrics.server_cpu_mean),
    serverRssBytes: readValue(metrics.server_rss),
    generatorBusy: readValue(metrics.generator_loop_busy),
  }
}

function describeRow({ expression, result, note }: ThresholdResult): string {
  return result === 'no-data' ? `${expression}: ${note}` : `${expression} failed`
}

/** Of a server that answers more slowly than messages come, whatever the objectives ask. */
function describeBehind({ metrics, phases }: TestResult): string | null {
  const due = metrics.messages_due
  const perSec = rateOf(metrics.messages_received)
  if (due?.type !== 'counter' || due.count === null || perSec === null || phases.holdUs === null) return null
  const share = due.count === 0 ? 1 : (perSec * phases.holdUs) / 1e6 / due.count
  return share < LEAST_ANSWERED
    ? `only ${Math.floor(share * 100)} % of the messages due were answered in time`
    : null
}

function rateOf(metric: Metric | undefined): number | null {
  return metric?.type === 'counter' ? metric.rate : null
}

function readValue(metric: Metric | undefined): number | null {
  return metric?.type === 'gauge' || metric?.type === 'ratio' ? metric.value : null
}
