/** Published against measured, pure: the figures of a run, the medians of the rounds, ratios and a verdict in words. */
import { spread } from './statistics.mjs'

const SATURATION = 'saturation'

/**
 * The figures of one run from its JSON report. `differences`: how its conditions differ from the published system's.
 * @throws when the run ended without a report
 */
export function readReport({ out, err, code, signal }, system) {
  if (!out.startsWith('{')) {
    const how = signal === null ? `exit ${code}` : `stopped by ${signal}`
    throw new Error(`no report (${how}): ${err.trim().split('\n').at(-1)}`)
  }
  const { summary, tests } = JSON.parse(out)
  const { validity, published } = tests[0]
  return {
    messagesPerSecond: summary.messagesPerSecond,
    p50Us: summary.p50Us,
    p99Us: summary.p99Us,
    rssPeakBytes: summary.serverRssPeakBytes,
    errors: summary.errors,
    validity: summary.validity,
    limitedBy: summary.limitedBy,
    reason: validity.reasons[0]?.message ?? '',
    differences: published.find((row) => row.system === system)?.differences ?? [],
  }
}

/**
 * A round is `{ saturated, halfRate, half }`. Memory is of both runs. Ratios are measured ÷ published, null when
 * the conditions differ. `trusted`: most of the runs behind a figure are valid, and the
 * server was what limited those at saturation.
 */
export function summarizeSystem(published, rounds) {
  const median = (read) => spread(rounds.map(read).filter((value) => value !== null)).median
  const measured = {
    messagesPerSecond: median(({ saturated }) => saturated.messagesPerSecond),
    p50Us: median(({ saturated }) => saturated.p50Us),
    p99Us: medianOrLost(rounds.map(({ saturated }) => saturated.p99Us)),
    halfRate: median(({ halfRate }) => halfRate),
    halfP99Us: medianOrLost(rounds.map(({ half }) => half.p99Us)),
    memoryBytes: median(({ saturated, half }) => highest(saturated.rssPeakBytes, half.rssPeakBytes)),
  }
  const differences = [...new Set(rounds.flatMap(({ saturated }) => saturated.differences))]
  const ratioOf = (value, of) => (value === null || differences.length > 0 ? null : value / of)
  const ratios = {
    messagesPerSecond: ratioOf(measured.messagesPerSecond, published.messagesPerSecond),
    p99: ratioOf(measured.p99Us, published.p99Us),
    halfP99: ratioOf(measured.halfP99Us, published.p99Us),
    memory: ratioOf(measured.memoryBytes, published.memoryBytes),
  }
  const verdict = [
    sayRatios(ratios, measured),
    sayConditions(published, differences),
    sayValidity(
      SATURATION,
      rounds.map(({ saturated }) => saturated),
    ),
    sayValidity(
      'half of it',
      rounds.map(({ half }) => half),
    ),
  ].join(' ')
  const trusted = {
    saturated: isMost(rounds, ({ saturated }) => isSaturation(saturated)),
    half: isMost(rounds, ({ half }) => half.validity === 'valid'),
  }
  return {
    published,
    measured,
    trusted,
    differences,
    ratios,
    verdict: `${published.system}: ${verdict}`,
    rounds,
  }
}

const isMost = (rounds, holds) => rounds.filter(holds).length * 2 > rounds.length
const isSaturation = ({ validity, limitedBy }) => validity === 'valid' && limitedBy === 'server'

/** A round whose P99 falls among lost messages ranks above the others. */
function medianOrLost(values) {
  const lost = values.filter((value) => value === null).length
  if (lost * 2 >= values.length) return null
  return spread(values.map((value) => value ?? Number.MAX_VALUE)).median
}

function highest(...values) {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function sayRatios(ratios, { p50Us }) {
  if (ratios.messagesPerSecond === null) return 'no ratios.'
  const times = (value) => (value === null ? 'unknown' : `${formatRatio(value)}x`)
  const p50 = p50Us === null ? '' : ` (P50 there ${(p50Us / 1000).toFixed(1)} ms)`
  const latency = `its P99 ${times(ratios.p99)} at saturation${p50} and ${times(ratios.halfP99)} at half of it`
  return `${times(ratios.messagesPerSecond)} the published rate, ${latency}, its memory ${times(ratios.memory)}.`
}

function sayConditions({ connections, payload }, differences) {
  if (differences.length > 0) return `Conditions differ: ${differences.join('; ')}.`
  return `Conditions as far as they were published are the same (${connections} connections, ${payload}).`
}

function sayValidity(what, runs) {
  const valid = runs.filter(({ validity }) => validity === 'valid')
  const limits = [...new Set(valid.map(({ limitedBy }) => limitedBy))]
  const limitedBy = valid.length === 0 ? '' : `, limited by: ${limits.join(', ')}`
  const states = [...new Set(runs.map(({ validity }) => validity))].filter((state) => state !== 'valid')
  const doubts = states.map((state) => `${state}: ${runs.find(({ validity }) => validity === state).reason}`)
  const short = what === SATURATION ? valid.filter((run) => !isSaturation(run)).length : 0
  if (short > 0) doubts.push(`${short} not limited by the server, so short of its saturation`)
  const errors = runs.reduce((sum, run) => sum + run.errors, 0)
  const notes = [...doubts, ...(errors > 0 ? [`${errors} errors`] : [])]
  const noted = notes.length === 0 ? '' : ` (${notes.join('; ')})`
  return `At ${what} ${valid.length} of ${runs.length} runs valid${limitedBy}${noted}.`
}

/** Two figures that count: 0.58, 9.6, 59. */
export function formatRatio(value) {
  return value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2)
}
