/** Measurements of one test -> its result: every published figure of a test is made here or in what this calls. */
import { countConnections } from '../plan/plan.ts'
import { viewPlan } from '../plan/view.ts'
import { mergeRecorders, type RecorderSnapshot } from '../record/recorder.ts'
import { HIDDEN_TRENDS, TRENDS, unitOf } from '../record/series.ts'
import { countSamples, type TrendSnapshot, valueAtRank } from '../record/trend.ts'
import { deriveErrors, tallyCloseCodes } from './error-counts.ts'
import { deriveFairness } from './fairness.ts'
import { deriveFindings } from './findings.ts'
import { noteLatency, notePlan } from './floor-note.ts'
import { growthPerConnection } from './growth.ts'
import { intervalTrend } from './headline.ts'
import { encodeHistogram } from './histogram.ts'
import { findLatencyTrend } from './latency-trend.ts'
import { makeLatencyWindows } from './latency-windows.ts'
import { deriveLeaks } from './leak-metrics.ts'
import { toMicroseconds } from './long-trend.ts'
import type { Measurements } from './measurements.ts'
import { deriveGroupMetrics, deriveMetrics, isOpenPlan, type Metrics } from './metrics.ts'
import { comparePublished } from './published.ts'
import type { Metric, TestResult, Validity } from './run-result.ts'
import { deriveSlow } from './slow-findings.ts'
import { hasMetric } from './special-metrics.ts'
import { deriveStepHistograms } from './step-metrics.ts'
import { judgeValidity, SHORTEST_JUDGED_US, type ValidityFacts } from './validity.ts'
import { gatherFacts, judgedLag, judgedLatency } from './validity-facts.ts'
import { deriveWarnings } from './warnings.ts'

/** CPU time that can be told: the kernel counts it in steps of 10 ms. */
const LEAST_CPU_US = 100_000
const LEAST_CPU_CONNECTIONS = 100

export function deriveTest(measured: Measurements): TestResult {
  const { plan, startUs, phases } = measured
  const total = mergeRecorders(measured.groups)
  const view = viewPlan(plan)
  const metrics = {
    ...deriveMetrics(total, measured),
    ...deriveGroupMetrics(measured),
    ...deriveGauges(total, measured),
  }
  const received = metrics.messages_received
  const response = metrics.response_time
  return {
    testType: plan.testType,
    plan: view,
    status: measured.status,
    phases: {
      connectUs: round(phases.connectUs),
      warmupUs: round(phases.warmupUs),
      holdUs: round(phases.holdUs),
      drainUs: round(phases.drainUs),
    },
    validity: withFloor(judgeValidity(validityFacts(total, metrics, measured)), measured),
    metrics,
    errors: deriveErrors(measured, total),
    closeCodes: tallyCloseCodes(measured.failures),
    intervals: [...measured.intervals],
    histograms: { ...deriveHistograms(total, isOpenPlan(plan)), ...deriveStepHistograms(measured) },
    slowest: measured.slowest.map(({ client, seq, atUs, latencyUs }) => ({
      client,
      seq,
      atUs: Math.round(atUs - startUs),
      latencyUs: Math.round(latencyUs),
    })),
    fairness: deriveFairness(measured.spread),
    latencyTrend: findLatencyTrend(measured.seconds, startUs),
    latencyWindows: makeLatencyWindows(measured.seconds, startUs, intervalTrend(plan.testType)),
    findings: deriveFindings(measured, total, metrics),
    steps: [],
    cycles: [...measured.cycles],
    warnings: [...measured.warnings, ...deriveWarnings(measured, total), ...noteFloor(metrics, measured)],
    published: comparePublished({
      testType: plan.testType,
      connections: countConnections(plan),
      fanOut: plan.fanOut !== null,
      binary: plan.groups.some((group) => group.binary),
      compress: plan.target.compress,
      holdUs: phases.holdUs,
      messagesPerSecond: received?.type === 'counter' ? received.rate : null,
      p99Us: response?.type === 'trend' ? response.p99 : null,
      serverRssPeakBytes: measured.server.peak,
    }),
  }
}

/** Of a generator that was too slow for what was asked: what it is known to be able to do. */
function withFloor(validity: Validity, { plan, floor }: Measurements): Validity {
  if (validity.state !== 'generator-limited' || floor === null) return validity
  return { ...validity, reasons: [...validity.reasons, ...notePlan(plan, floor)] }
}

/** Not of a storm, whose replies come in its midst, nor where other times than the reply's are asked for. */
function noteFloor(metrics: Metrics, { floor, plan }: Measurements): TestResult['warnings'] {
  const service = metrics.service_time
  if (plan.testType === 'storm' || plan.fanOut !== null || plan.push !== null) return []
  const note = floor === null || service?.type !== 'trend' ? null : noteLatency(service.p50, floor)
  return note === null ? [] : [{ code: note.code, message: note.message }]
}

