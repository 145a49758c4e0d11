/** Names and figures of a comparison in the words that all its reports share. */
import type { ChangeFinding, Comparison, FigureChange } from '../../result/comparison-schema.ts'
import type { ThresholdResult } from '../../result/run-result.ts'
import { formatInUnit, formatPercentChange, NONE } from '../format.ts'

export interface JudgedComparison {
  readonly comparison: Comparison
  readonly thresholds: readonly ThresholdResult[]
}

export const FINDING_WORDS: Readonly<Record<ChangeFinding, string>> = {
  better: 'better',
  same: 'same',
  worse: 'worse',
  'cannot-tell': 'cannot tell',
}

const NAMES: Readonly<Record<string, string>> = {
  'messages_received:rate': 'messages/s',
  'deliveries_received:rate': 'deliveries/s',
  'error_ratio:value': 'errors',
  'open_100:value': 'all open after',
  'server_cpu_mean:value': 'server CPU',
  'server_cpu:value': 'server CPU, peak',
  'server_rss:value': 'server memory',
}

/** `messages/s`, `response P99`, else as in a threshold. */
export function nameChange({ metric, aggregation }: Pick<FigureChange, 'metric' | 'aggregation'>): string {
  const known = NAMES[`${metric}:${aggregation}`]
  if (known !== undefined) return known
  const percentile = /^p\(([\d.]+)\)$/.exec(aggregation)?.[1]
  const [, trend, group = ''] = /^([a-z_]+?)(?:_time)?(\{.*\})?$/.exec(metric) ?? []
  if (percentile !== undefined && trend !== undefined)
    return `${trend.replaceAll('_', ' ')}${group} P${percentile}`
  return aggregation === 'value' ? metric : `${metric}:${aggregation}`
}

export function showValue(value: number | null, { unit }: Pick<FigureChange, 'unit'>): string {
  return formatInUnit(value, unit)
}

/** `+12 %`; of shares `+0.5 points`. */
export function showChange(
  value: number | null,
  { scale, unit }: Pick<FigureChange, 'scale' | 'unit'>,
): string {
  if (value === null) return NONE
  if (scale === 'ratio') return value > MOST_SHOWN ? `>+${MOST_SHOWN * 100} %` : formatPercentChange(value)
  return formatInUnit(value, `change in ${unit}`)
}

/** Above this it is only noise. */
const MOST_SHOWN = 10

/** `-3.1 … +2.0 %`. */
export function showInterval(figure: FigureChange): string {
  const { low, high } = figure
  if (low === null || high === null) return NONE
  const [from, to] = [showChange(low, figure), showChange(high, figure)]
  const [, unit] = / (\S+)$/.exec(to) ?? []
  return unit !== undefined && from.endsWith(` ${unit}`)
    ? `${from.slice(0, -unit.length - 1)} … ${to}`
    : `${from} … ${to}`
}

export function showLevel({ level }: Pick<Comparison, 'level'>): string {
  return `${Number((level * 100).toFixed(2))} %`
}

/** What cannot be told and why, the same reason once: `the runs differ too much: response P99 (about 40 runs a side would do)`. */
export function explainOpen(figures: readonly FigureChange[]): string[] {
  const byReason = new Map<string, string[]>()
  for (const figure of figures) {
    if (figure.finding !== 'cannot-tell') continue
    const named = `${nameChange(figure)}${figure.low === null ? '' : ` (${showNeeded(figure)})`}`
    byReason.set(figure.reason, [...(byReason.get(figure.reason) ?? []), named])
  }
  return [...byReason].map(([reason, names]) => `cannot tell ${names.join(', ')}: ${reason}`)
}

function showNeeded({ runsNeeded }: FigureChange): string {
  return runsNeeded === null ? 'no number of runs would do' : `about ${runsNeeded} runs a side would do`
}

/** `messages/s -10.6 %, response P50 +12 %`: what the finding rests on. */
export function summarizeFinding({ finding, tests }: Comparison): string {
  const figures = tests.flatMap((test) => test.figures)
  const named = figures.filter((figure) => figure.finding === finding)
  if (finding === 'same') return 'no figure changed by more than the margin'
  if (finding === 'cannot-tell')
    return `${named.length} of ${figures.length} figures cannot be told from no change`
  return named.map((figure) => `${nameChange(figure)} ${showChange(figure.change, figure)}`).join(', ')
}

/** How to read the intervals. */
export function describeRules({ margin, tests, level }: Comparison): string {
  const percent = Number((margin * 100).toFixed(1))
  const count = tests.reduce((sum, { figures }) => sum + figures.length, 0)
  const wider =
    level > 0.99
      ? ` (${showLevel({ level })}, for ${count} figures: all together miss at most once in 50 times)`
      : ''
  return `intervals are over runs${wider}; changes within ±${percent} % count as none (--margin)`
}
