/** Which figures of a test are compared unless others are named: few, as every further one widens all the intervals. */
import { headlineRate, headlineTrend, kindOf } from '../result/headline.ts'
import type { TestResult } from '../result/run-result.ts'
import { type Aggregation, formatAggregation, tagMetric, unitOf } from '../thresholds/grammar.ts'
import { METRICS } from '../thresholds/metric-catalog.ts'
import type { FigureName } from '../thresholds/read-figure.ts'

export interface Figure extends FigureName {
  readonly metric: string
  readonly unit: string
  readonly better: 'lower' | 'higher'
}

/** Of what these count, more is better; of everything else less. */
const HIGHER_IS_BETTER =
  /^(?:messages_(?:sent|received)|connections_(?:attempted|opened)|deliveries_(?:received|in_hold)|replies_in_hold|pushes_received|bytes_(?:sent|received)|pongs_sent|connect_success|reply_ratio|flow_success|flows_(?:started|completed|in_hold)|delivery_ratio|push_ratio|pong_ratio)$/

export function makeFigure({
  metric,
  group,
  step,
  aggregation,
}: FigureName & { readonly metric: string }): Figure {
  const kind = METRICS.get(metric)
  if (kind === undefined) throw new Error(`no such metric: ${metric}`)
  const better = HIGHER_IS_BETTER.test(metric) ? 'higher' : 'lower'
  return { metric, group, step, aggregation, unit: unitOf(aggregation, kind), better }
}

export function nameFigure(figure: Figure): string {
  return `${tagMetric(figure.metric, figure)}:${formatAggregation(figure.aggregation)}`
}

/**
 * Rate, median, tail, errors and memory. At a given rate messages/s say nothing, and the server's CPU tells what a message
 * costs; when the server is full, as without a rate, it tells nothing.
 */
export function headlineFigures(test: TestResult): Figure[] {
  const trend = headlineTrend(kindOf(test))
  const isOpen = test.plan.groups.some(({ pacing }) => pacing === 'open')
  const rate = headlineRate(test.testType)
  const figures = [
    ...(rate === null || isOpen ? [] : [plain(rate, 'rate')]),
    ...[50, 99].map((percentile) => make(trend, { kind: 'percentile', percentile })),
    ...(test.testType === 'storm' ? [plain('open_100', 'value')] : []),
    plain('error_ratio', 'value'),
    ...(isOpen ? [plain('server_cpu_mean', 'value')] : []),
    plain('server_rss', 'value'),
  ]
  return figures
}

function plain(metric: string, kind: 'rate' | 'value'): Figure {
  return make(metric, { kind })
}

function make(metric: string, aggregation: Aggregation): Figure {
  return makeFigure({ metric, group: null, step: null, aggregation })
}