function deriveGauges(total: RecorderSnapshot, measured: Measurements): Metrics {
  const { counters, trends } = total
  const { server, generator, holdLoad, intervals, plan } = measured
  const opened = counters.connections_opened / plan.cycles
  const lasting = Math.max(0, opened - counters.connections_closed / plan.cycles)
  // Of shorter ones CPU is not known: the kernel counts it in steps of 10 ms.
  const whole = intervals.filter(({ durationUs }) => durationUs >= 0.9 * SHORTEST_JUDGED_US)
  const openAt = (share: number): number | null => {
    const rank = Math.ceil(share * counters.connections_attempted)
    if (rank === 0 || trends.open_at === null || rank > counters.connections_opened) return null
    return valueAtRank(trends.open_at, rank)
  }
  const metrics: Metrics = {
    open_50: gauge('us', openAt(0.5)),
    open_90: gauge('us', openAt(0.9)),
    open_99: gauge('us', openAt(0.99)),
    open_100: gauge('us', openAt(1)),
    ...(hasMetric(plan, 'missed_pongs')
      ? { missed_pongs: gauge('count', medianOf(trends.pongs_missed)) }
      : {}),
    ...keepOwn(deriveLeaks(measured.cycles), plan),
    ...keepOwn(deriveSlow(measured, total), plan),
    generator_loop_busy: gauge('ratio', holdLoad.loopBusy),
    generator_core_wait: gauge('ratio', holdLoad.coreWait),
    server_cpu: gauge('percent', greatest(whole.map((one) => one.serverCpuPercent))),
    server_cpu_mean: gauge('percent', holdLoad.serverCpuPercent),
    server_cpu_per_connection: gauge('us', cpuPerConnection(measured, lasting)),
    generator_cpu: gauge('percent', greatest(whole.map((one) => one.generatorCpuPercent))),
    generator_cpu_mean: gauge('percent', holdLoad.generatorCpuPercent),
  }
  for (const [who, moments] of [
    ['server', server],
    ['generator', generator],
  ] as const) {
    metrics[`${who}_rss`] = gauge('bytes', moments.peak)
    metrics[`${who}_rss_idle`] = gauge('bytes', moments.idle)
    metrics[`${who}_rss_connected`] = gauge('bytes', moments.connected)
    metrics[`${who}_rss_after`] = gauge('bytes', moments.after)
    metrics[`${who}_rss_per_connection`] = gauge('bytes', growthPerConnection(moments, opened))
  }
  return metrics
}

/** Those that a plan has. */
function keepOwn(metrics: Metrics, plan: Measurements['plan']): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => hasMetric(plan, name)))
}

function medianOf(trend: TrendSnapshot | null): number | null {
  return trend === null ? null : valueAtRank(trend, Math.ceil(countSamples(trend) / 2))
}

/** CPU time of the server a second of the hold; null when there was too little of it to be told from nothing. */
function cpuPerConnection({ holdLoad, phases }: Measurements, connections: number): number | null {
  const { serverCpuPercent: percent } = holdLoad
  if (percent === null || phases.holdUs === null || connections < LEAST_CPU_CONNECTIONS) return null
  const usPerSecond = percent * 10_000
  return (usPerSecond * phases.holdUs) / 1e6 < LEAST_CPU_US ? null : usPerSecond / connections
}

function deriveHistograms({ trends }: RecorderSnapshot, open: boolean): Record<string, string> {
  const histograms: Record<string, string> = {}
  for (const name of TRENDS) {
    if (HIDDEN_TRENDS.has(name) && name !== 'open_at') continue
    const source = name === 'response_time' && !open ? 'service_time' : name
    const trend = toMicroseconds(trends[source], unitOf(source))
    if (trend !== null) histograms[name] = encodeHistogram(trend.counts, trend.min, trend.max)
  }
  return histograms
}

function validityFacts(
  { counters }: RecorderSnapshot,
  metrics: Metrics,
  measured: Measurements,
): ValidityFacts {
  const p99 = (name: string) => {
    const metric = metrics[name]
    return metric?.type === 'trend' ? metric.p99 : null
  }
  return gatherFacts(
    {
      count: (name) => counters[name],
      pacerLagP99Us: p99(judgedLag(measured.plan)),
      latencyP99Us: p99(judgedLatency(measured.plan)),
      retryLagP99Us: p99('reconnect_lag'),
      returnP99Us: p99('reconnect_time'),
    },
    measured,
  )
}

function gauge(unit: Extract<Metric, { type: 'gauge' }>['unit'], value: number | null): Metric {
  return { type: 'gauge', unit, value }
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function round(us: number | null): number | null {
  return us === null ? null : Math.round(us)
}
