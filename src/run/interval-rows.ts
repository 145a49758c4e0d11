/** The intervals of a test of any length: seconds for the first hour, and never more rows than that. */
import { ENOUGH_FOR_P99, ENOUGH_FOR_P999 } from '../result/interval-figures.ts'
import type { Interval } from '../result/run-result.ts'
import { type CoarseTrend, coarsePercentileUs, countCoarse, mergeCoarse } from './coarse-trend.ts'

/** An hour of seconds. */
const MOST_ROWS = 3600
const SECOND_US = 1_000_000
/** Ticks come late by parts of a second's thousandths, so two seconds are a little longer than two seconds. */
const SLACK = 1.05

export interface IntervalRow {
  readonly interval: Interval
  /** Of the server's busiest thread; null when it is not known. */
  readonly threadPercent: number | null
  /** Of the generator's thread with most of it: ready to run, but without a core, 0..1. */
  readonly coreWait: number | null
  readonly latency: CoarseTrend | null
  /** Null unless messages follow a schedule. */
  readonly service: CoarseTrend | null
  readonly lag: CoarseTrend | null
}

/**
 * When there are too many rows, neighbours of one phase become one, and from then on new ones are collected to the same
 * length: so all rows of a long test are about equally long. Sums, greatest values and what stood at the end stay exact.
 */
export class IntervalRows {
  #rows: IntervalRow[] = []
  /** Rows are merged up to this length; 0: not at all. */
  #grainUs = 0

  get rows(): readonly IntervalRow[] {
    return this.#rows
  }

  add(row: IntervalRow): void {
    this.#append(row)
    while (this.#rows.length > MOST_ROWS) {
      this.#grainUs = Math.max(2 * SECOND_US, 2 * this.#grainUs)
      const before = this.#rows
      this.#rows = []
      for (const one of before) this.#append(one)
    }
  }

  #append(row: IntervalRow): void {
    const last = this.#rows.at(-1)
    if (last === undefined || !this.#mayMerge(last.interval, row.interval)) this.#rows.push(row)
    else this.#rows[this.#rows.length - 1] = mergeRows(last, row)
  }

  /** Of different phases only where both are short, or a test of a million short cycles would have rows without end. */
  #mayMerge(a: Interval, b: Interval): boolean {
    const longestUs = a.phase === b.phase ? this.#grainUs * SLACK : this.#grainUs / 4
    return a.durationUs + b.durationUs <= longestUs
  }
}

/** `b` follows `a`. */
function mergeRows(a: IntervalRow, b: IntervalRow): IntervalRow {
  const [one, other] = [a.interval, b.interval]
  const mean = (early: number | null, late: number | null): number | null =>
    early === null || late === null
      ? (early ?? late)
      : (early * one.durationUs + late * other.durationUs) / (one.durationUs + other.durationUs)
  const latency = mergeCoarse(a.latency, b.latency)
  const service = mergeCoarse(a.service, b.service)
  const lag = mergeCoarse(a.lag, b.lag)
  const maxUs = greater(one.maxUs, other.maxUs)
  return {
    threadPercent: mean(a.threadPercent, b.threadPercent),
    coreWait: mean(a.coreWait, b.coreWait),
    latency,
    service,
    lag,
    interval: {
      atUs: other.atUs,
      durationUs: one.durationUs + other.durationUs,
      phase: other.durationUs > one.durationUs ? other.phase : one.phase,
      connectionsOpen: other.connectionsOpen,
      connectionsFailed: other.connectionsFailed,
      sent: one.sent + other.sent,
      received: one.received + other.received,
      lost: one.lost + other.lost,
      deliveriesExpected: sumKnown(one.deliveriesExpected, other.deliveriesExpected),
      errors: sumCounts(one.errors, other.errors),
      closeCodes: sumCounts(one.closeCodes, other.closeCodes),
      p50Us: latency === null ? null : coarsePercentileUs(latency, 50, maxUs ?? 0),
      p99Us: p99Of(latency, maxUs ?? 0),
      p999Us: p999Of(latency, maxUs ?? 0),
      maxUs,
      serviceP50Us: service === null ? null : coarsePercentileUs(service, 50, Number.POSITIVE_INFINITY),
      serviceP99Us: p99Of(service, Number.POSITIVE_INFINITY),
      serviceP999Us: p999Of(service, Number.POSITIVE_INFINITY),
      pacerLagP99Us: p99Of(lag, Number.POSITIVE_INFINITY),
      loopBusy: mean(one.loopBusy, other.loopBusy),
      generatorRssBytes: greater(one.generatorRssBytes, other.generatorRssBytes),
      generatorCpuPercent: mean(one.generatorCpuPercent, other.generatorCpuPercent),
      serverRssBytes: greater(one.serverRssBytes, other.serverRssBytes),
      serverCpuPercent: mean(one.serverCpuPercent, other.serverCpuPercent),
    },
  }
}

function p99Of(trend: CoarseTrend | null, maxUs: number): number | null {
  return trend === null || countCoarse(trend) < ENOUGH_FOR_P99 ? null : coarsePercentileUs(trend, 99, maxUs)
}

function p999Of(trend: CoarseTrend | null, maxUs: number): number | null {
  return trend === null || countCoarse(trend) < ENOUGH_FOR_P999
    ? null
    : coarsePercentileUs(trend, 99.9, maxUs)
}

function sumKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b
}

function sumCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const sums = { ...a }
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count
  return sums
}

function greater(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
