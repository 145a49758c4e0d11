/** A flow and its named steps: how long each took, how often it was done, how often it failed. */
import type { TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatCount, formatDurationUs, formatPlural, formatRate } from './format.ts'
import type { Paint } from './paint.ts'
import { findCount, findTrend, isShortHold, showPercentile } from './test-figures.ts'

/** The report of a test has 14 lines. */
const MOST_STEPS = 6
const STEP = /^step_time\{step=(.*)\}$/

/** Trends of a flow and their titles: the whole, its steps in the order in which they came up, our own lateness. */
export function listFlowTrends(test: TestResult): [name: string, title: string][] {
  const steps = Object.keys(test.metrics).flatMap((name): [string, string][] => {
    const step = STEP.exec(name)?.[1]
    return step === undefined ? [] : [[name, `  ${step}`]]
  })
  return [['flow_time', 'whole flow'], ...steps, ['pacer_lag', 'pacer lag']]
}

/** `38.2 flows/s`, and where the hold was too short for a rate `100 of 100 flows`. */
export function showFlows(test: TestResult): string {
  const completed = test.metrics.flows_completed
  const rate = completed?.type === 'counter' && !isShortHold(test) ? completed.rate : null
  if (rate !== null) return `${formatRate(rate)} flows/s`
  const done = formatCount(findCount(test, 'flows_completed'))
  return `${done} of ${formatPlural(findCount(test, 'flows_due') ?? 0, 'flow')}`
}

/** Heading and the flow first, then its steps in the order in which they came up. */
export function flowTable(test: TestResult, paint: Paint, most = MOST_STEPS): string[] {
  const all = listFlowTrends(test).slice(1, -1)
  const lag = findTrend(test, 'pacer_lag') === null ? [] : [['pacer_lag', 'pacer lag'] as const]
  const shown = [['flow_time', 'whole flow'] as const, ...all.slice(0, most), ...lag]
  const rows = shown.map(([name, title], index) => {
    const failed = name === 'flow_time' ? 'flows_failed' : name.replace('step_time', 'steps_failed')
    const trend = findTrend(test, name)
    const show = (key: 'p50' | 'p90' | 'p99'): string => showPercentile(test, name, key)
    const count = findCount(test, failed)
    return [
      title,
      show('p50'),
      show('p90'),
      index === 0 ? paint.strong(show('p99')) : show('p99'),
      formatDurationUs(trend?.max ?? null),
      formatCount(trend?.count ?? 0),
      count === null ? '' : count === 0 ? '0' : paint.bad(formatCount(count)),
    ]
  })
  const columns = [
    words('flow', 20),
    numbers('P50', 8),
    numbers('P90', 8),
    numbers('P99', 8),
    numbers('max', 8),
    numbers('done', 9),
    numbers('failed', 7),
  ]
  const left = all.length - most
  return [
    ...alignTable(columns, rows, paint.dim),
    ...(left > 0 ? [paint.dim(`  and ${left} more steps (--full)`)] : []),
  ]
}

/** `completed 300, failed 2, skipped 1 (2 busy), unfinished 0`: where the flows went that were due; empty when all completed. */
export function flowTally(test: TestResult): string[] {
  const count = (name: string): number => findCount(test, name) ?? 0
  if (count('flows_due') === count('flows_completed')) return []
  const parts = [
    `${formatCount(count('flows_due'))} due`,
    `${formatCount(count('flows_completed'))} completed`,
    ...[
      ['flows_failed', 'failed'] as const,
      ['flows_skipped_busy', 'skipped: no client free'] as const,
      ['flows_skipped_closed', 'skipped: not connected'] as const,
      ['flows_skipped_behind', 'skipped: generator behind'] as const,
      ['flows_unfinished', 'unfinished'] as const,
    ].flatMap(([name, words]) => (count(name) === 0 ? [] : [`${formatCount(count(name))} ${words}`])),
  ]
  return [`flows: ${parts.join(', ')}`]
}
