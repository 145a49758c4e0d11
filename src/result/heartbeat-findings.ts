/** Of a test of heartbeats: are pings answered, both ways, and who is dropped after how long? */
import { mergeRecorders, type RecorderSnapshot } from '../record/recorder.ts'
import { unitOf } from '../record/series.ts'
import { countSamples, valueAtRank } from '../record/trend.ts'
import { findDrops } from './drop-finding.ts'
import { sayCount, sayPart, sayRange, sayTime } from './finding-words.ts'
import { trendPercentileUs } from './histogram.ts'
import type { Measurements } from './measurements.ts'
import type { Finding } from './run-result.ts'

/** Pings that a client must have left unanswered before keeping it is a fault: servers usually bear two. */
const ENOUGH_MISSED = 3
/** A server's pings are regular when nearly all intervals are this close to the usual one. */
const REGULAR_SHARE = 0.1

export function findHeartbeat(measured: Measurements, total: RecorderSnapshot): Finding[] {
  const { plan, groups, phases } = measured
  const heldUs = phases.holdUs
  const pick = (wanted: (group: (typeof plan.groups)[number]) => boolean) => {
    const chosen = groups.filter((_, index) => wanted(plan.groups[index]!))
    return chosen.length === 0 ? null : mergeRecorders(chosen)
  }
  const pinging = pick(({ behaviour }) => behaviour.pong && behaviour.pingEveryUs !== null)
  const idle = pick(({ behaviour }) => behaviour.pong && behaviour.pingEveryUs === null)
  const silent = pick(({ behaviour }) => !behaviour.pong)
  return [
    ...(pinging === null ? [] : [findAnswers(pinging, plan.limits.replyTimeoutUs)]),
    findServerPings(total, heldUs),
    ...findKept(pinging, idle, heldUs),
    ...(silent === null ? [] : [findUnanswered(silent, idle ?? pinging, heldUs)]),
  ]
}

/** In one sentence where all is well. */
function findKept(
  pinging: RecorderSnapshot | null,
  idle: RecorderSnapshot | null,
  heldUs: number | null,
): Finding[] {
  const both = [pinging, idle].filter((one) => one !== null)
  if (both.length > 0 && both.every(({ counters }) => counters.connections_closed === 0)) {
    const who = 'connections that answer pings'
    return [findDrops(mergeRecorders(both), { code: 'answering-connections', who, heldUs })]
  }
  return [
    ...(pinging === null
      ? []
      : [findDrops(pinging, { code: 'pinging-connections', who: 'connections that ping', heldUs })]),
    ...(idle === null
      ? []
      : [findDrops(idle, { code: 'idle-connections', who: 'connections that only answer', heldUs })]),
  ]
}

function findAnswers({ counters, trends }: RecorderSnapshot, timeoutUs: number): Finding {
  const { pings_sent: sent, pings_lost: lost } = counters
  const p99Us = trendPercentileUs(trends.ping_time, 99, lost).valueUs ?? trends.ping_time?.max ?? null
  const base = { code: 'ping-answers', value: p99Us, unit: 'us', low: null, high: null } as const
  if (sent === 0) return { ...base, verdict: 'unknown', message: 'no ping could be sent' }
  if (lost > 0) {
    const message = `${sayPart(lost, sent)} pings got no pong within ${sayTime(timeoutUs)}`
    return { ...base, verdict: 'bad', message }
  }
  const slowest = p99Us === null ? '' : `, 99 % of them within ${sayTime(p99Us)}`
  return { ...base, verdict: 'good', message: `${sayPart(sent, sent)} pings were answered${slowest}` }
}

function findServerPings({ trends }: RecorderSnapshot, heldUs: number | null): Finding {
  const { push_interval: intervals, first_push_time: first } = trends
  const base = { code: 'server-pings', value: null, unit: 'us', low: null, high: null } as const
  if (intervals === null) {
    const message =
      first === null
        ? `the server sent no ping in ${sayTime(heldUs ?? 0)}`
        : `the server pinged once, ${sayTime(valueAtRank(first, Math.ceil(countSamples(first) / 2)))} after the open`
    return { ...base, verdict: 'unknown', message }
  }
  const count = countSamples(intervals)
  const at = (share: number): number => valueAtRank(intervals, Math.max(1, Math.ceil(share * count)))
  const [low, usual, high] = [at(0.01), at(0.5), at(0.99)]
  // Times are kept to three digits.
  const off = Math.max(usual - low, high - usual, usual / 1000)
  const figures = { ...base, value: usual, low, high }
  const isRegular = off <= REGULAR_SHARE * usual
  const message = isRegular
    ? `the server pings every ${sayTime(usual)}, 99 % of the time within ${sayTime(off)} of that`
    : `the server pings irregularly: ${sayRange(low, high)} apart, usually ${sayTime(usual)}`
  return { ...figures, verdict: isRegular ? 'good' : 'bad', message }
}

/** `answering`: clients that answer the server's pings, to tell a missing pong from another cause. */
function findUnanswered(
  { counters, trends }: RecorderSnapshot,
  answering: RecorderSnapshot | null,
  heldUs: number | null,
): Finding {
  const { connections_opened: opened, connections_closed: closed, pings_received: pings } = counters
  const drops = trends.drop_time
  const who = 'clients that answer no ping'
  const unitUs = unitOf('drop_time')
  const base = { code: 'unanswered-pings', value: null, unit: 'us', low: null, high: null } as const
  if (opened === 0 || heldUs === null)
    return { ...base, verdict: 'unknown', message: `no ${who} could be held` }
  if (pings === 0) {
    const message = `what becomes of ${who} is not known: the server sent them none in ${sayTime(heldUs)}`
    return { ...base, verdict: 'unknown', message }
  }
  if (drops === null) {
    const each = Math.floor(pings / opened)
    const kept = `${who} were kept for all of ${sayTime(heldUs)}, ${sayPongs(each)} missed`
    const enough = each >= ENOUGH_MISSED
    const message = enough ? kept : `${kept}: hold them longer to tell`
    return { ...base, verdict: enough ? 'bad' : 'unknown', message, low: Math.round(heldUs) }
  }
  const dropped = countSamples(drops)
  const [low, high] = [drops.min * unitUs, drops.max * unitUs]
  const usual = valueAtRank(drops, Math.ceil(dropped / 2)) * unitUs
  const missed = trends.pongs_missed!
  const after = `after ${sayRangeOfPongs(missed.min, missed.max)} (${sayRange(low, high)})`
  const figures = { ...base, value: usual, low, high }
  const share =
    answering === null ? 0 : answering.counters.connections_closed / answering.counters.connections_opened
  if (share > 0.5) {
    const message = `${who} were dropped ${after}, but so were those that answer`
    return { ...figures, verdict: 'unknown', message }
  }
  const message = `${closed === opened ? '' : `${sayPart(closed, opened)} `}${who} were dropped ${after}`
  return { ...figures, verdict: dropped === opened ? 'good' : 'bad', message }
}

function sayPongs(count: number): string {
  return `${sayCount(count)} ${count === 1 ? 'pong' : 'pongs'}`
}

function sayRangeOfPongs(low: number, high: number): string {
  return low === high ? `${low} missed ${low === 1 ? 'pong' : 'pongs'}` : `${low} to ${high} missed pongs`
}
