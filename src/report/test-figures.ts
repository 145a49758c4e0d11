/** What reports show of one test, as text: its load, rate, percentiles and errors. */
import { headlineRate } from '../result/headline.ts'
import type { PlanView, TestResult, TrendMetric } from '../result/run-result.ts'
import {
  formatBytes,
  formatCount,
  formatPercentileUs,
  formatPlural,
  formatRate,
  formatSpanUs,
  NONE,
} from './format.ts'

type PlanGroup = PlanView['groups'][number]
export type PercentileKey = keyof TrendMetric['marks']

const SHORT_HOLD_US = 1_000_000

/** Null when the test has no such trend, or it has neither samples nor lost messages. */
export function findTrend(test: TestResult, name: string): TrendMetric | null {
  const metric = test.metrics[name]
  return metric?.type === 'trend' && metric.count + metric.lost > 0 ? metric : null
}

export function findGauge(test: TestResult, name: string): number | null {
  const metric = test.metrics[name]
  return metric?.type === 'gauge' ? metric.value : null
}

/** Per cent of a core over the hold, else the peak of the run; null when not measured. */
export function findCpu(test: TestResult, who: 'server' | 'generator'): number | null {
  return findGauge(test, `${who}_cpu_mean`) ?? findGauge(test, `${who}_cpu`)
}

export function findCount(test: TestResult, name: string): number | null {
  const metric = test.metrics[name]
  return metric?.type === 'counter' ? metric.count : null
}

export function isOpen(test: TestResult): boolean {
  return test.plan.groups.some((group) => group.pacing === 'open')
}

export function isShortHold(test: TestResult): boolean {
  return test.phases.holdUs !== null && test.phases.holdUs < SHORT_HOLD_US
}

/** Replies (of a broadcast test deliveries) a second of the hold; `~` when the hold was too short to be sure; `–` without a rate. */
export function showRate(test: TestResult): string {
  const metric = test.metrics[headlineRate(test.testType) ?? '']
  const rate = metric?.type === 'counter' ? metric.rate : null
  return rate !== null && isShortHold(test) ? `~${formatRate(rate)}` : formatRate(rate)
}

/** A percentile with its mark, or `–`. */
export function showPercentile(test: TestResult, trendName: string, key: PercentileKey): string {
  const trend = findTrend(test, trendName)
  if (trend === null) return NONE
  // Nothing was waited for: it came to no good end.
  if (trend.marks[key] === 'timeout' && /^(?:flow|step)_time/.test(trendName)) return 'failed'
  // Who never came back had no timeout: it is the run that ended.
  if (trendName.startsWith('reconnect_time') && trend.marks[key] === 'timeout') return 'never'
  return formatPercentileUs(trend[key], trend.marks[key], timeoutOf(test, trendName))
}

/** After how long a sample of this trend counts as lost. */
export function timeoutOf({ plan }: TestResult, trendName: string): number {
  return trendName.startsWith('connect') ? plan.connectTimeoutUs : plan.replyTimeoutUs
}

/** Everything that went wrong in the test, as one number. */
export function countErrors(test: TestResult): number {
  return test.errors.reduce((sum, error) => sum + error.count, 0)
}

/** `5 s closed`, `20 s, 1/s each`, `10 each, 8 in flight`, `100 at once`, `60 s, each 5 s`, `3 groups`. */
export function describeLoad(test: TestResult): string {
  const { groups, connectRatePerSec, connections, cycles, push } = test.plan
  const times = cycles > 1 ? `, ${cycles} times` : ''
  const pinging = groups.find(({ pingEveryUs }) => pingEveryUs !== null)
  if (test.plan.leaving !== null) {
    const { kinds } = test.plan.leaving
    return `${formatCount(cycles)} cycles, left ${kinds.join(', ')}`
  }
  if (test.testType === 'heartbeat' && pinging !== undefined)
    return `${describeStop(pinging)}, pings each ${formatSpanUs(pinging.pingEveryUs)}${times}`
  if (test.testType === 'reconnect') {
    const [first] = groups
    return first === undefined ? '' : `${describeStop(first)}, ${describeCut(test.plan.cut)}${times}`
  }
  // Those who only listen to the others are no load of their own.
  const senders = groups.filter((group) => group.role !== 'subscriber')
  const [group, ...others] = senders.length === 0 ? groups : senders
  if (group === undefined || others.length > 0) return `${groups.length} groups${times}`
  if (test.testType === 'storm') {
    const how = connectRatePerSec === null ? 'at once' : `at ${formatRate(connectRatePerSec)}/s`
    return `${formatCount(connections)} ${how}${times}`
  }
  if (test.testType === 'push') {
    const every = push === null || push.everyUs === null ? '' : `, each ${formatSpanUs(push.everyUs)}`
    return `${describeStop(group)}${every}${times}`
  }
  return `${describeStop(group)}${describePacing(group)}${times}`
}

/** `cut after 5 s`, `restarted after 5 s`, `cut by the server`. */
function describeCut(cut: PlanView['cut']): string {
  if (cut === null || cut.by === 'watch') return 'cut by the server'
  return `${cut.by === 'reset' ? 'cut' : 'restarted'} after ${formatSpanUs(cut.afterUs)}`
}

/** `100 connections`, `1 publisher, 500 subscribers in 2 rooms`, `20 streams`. */
export function describeClients({ groups, connections, fanOut, transport }: PlanView): string {
  const count = (role: PlanGroup['role']): number =>
    groups.reduce((sum, group) => sum + (group.role === role ? group.connections : 0), 0)
  const rooms = fanOut?.audience === 'room' ? ` in ${formatPlural(fanOut.rooms, 'room')}` : ''
  if (count('publisher') === 0)
    return `${formatPlural(connections, transport === 'websocket' ? 'connection' : 'stream')}${rooms}`
  return `${formatPlural(count('publisher'), 'publisher')}, ${formatPlural(count('subscriber'), 'subscriber')}${rooms}`
}

/** `32 B`, or what the payload is called; null when nothing is sent. */
export function describePayload(plan: PlanView): string | null {
  const payloads = new Set(
    plan.groups
      .filter((group) => group.pacing !== 'silent' && group.flow === null)
      .map((group) => (group.payloadBytes === null ? 'own message' : formatBytes(group.payloadBytes))),
  )
  if (payloads.size === 0) return null
  return payloads.size === 1 ? [...payloads].join() : 'several payloads'
}

function describeStop(group: PlanGroup): string {
  if (group.messagesEach !== null && group.flow !== null)
    return `${formatPlural(group.messagesEach, 'flow')} each`
  if (group.messagesEach !== null) return `${formatCount(group.messagesEach)} each`
  return group.durationUs === null ? 'until the others end' : formatSpanUs(group.durationUs)
}

function describePacing(group: PlanGroup): string {
  if (group.flow !== null && group.pacing !== 'open') return group.messagesEach === null ? ' of flows' : ''
  if (group.pacing === 'silent') return ' silent'
  if (group.pacing === 'closed')
    return (group.inFlight ?? 1) > 1 ? `, ${group.inFlight} in flight` : ' closed'
  const [from, to] = [group.ratePerSec ?? 0, group.endRatePerSec ?? group.ratePerSec ?? 0]
  const noun = group.flow === null ? '/s' : ' flows/s'
  if (from !== to) return `, ${formatRate(from)}..${formatRate(to)}${noun}`
  if (group.flow !== null) return `, ${formatRate(from)} flows/s`
  const each = from / group.connections
  return Number.isInteger(each) && group.connections > 1
    ? `, ${formatRate(each)}/s each`
    : `, ${formatRate(from)}/s`
}
