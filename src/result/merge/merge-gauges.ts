/** Gauges of several generators as one, each by its own rule. */
import { valueAtRank } from '../../record/trend.ts'
import { growthPerConnection } from '../growth.ts'
import type { Metric, TestResult } from '../run-result.ts'
import type { MergeFacts } from './merge-metrics.ts'
import { greatestOf, leastOf, mergeAll, sumOf, trendOf } from './merge-trends.ts'

type Values = readonly (number | null)[]

/** Generators are several, and what they take adds up; how full the fullest is does not. */
const OF_GENERATORS: Readonly<Record<string, (values: Values) => number | null>> = {
  generator_rss: sumOf,
  generator_rss_idle: sumOf,
  generator_rss_connected: sumOf,
  generator_rss_after: sumOf,
  generator_cpu: sumOf,
  generator_cpu_mean: sumOf,
  generator_loop_busy: greatestOf,
  generator_core_wait: greatestOf,
}

/** The server is one, which each has seen by itself: its whole load, so nothing adds up. */
const OF_SERVER: Readonly<Record<string, (values: Values) => number | null>> = {
  server_rss: greatestOf,
  server_rss_idle: leastOf,
  server_rss_connected: greatestOf,
  server_rss_after: greatestOf,
  server_cpu: greatestOf,
  server_cpu_mean: greatestOf,
}

const OPEN_SHARE = /^open_(\d+)$/
const PER_CONNECTION = /^(server|generator)_rss_per_connection$/

/** `isWhole` false: each result knows it of itself, and it cannot be known of all together. */
export function mergeGauge(
  tests: readonly TestResult[],
  name: string,
  { sameServer }: MergeFacts,
): { readonly metric: Metric; readonly isWhole: boolean } {
  const values = tests.map((test) => gaugeOf(test, name))
  const value = mergeValue(tests, name, values, sameServer)
  const first = tests[0]!.metrics[name]
  const unit = first?.type === 'gauge' ? first.unit : 'count'
  return { metric: { type: 'gauge', unit, value }, isWhole: value !== null || values.includes(null) }
}

function mergeValue(
  tests: readonly TestResult[],
  name: string,
  values: Values,
  sameServer: boolean,
): number | null {
  const share = OPEN_SHARE.exec(name)?.[1]
  if (share !== undefined) return timeUntilOpen(tests, Number(share) / 100)
  const who = PER_CONNECTION.exec(name)?.[1]
  if (name.startsWith('server_') && !sameServer) return null
  if (who !== undefined) {
    const opened = sumOf(tests.map((test) => countOf(test, 'connections_opened'))) ?? 0
    const at = (moment: string): number | null => {
      const key = `${who}_rss_${moment}`
      return mergeValue(
        tests,
        key,
        tests.map((test) => gaugeOf(test, key)),
        sameServer,
      )
    }
    return growthPerConnection(
      { idle: at('idle'), connected: at('connected') },
      opened / (tests[0]?.plan.cycles ?? 1),
    )
  }
  if (name === 'server_cpu_per_connection') {
    const lasting = sumOf(tests.map((test) => lastingOf(test))) ?? 0
    const percent = mergeValue(
      tests,
      'server_cpu_mean',
      tests.map((test) => gaugeOf(test, 'server_cpu_mean')),
      sameServer,
    )
    return values.includes(null) || percent === null || lasting <= 0 ? null : (percent * 10_000) / lasting
  }
  if (name === 'amplification') {
    const sent = sumOf(tests.map((test) => countOf(test, 'messages_sent')))
    const received = sumOf(tests.map((test) => countOf(test, 'deliveries_received')))
    return sent === null || received === null || sent === 0 ? null : received / sent
  }
  const rule = OF_GENERATORS[name] ?? OF_SERVER[name]
  if (rule !== undefined) return rule(values)
  return values.every((value) => value === values[0]) ? values[0]! : null
}

/** Each from the start of its own connect phase. */
function timeUntilOpen(tests: readonly TestResult[], share: number): number | null {
  const attempted = sumOf(tests.map((test) => countOf(test, 'connections_attempted'))) ?? 0
  const opened = sumOf(tests.map((test) => countOf(test, 'connections_opened'))) ?? 0
  const rank = Math.ceil(share * attempted)
  const trend = mergeAll(tests.map(({ histograms }) => trendOf(histograms.open_at ?? '', null)))
  return rank === 0 || rank > opened || trend === null ? null : valueAtRank(trend, rank)
}

/** Connections that no server has ended. */
function lastingOf(test: TestResult): number | null {
  const [opened, closed] = [countOf(test, 'connections_opened'), countOf(test, 'connections_closed')]
  return opened === null || closed === null ? null : (opened - closed) / test.plan.cycles
}

function gaugeOf(test: TestResult, name: string): number | null {
  const metric = test.metrics[name]
  return metric?.type === 'gauge' ? metric.value : null
}

function countOf(test: TestResult, name: string): number | null {
  const metric = test.metrics[name]
  return metric?.type === 'counter' ? metric.count : null
}
