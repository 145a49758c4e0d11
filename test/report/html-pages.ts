/** Results whose pages are tested, and a page taken apart. */
import type { JudgedComparison } from '../../src/report/comparison/words.ts'
import type { FigureChange } from '../../src/result/comparison-schema.ts'
import type { RunResult, Step, TestResult } from '../../src/result/run-result.ts'
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
  makeSustainedTest,
  makeThroughputTest,
} from '../support/sample-result.ts'

/** A search that doubled, missed, and went back. */
function makeCapacityTest(): TestResult {
  const test = makeSustainedTest()
  const step = (load: number, over: Partial<Step> = {}): Step => ({
    load,
    outcome: 'met',
    because: [],
    connections: 100,
    messagesPerSecond: load,
    meanUs: 500,
    p50Us: 300 + load / 20,
    p99Us: 900 + load / 4,
    errorRatio: 0,
    serverCpuPercent: load / 200,
    serverRssBytes: 60_000_000,
    generatorBusy: 0.3,
    ...over,
  })
  const missed: Partial<Step> = { outcome: 'missed', because: ['p99<50ms (p99 is 640 ms)'], p99Us: 640_000 }
  return {
    ...test,
    testType: 'capacity',
    plan: {
      ...test.plan,
      search: { of: 'rate', from: 1_000, upTo: null, precision: 0.03, repeats: 3, objectives: ['p99<50ms'] },
    },
    metrics: { ...test.metrics, capacity: { type: 'gauge', unit: 'count', value: 14_000 } },
    findings: [
      {
        code: 'capacity',
        verdict: 'good',
        message: '14,000 messages/s hold, 15,000 do not',
        value: 14_000,
        unit: 'count',
        low: null,
        high: null,
      },
    ],
    steps: [
      ...[1_000, 2_000, 4_000, 8_000].map((load) => step(load)),
      step(16_000, { ...missed, messagesPerSecond: 14_600 }),
      step(12_000),
      step(14_000),
      step(15_000, { ...missed, messagesPerSecond: 14_500 }),
      step(14_000),
      step(15_500, { outcome: 'limited', because: ['the generator sent late: lower the rate'], p99Us: null }),
    ],
  }
}

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
  'a capacity test': () => makeResult([makeCapacityTest()]),
  'an hour': makeHourResult,
}

/** Four figures, of each finding one. */
export function makeComparison(): JudgedComparison {
  const figure = (metric: string, over: Partial<FigureChange>): FigureChange => ({
    metric,
    aggregation: 'p(99)',
    unit: 'us',
    better: 'lower',
    base: 1_000,
    head: 1_200,
    baseValues: [990, 1_010],
    headValues: [1_190, 1_210],
    scale: 'ratio',
    change: 0.2,
    low: 0.15,
    high: 0.25,
    method: 'means',
    finding: 'worse',
    reason: '',
    runsNeeded: null,
    ...over,
  })
  const side = (name: string) => ({
    runs: 2,
    names: [`${name}-1.json`, `${name}-2.json`],
    from: '2026-01-02T03:04:05.000Z',
    to: '2026-01-02T03:14:05.000Z',
  })
  const open = { finding: 'cannot-tell', reason: 'the runs differ too much', runsNeeded: 9 } as const
  const figures = [
    figure('response_time', {}),
    figure('connect_time', { change: -0.12, low: -0.2, high: -0.1, finding: 'better' }),
    figure('service_time', { change: 0.01, low: -0.02, high: 0.03, finding: 'same' }),
    figure('server_rss', { aggregation: 'value', unit: 'bytes', change: 2, low: -0.5, high: 9, ...open }),
    figure('error_ratio', {
      unit: 'ratio',
      scale: 'difference',
      change: null,
      low: null,
      high: null,
      ...open,
    }),
  ]
  return {
    comparison: {
      base: side('base'),
      head: side('new'),
      level: 0.99,
      margin: 0.05,
      order: 'alternating',
      finding: 'worse',
      tests: [{ testType: 'throughput', figures }],
      differences: [],
      notes: [{ code: 'few', message: 'two runs a side are few' }],
    },
    thresholds: [
      {
        expression: 'p99<+10%',
        test: 'throughput',
        metric: 'response_time',
        aggregation: 'p(99)',
        value: 0.2,
        limit: 0.1,
        unit: 'change in us',
        result: 'fail',
        note: '',
      },
    ],
  }
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
  ...[
    'transport',
    'audience',
    'result',
    'verdict',
    'finding',
    'validity',
    'histogram',
    'scale',
    'method',
    'better',
    'order',
  ],
  // Marks of percentiles.
  ...['p50', 'p90', 'p95', 'p99', 'p999'],
])
const FROM_SERVER = new Set(['errors', 'closeCodes'])
const HISTOGRAMS = new Set(['histograms'])
