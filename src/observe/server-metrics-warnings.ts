/** What a reader must know of the readings of `--server-metrics` before believing their figures. */
import { CORES_WANTED, type ServerFigures } from './server-metrics-text.ts'

/** Of the readings asked for. */
const MANY_MISSED = 0.1
/** Below this share of one core neither the whole server nor one of its threads is full, however many cores it has. */
const CORES_MATTER_PERCENT = 90

export interface MetricsWarning {
  readonly code: 'server-restarted' | 'server-metrics-missed' | 'server-metrics-partial'
  readonly message: string
}

/** What the readings of a test met. */
export interface Tally {
  readonly asked: number
  readonly missed: number
  /** One clause; empty without a missed one. */
  readonly lastProblem: string
  readonly restarts: number
  /** CPU, per cent of one core. */
  readonly greatestPercent: number
}

export const NOTHING_MET: Tally = { asked: 0, missed: 0, lastProblem: '', restarts: 0, greatestPercent: 0 }

/** `figures`: those of the last page. */
export function describeTally(tally: Tally, figures: ServerFigures, cores: number | null): MetricsWarning[] {
  const warnings: MetricsWarning[] = []
  if (tally.restarts > 0) {
    warnings.push({
      code: 'server-restarted',
      message:
        'the server began anew by what --server-metrics says: it restarted during the test, or several processes answer in turn at that address (give the address of one)',
    })
  }
  if (tally.missed > MANY_MISSED * tally.asked) {
    warnings.push({
      code: 'server-metrics-missed',
      message: `${tally.missed} of ${tally.asked} readings of --server-metrics failed (the last one: ${tally.lastProblem}); the server's CPU and memory are those of the others`,
    })
  }
  const { rssBytes, cpuUs, cpuPercent: givenPercent } = figures
  const missing = [
    ...(rssBytes === null ? ['the memory (process_resident_memory_bytes, or rssBytes in JSON)'] : []),
    ...(cpuUs === null && givenPercent === null
      ? ['the CPU time (process_cpu_seconds_total, or cpuSeconds in JSON)']
      : []),
    // Without that it is told whatever the cores.
    ...(cores === null && tally.greatestPercent >= CORES_MATTER_PERCENT
      ? [`the number of cores, so that a busy server may have CPU to spare or not: ${CORES_WANTED}`]
      : []),
  ]
  if (missing.length > 0) {
    warnings.push({
      code: 'server-metrics-partial',
      message: `the page of --server-metrics lacks ${missing.join(' and ')}`,
    })
  }
  return warnings
}
