/**
 * The published figures that a run is printed beside: "1000 concurrent connections, text messages". Hardware, payload
 * size, messages in flight and what "memory" means are not given, so they are a baseline to look at, never a pass mark.
 */
import type { PublishedRow } from './run-result.ts'

export interface PublishedFigure {
  readonly system: string
  readonly connections: number
  readonly payload: 'text'
  readonly messagesPerSecond: number
  readonly p99Us: number
  readonly memoryBytes: number
}

/** The same as reports/published.json, which is for other programs. */
export const PUBLISHED: readonly PublishedFigure[] = [
  {
    system: 'Axum WS',
    connections: 1000,
    payload: 'text',
    messagesPerSecond: 85_000,
    p99Us: 3_200,
    memoryBytes: 15_000_000,
  },
  {
    system: 'tokio-tungstenite',
    connections: 1000,
    payload: 'text',
    messagesPerSecond: 90_000,
    p99Us: 2_800,
    memoryBytes: 12_000_000,
  },
]

/** What the published figures leave open; a report says it once. */
export const PUBLISHED_NOTE = 'published without hardware, payload size or messages in flight'

/** A hold shorter than this gives no rate worth a ratio. */
const SHORTEST_HOLD_US = 1_000_000

/** What of a test decides whether its figures may stand beside the published ones. */
export interface TestFacts {
  readonly testType: string
  readonly connections: number
  /** Messages go to more than their sender. */
  readonly fanOut: boolean
  readonly binary: boolean
  readonly compress: boolean
  /** Null: there was no hold. */
  readonly holdUs: number | null
  readonly messagesPerSecond: number | null
  readonly p99Us: number | null
  readonly serverRssPeakBytes: number | null
}

/** One row a published system: ratios (ours ÷ theirs) when the conditions are the same, else what differs, in words. */
export function comparePublished(facts: TestFacts): PublishedRow[] {
  return PUBLISHED.map((figure) => {
    const differences = listDifferences(facts, figure)
    const comparable = differences.length === 0
    const ratioOf = (ours: number | null, theirs: number): number | null =>
      comparable && ours !== null ? Number((ours / theirs).toFixed(3)) : null
    return {
      system: figure.system,
      messagesPerSecond: figure.messagesPerSecond,
      p99Us: figure.p99Us,
      memoryBytes: figure.memoryBytes,
      ratios: {
        messagesPerSecond: ratioOf(facts.messagesPerSecond, figure.messagesPerSecond),
        p99: ratioOf(facts.p99Us, figure.p99Us),
        memory: ratioOf(facts.serverRssPeakBytes, figure.memoryBytes),
      },
      comparable,
      differences,
    }
  })
}

function listDifferences(facts: TestFacts, figure: PublishedFigure): string[] {
  const differences: string[] = []
  if (facts.testType !== 'throughput') differences.push(`${facts.testType}, not throughput`)
  if (facts.connections !== figure.connections) {
    differences.push(`${facts.connections} connections, not ${figure.connections}`)
  }
  if (facts.fanOut) differences.push('fan-out, not echo')
  if (facts.binary) differences.push('binary, not text')
  if (facts.compress) differences.push('compressed')
  if (facts.holdUs === null || facts.holdUs < SHORTEST_HOLD_US) differences.push('hold under 1 s')
  return differences
}
