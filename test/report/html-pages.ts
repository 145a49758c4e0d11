/** Results whose pages are tested, and a page taken apart. */
import type { RunResult } from '../../src/result/run-result.ts'
import {
  makeAudienceResult,
  makeBroadcastTest,
  makeFailedReach,
  makePushTest,
  makeStreamTest,
} from '../result/sample-audience.ts'
import { makeHourResult } from '../support/hour-result.ts'
import {
  makeAbortedResult,
  makeEmptyResult,
  makeFailedGate,
  makePassingResult,
  makeResult,
  makeThroughputTest,
} from '../support/sample-result.ts'

export const PAGES: Readonly<Record<string, () => RunResult>> = {
  all: makePassingResult,
  'under the published conditions': () => makeResult([makeThroughputTest(1000)]),
  'a failed gate': makeFailedGate,
  'an aborted run': makeAbortedResult,
  'a run without a sample': makeEmptyResult,
  'a run without a test': () => makeResult([]),
  broadcast: () => makeAudienceResult(makeBroadcastTest()),
  'a failed gate on reach': makeFailedReach,
  pushes: () => makeAudienceResult(makePushTest(7)),
  'event streams': () => makeAudienceResult(makeStreamTest()),
  'an hour': makeHourResult,
}

/** The page without the contents of its scripts and styles. */
export function markupOf(page: string): string {
  return page.replace(/(<(script|style)\b[^>]*>).*?(<\/\2>)/gs, '$1$3')
}

/** Elements and comments as they begin and end, without attributes. */
export function tagsOf(page: string): string[] {
  return markupOf(page).match(/<[a-z!/][a-z0-9-]*/gi) ?? []
}

/** What the page's script draws. */
export function chartsOf(page: string): EmbeddedChart[] {
  const json = /<script type="application\/json" id="chart-data">(.*?)<\/script>/s.exec(page)?.[1]
  return JSON.parse(json ?? '') as EmbeddedChart[]
}

export interface EmbeddedChart {
  readonly id: string
  readonly axis: string
  readonly x: readonly number[]
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[]
}

/** Every text of a result replaced, and every key that comes from a server; what the schema holds to fixed words stays. */
export function replaceTexts(value: unknown, text: string, key = ''): unknown {
  if (typeof value === 'string') return FIXED.has(key) ? value : text
  if (Array.isArray(value)) return value.map((one) => replaceTexts(one, text, key))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, one]) => [
    FROM_SERVER.has(key) ? text : name,
    HISTOGRAMS.has(key) ? one : replaceTexts(one, text, name),
  ])
  return Object.fromEntries(entries)
}

const FIXED = new Set([
  ...['type', 'unit', 'state', 'limitedBy', 'phase', 'status', 'role', 'pacing', 'arrival', 'match', 'by'],
  ...['transport', 'audience', 'result', 'verdict', 'finding', 'validity', 'histogram'],
  // Marks of percentiles.
  ...['p50', 'p90', 'p95', 'p99', 'p999'],
])
const FROM_SERVER = new Set(['errors', 'closeCodes'])
const HISTOGRAMS = new Set(['histograms'])
