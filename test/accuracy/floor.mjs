/** The tool's own floor on this machine: what it adds to the delay that the server logged, in the same setup. */
import { boundDelays, boundResponses, listAnswered, meanOf, PERCENTILES, rankOf, sorted } from './truth.mjs'

/** Of every case of latency, and of the floor: 10 connections, 4,000 messages/s. */
export const SETUP = { perSecond: 4000, clients: 10 }
export const SETUP_OPTIONS = ['-c', '10', '-R', '4000', '-W', '0', '-w', '1']
/** Of cases of connecting, and of their floor. */
export const RAMP = { perSecond: 200, clients: 200 }
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

export const FLOOR_CASES = {
  messages: { server: {}, options: [...SETUP_OPTIONS, '-d', '2'] },
  connects: { server: {}, options: RAMP_OPTIONS },
}

export function deriveFloor({ messages, connects }) {
  const { metrics, log } = messages
  const answered = listAnswered(log)
  return {
    service: excess(metrics.service_time, boundDelays(log, answered).least),
    response: excess(metrics.response_time, boundResponses(log, answered, SETUP).least),
    lag: figuresOf(metrics.pacer_lag),
    connect: excess(connects.metrics.connect_attempt, listUpgrades(connects.log)),
  }
}

/** Figure by figure. */
export function leastOf(floors) {
  const least = (pick) => Math.min(...floors.map(pick))
  return Object.fromEntries(
    Object.entries(floors[0]).map(([name, figures]) => [
      name,
      Object.fromEntries(Object.keys(figures).map((key) => [key, least((floor) => floor[name][key])])),
    ]),
  )
}

function listUpgrades({ connections }) {
  return sorted(connections.map(({ requestUs, answeredUs }) => answeredUs - requestUs))
}

function excess(metric, truth) {
  const reported = figuresOf(metric)
  const own = (key) => (key === 'mean' ? meanOf(truth) : truth[indexOf(key, truth.length)])
  return Object.fromEntries(
    Object.entries(reported).map(([key, value]) => [key, Math.max(0, value - own(key))]),
  )
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
 * What a figure may be over its truth: the floor at the same percentile, and by how much our own loop was later in this
 * run than in the floor's (its pacer lag), since a reply waits for the same loop.
 */
export function allowanceOf(floor, which, metrics) {
  const lag = metrics?.pacer_lag
  return Object.fromEntries(
    Object.entries(floor[which]).map(([key, us]) => {
      const later = lag === undefined ? 0 : (lag[key] ?? lag.max) - floor.lag[key]
      return [key, us + Math.max(0, later)]
    }),
  )
}
