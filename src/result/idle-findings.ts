/** Of a test that holds silent connections: do they stay, and what do they cost? */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { findDrops } from './drop-finding.ts'
import { sayCount } from './finding-words.ts'
import type { Measurements } from './measurements.ts'
import type { Metrics } from './metrics.ts'
import type { Finding } from './run-result.ts'

export function findIdle(measured: Measurements, total: RecorderSnapshot, metrics: Metrics): Finding[] {
  const { phases, serverVisible } = measured
  const drops = findDrops(total, {
    code: 'idle-connections',
    who: 'idle connections',
    heldUs: phases.holdUs,
  })
  return serverVisible ? [drops, findCost(total, metrics)] : [drops]
}

/** What a connection costs is no fault, so it is never bad. */
function findCost({ counters }: RecorderSnapshot, metrics: Metrics): Finding {
  const bytes = gaugeOf(metrics, 'server_rss_per_connection')
  const cpuUs = gaugeOf(metrics, 'server_cpu_per_connection')
  const base = { code: 'idle-cost', unit: 'bytes', low: bytes, high: bytes } as const
  if (bytes === null) {
    const message = `what a connection costs the server cannot be told from ${sayCount(counters.connections_opened)}: it takes 500 connections, and 4 MB of growth`
    return { ...base, verdict: 'unknown', message, value: null }
  }
  const cpu =
    cpuUs === null ? 'no CPU time that could be told' : `${Number(cpuUs.toPrecision(2))} µs of CPU a second`
  const message = `a connection costs the server ${Number((bytes / 1000).toPrecision(2))} kB of memory and ${cpu}`
  return { ...base, verdict: 'good', message, value: bytes }
}

function gaugeOf(metrics: Metrics, name: string): number | null {
  const metric = metrics[name]
  return metric?.type === 'gauge' ? metric.value : null
}
