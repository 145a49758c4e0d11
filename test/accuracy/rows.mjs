/** The rows of the table: a truth, what was reported, how far they may be apart. Times are µs. */
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { meanOf, PERCENTILES, rankOf } from './truth.mjs'

/** HDR with 3 digits. */
const PRECISION = 1e-3
/** Times are whole microseconds. */
const STEP_US = 1

/** Must be the same. `kind: exact` rows are never repeated. */
export function exact(figure, truth, reported, unit = '') {
  return {
    kind: 'exact',
    figure,
    unit,
    truth,
    reported,
    difference: gap(truth, reported),
    bound: 0,
    ok: Object.is(truth, reported),
  }
}

/** Must be true in a run that nothing disturbed. */
export function expected(figure, truth, reported) {
  return { ...exact(figure, truth, reported), kind: 'bounded' }
}

/** Must lie in [truth − below, truth + above]. */
export function bounded(figure, truth, reported, above, { unit = 'us', below = above } = {}) {
  const difference = gap(truth, reported)
  const ok = difference !== null && difference <= above && difference >= -below
  return { kind: 'bounded', figure, unit, truth, reported, difference, bound: above, ok }
}

function gap(truth, reported) {
  return typeof truth === 'number' && typeof reported === 'number' ? reported - truth : null
}

/**
 * A trend against what the log bounds it with: never under `least`, over `most` by the histogram's precision and the
 * allowance at the same percentile (the floor). `lost` rank above every sample; a percentile that falls among them, or
 * with nothing beyond it, must be null.
 */
export function trendRows(name, metric, { least, most }, allowance, lost = 0) {
  const rows = [exact(`${name} count`, least.length, metric.count)]
  const total = least.length + lost
  const within = (figure, low, high, reported, extra) =>
    bounded(`${name} ${figure}`, low, reported, high * (1 + PRECISION) - low + extra + STEP_US, {
      below: STEP_US,
    })
  for (const [key, thousandths] of Object.entries(PERCENTILES)) {
    const rank = rankOf(thousandths, total)
    const label = LABELS[key]
    const mark = rank >= total ? 'none' : rank > least.length ? 'timeout' : total - rank < 10 ? 'few' : 'ok'
    if (mark === 'none' || mark === 'timeout') {
      rows.push(exact(`${name} ${label}`, mark, metric[key] === null ? metric.marks[key] : metric[key]))
      continue
    }
    rows.push(within(label, least[rank - 1], most[rank - 1], metric[key], allowance[key]))
    if (metric.marks[key] !== mark) rows.push(exact(`${name} ${label} mark`, mark, metric.marks[key]))
  }
  rows.push(within('mean', meanOf(least), meanOf(most), metric.mean, allowance.mean))
  rows.push(within('max', least.at(-1), most.at(-1), metric.max, allowance.max))
  return rows
}

/** The library reads the histogram in a result: it has every sample, and its ends are the buckets of the exact ones. */
export function histogramRows(name, test) {
  const metric = test.metrics[name]
  const histogram = decodeFromCompressedBase64(test.histograms[name])
  return [
    exact(`${name} histogram, samples`, metric.count, histogram.totalCount),
    exact(
      `${name} histogram, last bucket`,
      histogram.highestEquivalentValue(metric.max),
      histogram.getValueAtPercentile(100),
      'us',
    ),
  ]
}

export const LABELS = { p50: 'P50', p90: 'P90', p95: 'P95', p99: 'P99', p999: 'P99.9' }

/** Counters that must say what the log says. */
export function countRows(metrics, truth) {
  return Object.entries(truth).map(([name, value]) => exact(name, value, metrics[name]?.count ?? null))
}
