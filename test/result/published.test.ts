import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { comparePublished, PUBLISHED, PUBLISHED_NOTE, type TestFacts } from '../../src/result/published.ts'

const ALIKE: TestFacts = {
  testType: 'throughput',
  connections: 1000,
  fanOut: false,
  binary: false,
  compress: false,
  holdUs: 5_000_000,
  messagesPerSecond: 42_500,
  p99Us: 6_400,
  serverRssPeakBytes: 60_000_000,
}

describe('the published figures', () => {
  it('are the same in the code and in reports/published.json', () => {
    const file: unknown = JSON.parse(
      readFileSync(new URL('../../reports/published.json', import.meta.url), 'utf8'),
    )
    expect(file).toEqual({ note: PUBLISHED_NOTE, figures: PUBLISHED })
  })
})

describe('comparePublished', () => {
  it('gives ours ÷ theirs for a run under the same conditions', () => {
    const [axum, tokio] = comparePublished(ALIKE)
    expect(axum).toEqual({
      system: 'Axum WS',
      messagesPerSecond: 85_000,
      p99Us: 3_200,
      memoryBytes: 15_000_000,
      ratios: { messagesPerSecond: 0.5, p99: 2, memory: 4 },
      comparable: true,
      differences: [],
    })
    expect(tokio?.ratios).toEqual({ messagesPerSecond: 0.472, p99: 2.286, memory: 5 })
  })

  it.each<[string, Partial<TestFacts>, string]>([
    ['another number of connections', { connections: 100 }, '100 connections, not 1000'],
    ['messages to more than their sender', { fanOut: true }, 'fan-out, not echo'],
    ['binary messages', { binary: true }, 'binary, not text'],
    ['compression', { compress: true }, 'compressed'],
    ['a hold under one second', { holdUs: 999_999 }, 'hold under 1 s'],
    ['no hold at all', { holdUs: null }, 'hold under 1 s'],
    ['another test type', { testType: 'sustained' }, 'sustained, not throughput'],
  ])('gives no ratio for %s, and says why', (_, over, difference) => {
    for (const row of comparePublished({ ...ALIKE, ...over })) {
      expect(row).toMatchObject({
        comparable: false,
        differences: [difference],
        ratios: { messagesPerSecond: null, p99: null, memory: null },
      })
    }
  })

  it('leaves only that ratio out whose figure was not measured', () => {
    const [row] = comparePublished({ ...ALIKE, serverRssPeakBytes: null })
    expect(row).toMatchObject({ comparable: true, ratios: { messagesPerSecond: 0.5, p99: 2, memory: null } })
  })
})
