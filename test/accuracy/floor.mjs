/** The tool's own floor on this machine: what it adds to the delay that the server logged, in the same setup. */
import { boundDelays, listAnswered, meanOf, PERCENTILES, rankOf, sorted } from './truth.mjs'

/** Of every case of latency, and of the floor: 10 connections, 4,000 messages/s after a second of them. */
export const SETUP = { perSecond: 4000, clients: 10, warmup: 4000 }
export const SETUP_OPTIONS = ['-c', '10', '-R', '4000', '-W', '1', '-w', '1']
/** Of cases of connecting, and of their floor. */
export const RAMP_PER_SECOND = 200
export const RAMP_OPTIONS = [
  '-c',
  '200',
  '--connect-rate',
  '200',
  '-R',
  '400',
  '-d',
  '1',
  '-W',
  '0',
  '-w',
  '1',
]

/** Replies at once, replies that come while others are sent, connections. */
export const FLOOR_CASES = {
  messages: { server: {}, options: [...SETUP_OPTIONS, '-d', '3'], schedule: SETUP },
  delayed: {
    server: { reply: { kind: 'constant', delayUs: 3000 } },
    options: [...SETUP_OPTIONS, '-d', '3'],
    schedule: SETUP,
  },
  connects: { server: {}, options: RAMP_OPTIONS },
}

/** Null when the machine was so busy that nothing was answered. */
export function deriveFloor({ messages, delayed, connects }) {
  const both = [messages, delayed]
  if (both.some(({ metrics }) => metrics.service_time.count === 0)) return null
  const [atOnce, later] = both.map(({ metrics, log }) => ({
    service: excess(metrics.service_time, boundDelays(log, listAnswered(log)).least),
    lag: figuresOf(metrics.pacer_lag),
  }))
  const connect = excess(connects.metrics.connect_attempt, listUpgrades(connects.log))
  return { ...combineFloors([atOnce, later], Math.max), connect }
}

/** Figure by figure; `pick` is Math.min or Math.max. */
export function combineFloors(floors, pick) {
  return Object.fromEntries(
    Object.entries(floors[0]).map(([name, figures]) => [
      name,
      Object.fromEntries(
        Object.keys(figures).map((key) => [key, pick(...floors.map((floor) => floor[name][key]))]),
      ),
    ]),
  )
}

function listUpgrades({ connections }) {
  return sorted(connections.map(({ requestUs, answeredUs }) => answeredUs - requestUs))
}

/** A greater percentile has no lower floor: what is in between has been rank noise. */
function excess(metric, truth) {
  const reported = figuresOf(metric)
  const own = (key) => (key === 'mean' ? meanOf(truth) : truth[indexOf(key, truth.length)])
  let least = 0
  const over = (key) => {
    least = Math.max(least, reported[key] - own(key))
    return least
  }
  const rising = Object.fromEntries([...Object.keys(PERCENTILES), 'max'].map((key) => [key, over(key)]))
  return { ...rising, mean: Math.max(0, reported.mean - own('mean')) }
}

function indexOf(key, count) {
  return key === 'max' ? count - 1 : rankOf(PERCENTILES[key], count) - 1
}

/** A percentile without a sample beyond it is the greatest value here. */
function figuresOf(metric) {
  const keys = [...Object.keys(PERCENTILES), 'mean', 'max']
  return Object.fromEntries(keys.map((key) => [key, metric[key] ?? metric.max]))
}

/**
 * What a time of messages may be over its truth: the floor at the same percentile, and by how much our own loop was later
 * in this run than in the floor's (its pacer lag), since a reply waits for the same loop.
 */
export function allowanceOf({ service, lag }, { pacer_lag: ours }) {
  return Object.fromEntries(
    Object.entries(service).map(([key, us]) => [key, us + Math.max(0, (ours[key] ?? ours.max) - lag[key])]),
  )
}

/** A burst of replies after a stall may take the generator as long to read as it took the server to write. */
export function addBurst(allowance, burstUs) {
  const keys = ['p90', 'p95', 'p99', 'p999', 'max']
  const wider = Object.fromEntries(keys.map((key) => [key, allowance[key] + burstUs]))
  return { ...allowance, ...wider, mean: allowance.mean + burstUs / 5 }
}
